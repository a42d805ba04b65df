//! `probe db`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::duration::parse_duration;
use crate::{consent::ConsentFlag, target::Target};

/// Arguments of `db`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Db {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// What to do instead of looking.
    #[command(subcommand)]
    pub command: Option<DbCommand>,
}

/// What `db` does beside looking.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Force a failover and measure, while it happens, how long the service is without data: the one command that acts
    FailoverTest(FailoverTest),
}

/// Arguments of `db failover-test`.
#[derive(Debug, Args)]
pub struct FailoverTest {
    /// Which service.
    #[command(flatten)]
    pub target: Target,
    /// Address of the service, of which /health/ready is asked; or of another page whose answer needs the database
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// Milliseconds from one question to the next
    #[arg(long, default_value = "250", value_parser = parse_milliseconds, value_name = "MILLISECONDS")]
    pub every: Duration,
    /// How long to measure at most: seconds or minutes, for example 90s, 10m
    #[arg(long, default_value = "10m", value_parser = parse_duration, value_name = "DURATION")]
    pub limit: Duration,
    /// Whether it is really meant.
    #[command(flatten)]
    pub consent: ConsentFlag,
}

/// Not so often that it would be a load test, not so seldom that it would measure nothing.
fn parse_milliseconds(text: &str) -> Result<Duration, String> {
    let count: Option<u64> = text
        .parse()
        .ok()
        .filter(|count| (100..=10_000).contains(count));
    count
        .map(Duration::from_millis)
        .ok_or_else(|| format!("\"{text}\" is not a number from 100 to 10000"))
}
