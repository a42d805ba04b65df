//! `probe diagnose`, and what stands beside it: snapshots, lists and explanations.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::duration::parse_duration;
use crate::{
    collect::{Options, SecretValues},
    reading::Place,
    target::Target,
    views::Shape,
};

/// What is looked at.
#[derive(Debug, Args)]
pub struct Look {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Read the secrets' values to see whether they have the JSON keys that the task definition names; only the
    /// names of the keys are kept. Needs secretsmanager:GetSecretValue
    #[arg(long)]
    pub check_secret_keys: bool,
}

impl Look {
    /// What collecting may and should do beyond the usual.
    pub fn options(&self) -> Options {
        Options {
            secret_values: match self.check_secret_keys {
                true => SecretValues::KeyNames,
                false => SecretValues::Unread,
            },
            stack: self.target.stack_name(),
        }
    }
}

/// Arguments of `diagnose`.
#[derive(Debug, Args)]
pub struct Diagnose {
    /// What is looked at.
    #[command(flatten)]
    pub look: Look,
    /// Diagnose a snapshot instead of the running stack; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cluster", "service", "stack", "scenario", "check_secret_keys"])]
    pub from: Option<PathBuf>,
    /// Diagnose an exercise that is built in; see `probe list --scenarios`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["cluster", "service", "stack", "check_secret_keys"])]
    pub scenario: Option<String>,
    /// Look again until the service is healthy or a cause that waiting will not mend is proven; at most so long
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "15m", value_parser = parse_duration, value_name = "DURATION", conflicts_with_all = ["from", "scenario"])]
    pub wait: Option<Duration>,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct List {
    /// List the exercises
    #[arg(long, conflicts_with_all = ["actions", "schema"])]
    pub scenarios: bool,
    /// List the AWS actions that probe calls
    #[arg(long, conflicts_with = "schema")]
    pub actions: bool,
    /// Print the JSON Schema of a command's `-o json`
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "diagnose", value_name = "COMMAND")]
    pub schema: Option<Shape>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Id of a fault, as `probe diagnose` prints it, or class, as `--message` prints it
    #[arg(required_unless_present = "message", conflicts_with = "message")]
    pub id: Option<String>,
    /// Say what one message of AWS or of an application means; `-` reads it from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// Where the message was said
    #[arg(long = "where", value_enum, value_name = "PLACE", requires = "message")]
    pub place: Option<Place>,
}
