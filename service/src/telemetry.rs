//! Logs to standard output: JSON for machines, text for people.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Text,
}

/// Starts logging; `RUST_LOG` chooses what is logged. The notices of migrations are not worth a line.
pub fn start(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        // Colours are for a terminal (no-color.org); in a file they are noise.
        .with_ansi(io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        // A reader of the log who goes away must not take the service along.
        .log_internal_errors(false);
    // A second start in one process, as tests do, keeps the first.
    let _ = match format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init(),
        LogFormat::Text => builder.try_init(),
    };
}
