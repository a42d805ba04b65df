//! What load is made and what it must show, checked: nothing downstream meets a plan that must not run.
//!
//! A plan says nothing about where: the same plan runs against any host (see [`crate::order`]).
//! It is written into every report, so that a run can be repeated from it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

mod check;
pub mod file;
mod mistake;
mod profile;
pub mod rule;
pub mod scaling;
pub mod units;

pub use file::File;
pub use mistake::Mistake;
pub use profile::Profile;
use rule::{Demand, Rule};
pub use units::Rate;

/// A checked plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "File", into = "File")]
pub struct Plan {
    /// What it is called.
    pub name: String,
    /// How requests follow each other.
    pub arrivals: Arrivals,
    /// Where the draws begin.
    pub seed: u64,
    /// Later than this after the intended start an answer is called slow.
    pub slow: Duration,
    /// After this a request is given up.
    pub timeout: Duration,
    /// About so long a connection is used before it is closed; nothing is for ever.
    pub connection_lifetime: Option<Duration>,
    /// Whether HTTP/2 is spoken from the first byte; otherwise it is where TLS offers it.
    pub http2: bool,
    /// Whether the run is stopped as soon as it is certain to fail.
    pub abort: bool,
    /// So many people wait for answers at once at most.
    pub users: usize,
    /// The largest 99th percentile of the generator's own delay at which its figures can be trusted.
    pub max_lateness: Duration,
    /// The largest share of the machine's CPUs that the generator may use if its figures are to be trusted.
    pub max_cpu: f64,
    /// What happens, one after the other; at least one of them is judged.
    pub phases: Vec<Phase>,
    /// What the run must show; at least one.
    pub rules: Vec<Rule>,
    /// What scaling must show; nothing where it is not looked at.
    pub scaling: Option<scaling::Expected>,
}

/// How requests follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Arrivals {
    /// At equal distances
    #[default]
    Even,
    /// By chance and independently, as people come
    Poisson,
}

/// A stretch of time with a rate and a mix.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// What it is called; no two phases share a name.
    pub name: String,
    /// How long it takes.
    pub duration: Duration,
    /// How many requests per second.
    pub rate: Rate,
    /// Whether its requests count for rules without a phase of their own; a warm-up's do not.
    pub judged: bool,
    /// Who makes the requests.
    pub mix: Mix,
    /// What is broken in it on purpose.
    pub fault: Option<Fault>,
}

impl Phase {
    /// How many requests are to be expected of it.
    pub fn requests(&self) -> f64 {
        self.rate.mean() * self.duration.as_secs_f64()
    }
}

/// Who makes the requests, in shares of their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mix {
    /// People who look at the list and at events.
    #[serde(default)]
    pub browse: u32,
    /// People who book seats and now and then give one back.
    #[serde(default)]
    pub join: u32,
    /// People who only give seats back.
    #[serde(default)]
    pub leave: u32,
    /// People who create, change and delete events.
    #[serde(default)]
    pub organise: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            browse: 60,
            join: 30,
            leave: 0,
            organise: 10,
        }
    }
}

/// Something broken on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// When, from the beginning of its phase.
    pub at: Duration,
    /// What is done.
    pub action: Action,
}

/// How something is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// This is given to the shell of this machine.
    Command(String),
    /// One running task of the ECS service is stopped.
    StopTask,
}

impl Plan {
    /// How long the schedule is.
    pub fn duration(&self) -> Duration {
        self.phases.iter().map(|phase| phase.duration).sum()
    }

    /// When the phases begin, from the beginning of the schedule.
    pub fn begins(&self) -> Vec<Duration> {
        self.phases
            .iter()
            .scan(Duration::ZERO, |at, phase| {
                let begin = *at;
                *at += phase.duration;
                Some(begin)
            })
            .collect()
    }

    /// The highest rate at any time.
    pub fn peak(&self) -> f64 {
        self.phases
            .iter()
            .map(|phase| phase.rate.peak())
            .fold(0.0, f64::max)
    }

    /// How many requests are to be expected.
    pub fn requests(&self) -> f64 {
        self.phases.iter().map(Phase::requests).sum()
    }

    /// The limits after which an answer is late by some rule, and the one that the text calls slow; ascending.
    pub fn limits(&self) -> Vec<Duration> {
        let of_rules = self.rules.iter().filter_map(|rule| match rule.demand {
            Demand::Slower { than, .. } => Some(than),
            Demand::Availability(_) => None,
        });
        let mut limits: Vec<_> = of_rules.chain([self.slow]).collect();
        limits.sort();
        limits.dedup();
        limits
    }
}
