//! `probe learn`.

use clap::{Args, Subcommand};

/// Arguments of `learn`.
#[derive(Debug, Args)]
pub struct Learn {
    /// What to do [default: list]
    #[command(subcommand)]
    pub step: Option<Step>,
}

/// A step of a lesson.
#[derive(Debug, Subcommand)]
pub enum Step {
    /// List the lessons, and which of them are done
    List,
    /// Begin a lesson: something breaks, and you see what people see
    Start(Start),
    /// Show the next hint
    Hint,
    /// See whether it is mended; with a recording, whether you name the cause
    Check(Check),
    /// Show the cause and what to do about it
    Solution,
}

/// Arguments of `learn start`.
#[derive(Debug, Args)]
pub struct Start {
    /// Name of the lesson [default: the first that is not done]
    pub lesson: Option<String>,
    /// Prefix of the stacks in the local AWS
    #[arg(long, value_name = "PREFIX", default_value = "events")]
    pub stack: String,
    /// Take the recording, even where a local AWS runs
    #[arg(long, conflicts_with = "reset")]
    pub recorded: bool,
    /// Empty the local AWS first, whatever is in it, and deploy the stacks anew
    #[arg(long)]
    pub reset: bool,
}

/// Arguments of `learn check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The cause, by its id of `probe list`
    pub cause: Option<String>,
}
