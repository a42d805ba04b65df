//! The command line.

mod daily;
mod database;
mod diagnosis;
mod duration;
mod learn;

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use daily::{Logs, Smoke, Status, Targets, Tasks};
pub use database::{Db, DbCommand, FailoverTest};
pub use diagnosis::{Diagnose, Explain, List, Look};
pub use learn::{Check, Learn, Start, Step};

use crate::{collect::Connection, render::Format, target::Target, words::Lang};

/// Finds out why an ECS Fargate service behind an ALB with RDS does not work. It changes nothing in AWS, unless `db failover-test --yes-force-failover` is given.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Begin with: probe diagnose\nExit codes: 0 healthy, 1 fault found, 2 wrong usage, 3 could not tell"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to reach AWS and how to answer.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// AWS Region [default: from the environment or the profile]
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// Named AWS profile; its credentials come before those of the environment
    #[arg(long, global = true)]
    pub profile: Option<String>,
    /// Endpoint that stands in for AWS, for example a local one
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Seconds that one AWS call may take, retries included
    #[arg(long, global = true, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120), value_name = "SECONDS")]
    pub timeout: u64,
    /// Output format
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub output: Format,
    /// Language [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Lang>,
}

impl Global {
    /// Where and how to call AWS.
    pub fn connection(&self) -> Connection {
        Connection {
            region: self.region.clone(),
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            call_timeout: Duration::from_secs(self.timeout),
        }
    }

    /// The language asked for, or the environment's.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or_else(|| {
            let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
            if set.is_some_and(|value| value.starts_with("ja")) {
                Lang::Ja
            } else {
                Lang::En
            }
        })
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Name the root cause of what is wrong, with its proof and its fix
    Diagnose(Diagnose),
    /// Write down everything that was seen, as JSON: for a colleague, or to diagnose later
    Snapshot(Look),
    /// List the known faults, the exercises or the AWS actions that probe calls
    List(List),
    /// Show the runbook section of a fault, or say what a message means
    Explain(Explain),
    /// Show the service on one screen: deployments, tasks, targets, alarms, scaling, database, availability, events
    Status(Status),
    /// Show running tasks, and why the stopped ones stopped, the same reasons together
    Tasks(Tasks),
    /// Show the health of the load balancer's targets, what it means, and the tasks behind them
    Targets(Targets),
    /// Show what the tasks write, all of them interleaved
    Logs(Logs),
    /// Show the database: connections against their limit, storage, certificate, parameters, maintenance, events
    Db(Db),
    /// Learn to find faults: lessons in the local AWS, or with recordings
    Learn(Learn),
    /// Say whether probe itself can work here: credentials, Region, permissions, network, clock
    Doctor,
    /// Print what lets a shell complete the commands of probe
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page
    Man {
        /// Write the pages of all commands into this folder instead, for example ~/.local/share/man/man1
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// Try the event service at an address: health, page, TLS, headers, and all that people do, with an event of its own
    Smoke(Smoke),
    /// Hold availability and answer times against 99.9 %: budget left, burn rates, and what would page
    Slo(Target),
    /// Show what the deployment costs a month, the biggest levers first, and what surprises on the bill
    Cost(Cost),
    /// Show what is left of a deployment, what it costs a day, and the commands in the right order; deletes nothing
    Cleanup(Cleanup),
}

/// Arguments of `cost`.
#[derive(Debug, Args)]
pub struct Cost {
    /// Whose deployment.
    #[command(flatten)]
    pub target: Target,
}

/// Arguments of `cleanup`.
#[derive(Debug, Args)]
pub struct Cleanup {
    /// Whose deployment.
    #[command(flatten)]
    pub target: Target,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
