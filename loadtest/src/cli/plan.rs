//! What load to make, and how to foresee it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{duration, rate};
use crate::plan::units::{Share, Time};
use crate::plan::{Arrivals, File, Profile};

/// What load to make. Whatever is given here wins over the plan file.
#[derive(Debug, Clone, Default, Args)]
pub struct PlanArguments {
    /// Read the plan from FILE (TOML), or repeat the one in an earlier report (JSON)
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub plan: Option<PathBuf>,
    /// Use a plan that is built in
    #[arg(long, value_name = "NAME", value_enum)]
    pub profile: Option<Profile>,
    /// The highest rate, in requests per second; all phases in proportion [default: 200/s]
    #[arg(long, value_name = "R/s", value_parser = rate)]
    pub rate: Option<f64>,
    /// How long, such as 20s, 5m or 1h; all phases in proportion [default: 20s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<Duration>,
    /// How requests follow each other [default: even]
    #[arg(long, value_enum)]
    pub arrivals: Option<Arrivals>,
    /// Repeat the mix and the moments of an earlier run [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Share of requests that must be answered well, in percent [default: 99.9]
    #[arg(long, value_name = "PERCENT")]
    pub availability: Option<Share>,
    /// An answer is slow when it comes later than this after its intended start [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub slow: Option<Duration>,
    /// Share of requests that may be slow, in percent [default: 5]
    #[arg(long, value_name = "PERCENT")]
    pub slow_share: Option<Share>,
    /// Give up a request after this time [default: 5s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Use a connection for about so long, 0 for ever [default: 60s]
    #[arg(long, value_name = "TIME")]
    pub connection_lifetime: Option<Time>,
    /// Speak HTTP/2 from the first byte, also without TLS [default: where TLS offers it]
    #[arg(long)]
    pub http2: bool,
    /// Go on to the end also when it is certain that the run fails
    #[arg(long)]
    pub no_abort: bool,
    /// How many people wait for answers at most [default: two seconds of the highest rate]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,
    /// Distrust the figures when the generator's own delay (p99) is above this [default: 100ms]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub max_lateness: Option<Duration>,
    /// Distrust the figures when the generator uses more than this share of the CPUs, in percent [default: 80]
    #[arg(long, value_name = "PERCENT")]
    pub max_cpu: Option<Share>,
}

impl PlanArguments {
    /// Puts what was given into a plan file, in the place of what stands there.
    pub fn apply(&self, file: &mut File) {
        if let Some(rate) = self.rate {
            file.scale_rate(rate);
        }
        if let Some(duration) = self.duration {
            file.scale_duration(duration);
        }
        file.arrivals = self.arrivals.or(file.arrivals);
        file.seed = self.seed.or(file.seed);
        file.slow = self.slow.map(Time).or(file.slow);
        file.timeout = self.timeout.map(Time).or(file.timeout);
        file.connection_lifetime = self.connection_lifetime.or(file.connection_lifetime);
        file.http2 = self.http2.then_some(true).or(file.http2);
        file.abort = self.no_abort.then_some(false).or(file.abort);
        file.users = self.users.or(file.users);
        file.max_lateness = self.max_lateness.map(Time).or(file.max_lateness);
        file.max_cpu = self.max_cpu.or(file.max_cpu);
        file.demand(self.availability, self.slow.map(Time), self.slow_share);
    }
}

/// What to foresee.
#[derive(Debug, Clone, Args)]
pub struct ForecastArguments {
    /// The load.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// How to write it
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For people
    Text,
    /// For programs
    Json,
}
