//! How much load the service bears: steps of rate, past the knee, and what gave way first.
//!
//! A step is a warm-up, which is cut off, and a time in which the rate is held. The search goes on for some steps
//! after the objective is missed, because a range that ends before the knee shows no capacity,
//! and stops earlier when the generator itself gives way.

use std::time::Duration;

use crate::cli::CapacityArguments;
use crate::plan::file::{File, PhaseEntry};
use crate::plan::units::{Rate, Time};
use crate::plan::{Mistake, Plan};

pub mod cpu;
pub mod enough;
pub mod fit;
pub mod limit;
pub mod metrics;
pub mod outcome;
pub mod steps;
#[cfg(test)]
mod tests;

/// What is searched, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The rates of the steps, ascending.
    pub rates: Vec<f64>,
    /// So long of each step is cut off, in whole seconds.
    pub warm_up: Duration,
    /// So long its rate is held, in whole seconds.
    pub hold: Duration,
    /// The share of requests that may fail or come later than the plan's limit.
    pub allowed: f64,
    /// Over how many tasks the load is shared.
    pub tasks: u32,
}

/// More steps than so many are no search.
const MOST_STEPS: usize = 100;

impl Search {
    /// The search that was asked for, and the plan that carries it out.
    pub fn new(arguments: &CapacityArguments, random: u64) -> Result<(Self, Plan), Mistake> {
        let growth = 1.0 + arguments.growth.0;
        let mut rates = vec![];
        let mut rate = arguments.from;
        while rate < arguments.to * 1.000_001 && rates.len() <= MOST_STEPS {
            // Whole requests per second, so that the plan reads as one that somebody wrote.
            rates.push(rate.round().max(1.0));
            rate *= growth;
        }
        rates.dedup();
        if rates.is_empty() || rates.len() > MOST_STEPS {
            return Err(Mistake::Steps(rates.len()));
        }
        let whole = |time: Duration| Duration::from_secs(time.as_secs_f64().ceil() as u64);
        let search = Self {
            rates,
            warm_up: whole(arguments.warm_up),
            hold: whole(arguments.step).max(Duration::from_secs(steps::STRETCH)),
            allowed: arguments.missed.0,
            tasks: arguments.tasks,
        };
        let plan = Plan::try_from(search.file(arguments, random))?;
        Ok((search, plan))
    }

    fn file(&self, arguments: &CapacityArguments, random: u64) -> File {
        let phase = |name: String, duration, rate, judged| PhaseEntry {
            name,
            duration: Time(duration),
            rate: Rate {
                from: rate,
                to: rate,
            },
            judged,
            mix: None,
            fault: None,
        };
        let phases = self.rates.iter().flat_map(|rate| {
            [
                phase(format!("{rate}/s warm-up"), self.warm_up, *rate, false),
                phase(format!("{rate}/s"), self.hold, *rate, true),
            ]
        });
        File {
            name: Some("capacity".to_owned()),
            seed: Some(arguments.seed.unwrap_or(random >> 32)),
            slow: Some(Time(arguments.slow)),
            timeout: Some(Time(arguments.timeout)),
            users: arguments.users,
            max_lateness: Some(Time(arguments.max_lateness)),
            // Past the knee everything fails, on purpose.
            abort: Some(false),
            phases: phases.collect(),
            ..File::default()
        }
    }

    /// When the rate of a step is held: from this second of the schedule until before that one.
    pub fn held(&self, step: usize) -> (u64, u64) {
        let (warm_up, hold) = (self.warm_up.as_secs(), self.hold.as_secs());
        let begin = step as u64 * (warm_up + hold) + warm_up;
        (begin, begin + hold)
    }
}
