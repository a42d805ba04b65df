//! Parses the command line, runs the command, exits.

use std::process::ExitCode;

use clap::Parser;
use probe::{cli::Cli, commands};

#[tokio::main]
async fn main() -> ExitCode {
    commands::run(Cli::parse()).await
}
