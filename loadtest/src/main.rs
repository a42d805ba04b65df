//! Runs the load test from the command line; the library does the work.

use std::io::Write;
use std::process::ExitCode;

use chrono::Utc;
use clap::Parser;
use loadtest::cli::{Cli, Command};
use loadtest::command;
use loadtest::lang::Lang;
use mimalloc::MiMalloc;

/// A request allocates some hundred times, mostly to free at once: the system's allocator takes a tenth of its CPU more.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok());
    let lang = Lang::of_locale(
        locale
            .into_iter()
            .find(|value| !value.is_empty())
            .as_deref(),
    );
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version were asked for; everything else is wrong usage.
            let _ = error.print();
            return if error.use_stderr() {
                command::USAGE.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let lang = cli.lang.unwrap_or(lang);
    let done = match cli.command {
        Command::Run(arguments) => command::run(*arguments, Utc::now(), rand::random(), lang).await,
        Command::Capacity(arguments) => {
            command::capacity(*arguments, Utc::now(), rand::random(), lang).await
        }
        Command::Plan(arguments) => command::forecast(&arguments, rand::random(), lang),
        Command::Report(arguments) => command::report(&arguments, lang),
        Command::Recommend(arguments) => command::recommend(&arguments, lang),
        Command::Watch(arguments) => command::watch(arguments, Utc::now(), lang).await,
        Command::Work(arguments) => command::work(*arguments, Utc::now(), lang).await,
        Command::Merge(arguments) => command::merge(*arguments, lang),
        Command::Cleanup(arguments) => command::cleanup(arguments, lang).await,
    };
    done.unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "loadtest: {error:#}");
        command::USAGE
    })
    .into()
}
