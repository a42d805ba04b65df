//! What each step of a search showed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Search;
use super::fit::{Sample, Step};
use super::metrics::Pool;
use crate::outcome::Outcome;
use crate::plan::rule::Scope;
use crate::record::times::percentile_ms;
use crate::record::{Evidence, Second};

/// The stretches of a step are so many seconds long.
pub const STRETCH: u64 = 5;

/// What a step showed while its rate was held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepFigures {
    /// Requests per second that the schedule had.
    pub offered: f64,
    /// Requests per second that were answered well.
    pub throughput: f64,
    /// Requests in flight on average, waiting ones included (Little's law).
    pub concurrency: f64,
    /// The share of requests that failed, or came later than the limit.
    pub missed: f64,
    /// The share of requests that failed.
    pub failed: f64,
    /// Why they failed, how often.
    pub causes: BTreeMap<String, u64>,
    /// Median from the intended start.
    pub p50_ms: f64,
    /// 99th percentile from the intended start.
    pub p99_ms: f64,
    /// CPUs that the generator used.
    pub generator_cpu: f64,
    /// 99th percentile of the generator's own delay.
    pub lateness_p99_ms: f64,
    /// What the service said of its connections to the database, if it was asked.
    pub pool: Option<Pool>,
    /// The same in stretches, for the fit.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

/// Counts of some seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    seconds: u64,
    counted: u64,
    failures: u64,
    slow: u64,
    waited_s: f64,
    cpu: f64,
}

impl Sum {
    /// Over some seconds.
    pub fn of<'a>(seconds: impl IntoIterator<Item = &'a Second>) -> Self {
        let mut sum = Self::default();
        for second in seconds {
            let slow = second
                .counts
                .iter()
                .map(|it| it.outcomes[Outcome::Slow as usize]);
            sum.seconds += 1;
            sum.counted += second.counted;
            sum.failures += second.failures;
            sum.slow += slow.map(u64::from).sum::<u64>();
            sum.waited_s += second.response_mean_ms / 1_000.0 * second.counted as f64;
            sum.cpu += second.generator.cpu;
        }
        sum
    }

    /// The share of requests that failed, or came later than the limit; all of them when nothing was answered.
    pub fn missed(&self) -> f64 {
        match self.counted {
            0 => 1.0,
            counted => (self.failures + self.slow) as f64 / counted as f64,
        }
    }

    fn sample(&self) -> Sample {
        let seconds = self.seconds.max(1) as f64;
        Sample {
            throughput: (self.counted - self.failures) as f64 / seconds,
            // Little's law: throughput times mean time is the time waited per second.
            concurrency: self.waited_s / seconds,
            missed: self.missed(),
        }
    }
}

/// The figures of the steps that were held to their end.
pub fn figures(search: &Search, evidence: &Evidence, pools: &[Option<Pool>]) -> Vec<StepFigures> {
    let steps = search.rates.iter().enumerate();
    steps
        .map_while(|(step, rate)| {
            let (from, to) = search.held(step);
            let seconds = evidence.seconds.get(from as usize..to as usize)?;
            // The first phase of a step is its warm-up.
            let cell = evidence.total(Scope {
                endpoint: None,
                phase: Some(2 * step + 1),
            });
            let sum = Sum::of(seconds);
            let whole = sum.sample();
            let causes = cell
                .causes
                .iter()
                .filter(|((outcome, _), _)| outcome.is_failure());
            Some(StepFigures {
                offered: *rate,
                throughput: whole.throughput,
                concurrency: whole.concurrency,
                missed: whole.missed,
                failed: sum.failures as f64 / sum.counted.max(1) as f64,
                causes: causes
                    .map(|((_, cause), count)| (cause.to_string(), *count))
                    .collect(),
                p50_ms: percentile_ms(&cell.response, 50.0),
                p99_ms: percentile_ms(&cell.response, 99.0),
                generator_cpu: sum.cpu / sum.seconds.max(1) as f64,
                lateness_p99_ms: percentile_ms(&cell.lateness, 99.0),
                pool: pools
                    .get(from as usize..(to as usize).min(pools.len()))
                    .and_then(Pool::worst),
                samples: seconds
                    .chunks(STRETCH as usize)
                    .map(|chunk| Sum::of(chunk).sample())
                    .collect(),
            })
        })
        .collect()
}

/// The steps as the fit wants them.
pub fn for_fit(steps: &[StepFigures]) -> Vec<Step> {
    let step = |step: &StepFigures| Step {
        offered: step.offered,
        samples: step.samples.clone(),
    };
    steps.iter().map(step).collect()
}
