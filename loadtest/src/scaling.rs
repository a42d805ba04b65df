//! Whether scaling did what the plan expects of it, and if not, why: pure, from what was seen and what users felt.
//!
//! ```text
//! sightings ──▶ timeline ──┬──▶ stopwatch ──┐
//! seconds of the users ────┘                ├──▶ expectations, named failures ──▶ verdict
//! the plan's [scaling] ─────────────────────┘
//! ```

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod expectation;
mod named;
#[cfg(test)]
mod recorded;
mod words;

pub use expectation::{Expectation, Shown};
pub use named::{Evidence, Failure, Named};
pub(crate) use words::took;

use crate::judge::Verdict;
use crate::plan::scaling::Expected;
use crate::plan::{Plan, Rate};
use crate::stopwatch::{Stopwatch, bad_times};
use crate::timeline::{Gap, Timeline};
use crate::witness::Sighting;

/// What the users felt in one second, by the time of the answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Felt {
    /// Requests that say something about the service.
    pub counted: u64,
    /// Of those, the slow and the failed.
    pub missed: u64,
    /// Of those, the failed.
    pub failed: u64,
}

/// When the load goes up and down again, in seconds after the beginning of the schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// When the highest load begins.
    pub step_s: f64,
    /// When it is over.
    pub drop_s: f64,
}

impl Load {
    /// That of a plan: from the beginning of its highest phase to the end of the phases as high.
    pub fn of(plan: &Plan) -> Self {
        let peak = plan.peak();
        let is_high = |rate: Rate| rate.peak() >= peak;
        let begins = plan.begins();
        let phases = || begins.iter().zip(&plan.phases);
        let step = phases()
            .find(|(_, phase)| is_high(phase.rate))
            .map(|(begin, _)| *begin)
            .unwrap_or_default();
        let drop = phases()
            .find(|(begin, phase)| **begin > step && !is_high(phase.rate))
            .map_or_else(|| plan.duration(), |(begin, _)| *begin);
        Self {
            step_s: step.as_secs_f64(),
            drop_s: drop.as_secs_f64(),
        }
    }
}

/// What was shown of scaling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scaling {
    /// How long each stage took.
    pub stopwatch: Stopwatch,
    /// What the plan expects, and what was shown of it; empty without a `[scaling]` in the plan.
    pub expectations: Vec<Shown>,
    /// Failures that have a name, with what was seen.
    pub named: Vec<Named>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
}

impl Scaling {
    /// The verdict on all expectations together.
    pub fn verdict(&self) -> Verdict {
        let any = |verdict| {
            self.expectations
                .iter()
                .any(|shown| shown.verdict == verdict)
        };
        if any(Verdict::Fail) {
            Verdict::Fail
        } else if any(Verdict::Inconclusive) {
            Verdict::Inconclusive
        } else {
            Verdict::Pass
        }
    }
}

/// What everything is judged from.
#[derive(Debug, Clone, Copy)]
struct Case<'a> {
    timeline: Timeline<'a>,
    felt: &'a [Felt],
    load: Load,
    expected: Option<&'a Expected>,
    stopwatch: &'a Stopwatch,
    /// When users missed the objective, under the highest load.
    bad: &'a [(f64, f64)],
}

/// Judges what was seen; `allowed` is the share of requests that may be slow or fail at any time.
pub fn judge(
    sightings: &[Sighting],
    felt: &[Felt],
    load: Load,
    expected: Option<&Expected>,
    allowed: f64,
) -> Scaling {
    let timeline = Timeline::new(sightings);
    let stopwatch = Stopwatch::new(&timeline, felt, load, allowed);
    let bad = bad_times(felt, load, allowed);
    let case = Case {
        timeline,
        felt,
        load,
        expected,
        stopwatch: &stopwatch,
        bad: &bad,
    };
    let expectations = expectation::all(&case);
    let named = named::all(&case, &expectations);
    Scaling {
        expectations,
        named,
        gaps: timeline.gaps(),
        stopwatch,
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
