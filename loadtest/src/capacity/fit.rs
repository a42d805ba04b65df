//! From the steps of a search to the capacity: how much may be offered before the objective breaks, and how sure that is.
//!
//! Nothing is extrapolated. A range that ends while all is well says where to go on instead of a figure:
//! fitted to half of its range, the law of scalability promises endless capacity in three of ten cases.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

mod refused;
mod usl;

pub use refused::Refused;
pub use usl::Usl;

/// How often the samples are drawn again to see how the result varies.
const DRAWS: usize = 200;
/// The part of the draws outside the bounds, on each side; a bootstrap of few samples is too sure of itself, so less than 2.5 %.
const TAIL: f64 = 0.01;
/// Fewer steps than this have no shape.
const FEWEST: usize = 4;
/// How much further to go when the range ends too early.
const FURTHER: f64 = 1.5;

/// A step: one offered rate, measured for some stretches of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Requests offered per second.
    pub offered: f64,
    /// What was measured, stretch by stretch; at least one.
    pub samples: Vec<Sample>,
}

/// A stretch of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Requests answered per second.
    pub throughput: f64,
    /// Requests in flight on average: throughput times the mean time from the intended start (Little's law).
    pub concurrency: f64,
    /// The share of requests that missed the objective: failed, or slow, whatever the objective says.
    pub missed: f64,
}

/// A figure with bounds of 95 %.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Estimate {
    /// The likeliest value.
    pub point: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Estimate {
    /// The same for one of so many tasks.
    pub fn shared_by(self, tasks: u32) -> Self {
        let tasks = f64::from(tasks.max(1));
        Self {
            point: self.point / tasks,
            low: self.low / tasks,
            high: self.high / tasks,
        }
    }

    /// The bounds between which all but the tails of some draws are.
    fn of(point: f64, lows: Vec<f64>, highs: Vec<f64>) -> Self {
        Self {
            point,
            low: quantile(lows, TAIL).min(point),
            high: quantile(highs, 1.0 - TAIL).max(point),
        }
    }
}

/// What the steps show.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Capacity {
    /// The requests per second that may be offered before the objective breaks.
    pub at_objective: Estimate,
    /// The largest throughput, if it was passed: by the law of scalability, whatever the objective.
    pub peak: Option<Estimate>,
    /// The coefficients of that law, if the steps bear one.
    pub law: Option<Usl>,
}

/// The capacity that the steps show, for an objective that may be missed by the share `allowed`.
///
/// The point lies where the share that missed it crosses that (never falling from step to step, linear between two).
/// What happens between two steps was not measured: the bounds are never closer than the steps around the crossing,
/// and wider where another draw of the same samples puts it elsewhere, or a later step held all the same.
pub fn capacity(steps: &[Step], allowed: f64, seed: u64) -> Result<Capacity, Refused> {
    let mut steps = steps.to_vec();
    steps.sort_by(|a, b| a.offered.total_cmp(&b.offered));
    let measured = |steps: &[Step]| crossing(steps, allowed);
    let Some((first, last)) = steps
        .first()
        .zip(steps.last())
        .filter(|_| steps.len() >= FEWEST)
    else {
        return Err(Refused::TooFewSteps { steps: steps.len() });
    };
    let begins = Refused::BeginsPastKnee {
        begin_with: first.offered / 2.0,
    };
    let ends = Refused::EndsBeforeKnee {
        go_on_to: last.offered * FURTHER,
    };
    let at = match measured(&steps) {
        Crossing::Before => return Err(begins),
        Crossing::Beyond => return Err(ends),
        Crossing::At { at, .. } => at,
    };
    let law = usl::fit(&steps);
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut lows, mut highs, mut peaks) = (vec![], vec![], vec![]);
    for _ in 0..DRAWS {
        let drawn = draw(&steps, &mut rng);
        let (low, high) = match measured(&drawn) {
            Crossing::Before => (0.0, first.offered),
            Crossing::At { after, before, .. } => (after, before),
            Crossing::Beyond => (last.offered, f64::INFINITY),
        };
        lows.push(low);
        highs.push(high);
        peaks.push(usl::fit(&drawn).and_then(|law| law.peak_within(&drawn)));
    }
    let mut at_objective = Estimate::of(at, lows, highs);
    // A later step that held: what those before it missed was a disturbance, and the capacity lies beyond.
    if let Some(held) = steps.iter().rposition(|step| missed(step) <= allowed) {
        let next = steps
            .get(held + 1)
            .map_or(f64::INFINITY, |step| step.offered);
        at_objective.high = at_objective.high.max(next);
    }
    if at_objective.high.is_infinite() {
        return Err(ends);
    }
    let peaks: Option<Vec<f64>> = peaks.into_iter().collect();
    Ok(Capacity {
        at_objective,
        peak: law
            .and_then(|law| law.peak_within(&steps))
            .zip(peaks)
            .map(|(peak, draws)| Estimate::of(peak, draws.clone(), draws)),
        law,
    })
}

/// Where the objective breaks.
enum Crossing {
    Before,
    At { after: f64, at: f64, before: f64 },
    Beyond,
}

fn crossing(steps: &[Step], allowed: f64) -> Crossing {
    let missed = rising(steps.iter().map(missed).collect());
    let Some(broken) = missed.iter().position(|share| *share > allowed) else {
        return Crossing::Beyond;
    };
    if broken == 0 {
        return Crossing::Before;
    }
    let (after, before) = (steps[broken - 1].offered, steps[broken].offered);
    let (below, above) = (missed[broken - 1], missed[broken]);
    Crossing::At {
        after,
        at: after + (before - after) * (allowed - below) / (above - below),
        before,
    }
}

fn missed(step: &Step) -> f64 {
    step.samples.iter().map(|sample| sample.missed).sum::<f64>() / step.samples.len().max(1) as f64
}

/// The closest sequence that never falls (pool adjacent violators).
fn rising(values: Vec<f64>) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = vec![];
    for value in values {
        pools.push((value, 1));
        while let [.., (a, n), (b, m)] = pools[..]
            && a > b
        {
            pools.truncate(pools.len() - 2);
            pools.push(((a * n as f64 + b * m as f64) / (n + m) as f64, n + m));
        }
    }
    pools
        .into_iter()
        .flat_map(|(value, count)| std::iter::repeat_n(value, count))
        .collect()
}

/// The steps with their samples drawn again, with replacement.
fn draw(steps: &[Step], rng: &mut StdRng) -> Vec<Step> {
    steps
        .iter()
        .map(|step| Step {
            offered: step.offered,
            samples: step
                .samples
                .iter()
                .map(|_| step.samples[rng.random_range(0..step.samples.len())])
                .collect(),
        })
        .collect()
}

fn quantile(mut values: Vec<f64>, at: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = at * (values.len().saturating_sub(1)) as f64;
    values
        .get(place.round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests;
