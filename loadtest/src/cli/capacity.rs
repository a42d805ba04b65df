//! How to search for the capacity.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reqwest::Url;

use super::{TargetArguments, WatchedArguments, duration, rate};
use crate::plan::units::Share;

/// How to search for the capacity.
#[derive(Debug, Clone, Args)]
pub struct CapacityArguments {
    /// The service.
    #[command(flatten)]
    pub target: TargetArguments,
    /// The rate of the first step
    #[arg(long, value_name = "R/s", default_value = "50/s", value_parser = rate)]
    pub from: f64,
    /// The rate of the last step, if the service bears it
    #[arg(long, value_name = "R/s", default_value = "1000/s", value_parser = rate)]
    pub to: f64,
    /// How much higher each step is than the one before, in percent
    #[arg(long, value_name = "PERCENT", default_value = "30")]
    pub growth: Share,
    /// How long each rate is held
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    pub step: Duration,
    /// How long each rate runs before that, not counted
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub warm_up: Duration,
    /// Later than this after its intended start an answer has missed the objective
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub slow: Duration,
    /// Share of requests that may fail or be late, in percent
    #[arg(long, value_name = "PERCENT", default_value = "1")]
    pub missed: Share,
    /// Give up a request after this time
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub timeout: Duration,
    /// How many people wait for answers at most [default: two seconds of the highest rate]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Distrust a step in which the generator's own delay (p99) is above this
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = duration)]
    pub max_lateness: Duration,
    /// Over how many tasks the service shares the load
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub tasks: u32,
    /// Where the service's own metrics are, such as http://127.0.0.1:9090/metrics
    #[arg(long, value_name = "URL")]
    pub metrics: Option<Url>,
    /// Which service's CPU is looked at in CloudWatch.
    #[command(flatten)]
    pub watched: WatchedArguments,
    /// Repeat the mix of an earlier search [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Write the result as JSON to FILE
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the figures of each second to FILE as the search goes
    #[arg(long, value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
}
