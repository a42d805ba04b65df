//! What to watch, without any load.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{WatchedArguments, duration};

/// How to watch.
#[derive(Debug, Clone, Args)]
pub struct WatchArguments {
    /// Which service.
    #[command(flatten)]
    pub watched: WatchedArguments,
    /// How long [default: until Ctrl-C]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// Write it to FILE instead of printing it
    #[arg(long, value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
}
