//! How long each stage of a scale-out took, from the step of the load to the objective restored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scaling::{Felt, Load};
use crate::timeline::{Moment, Timeline};

mod moments;

use moments::{alarm, decided, grown, healthy, metric};

/// So many seconds are looked at together, so that a single slow answer is no change.
const WINDOW: usize = 5;
/// How long each stage took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stopwatch {
    /// When the load went up, in seconds after the beginning of the schedule.
    pub step_s: f64,
    /// How many tasks ran then; nothing if that was not seen.
    pub tasks_before: Option<u32>,
    /// The most that ran before the load went down.
    pub tasks_most: Option<u32>,
    /// The stages in their order, each in seconds after the step; those that did not come, or were not seen, are left out.
    pub stages: Vec<Timed>,
    /// Whether and when users got what they should.
    pub objective: Objective,
    /// Requests from the step until the objective was restored, or the load went down.
    pub requests: u64,
    /// Those among them that were slow or failed.
    pub missed: u64,
    /// What AWS measured for a metric of this resolution.
    pub published: Option<Published>,
}

/// A stage with its time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timed {
    /// Which.
    pub stage: Stage,
    /// When, in seconds after the step.
    #[serde(flatten)]
    pub moment: Moment,
}

/// A stage on the way to more tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A metric that a policy follows is above its target, for everybody to read.
    Metric,
    /// The alarm of the policy rings.
    Alarm,
    /// More tasks are desired.
    Decided,
    /// ECS is starting one.
    Pending,
    /// One more runs.
    Running,
    /// The load balancer sends it requests.
    Healthy,
    /// Users get what they should.
    Restored,
}

/// Whether users got what they should under the highest load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// All the time.
    Kept,
    /// Not at first.
    Restored,
    /// Not until the load went down.
    Missed,
}

/// What AWS published on 2026-09-15 for its own benchmark of target tracking on CPU
/// (github.com/aws/containers-roadmap/issues/2113).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// The resolution of the metric, in seconds.
    pub resolution_s: f64,
    /// From the load to the decision, in seconds.
    pub decided_s: f64,
    /// From the load to the tasks running, in seconds.
    pub running_s: f64,
}

impl Published {
    /// Those for metrics of this resolution.
    pub fn of(resolution_s: f64) -> Self {
        let (decided_s, running_s) = if resolution_s <= 20.0 {
            (86.0, 109.0)
        } else {
            (363.0, 386.0)
        };
        Self {
            resolution_s,
            decided_s,
            running_s,
        }
    }
}

impl Stopwatch {
    /// Stops the time; `allowed` is the share of requests that may be slow or fail at any time.
    pub(crate) fn new(timeline: &Timeline<'_>, felt: &[Felt], load: Load, allowed: f64) -> Self {
        let bad = bad_times(felt, load, allowed);
        let (objective, restored_s) = match bad.last() {
            None => (Objective::Kept, None),
            Some((_, to)) if *to + WINDOW as f64 > load.drop_s => (Objective::Missed, None),
            Some((_, to)) => (Objective::Restored, Some(*to)),
        };
        let restored = restored_s.map(|at_s| Moment {
            at_s,
            within_s: WINDOW as f64,
        });
        let until = restored_s.unwrap_or(load.drop_s);
        let waited = within(felt, load.step_s, until);
        let running = grown(timeline, load, |tasks| tasks.running);
        // One that is first seen pending when another runs already came later.
        let pending = grown(timeline, load, |tasks| tasks.pending)
            .filter(|seen| running.is_none_or(|running| seen.at_s <= running.at_s));
        let moments = [
            (Stage::Metric, metric(timeline, load)),
            (Stage::Alarm, alarm(timeline, load)),
            (Stage::Decided, decided(timeline, load)),
            (Stage::Pending, pending),
            (Stage::Running, running),
            (Stage::Healthy, healthy(timeline, load)),
            (Stage::Restored, restored),
        ];
        let stages = moments.into_iter().filter_map(|(stage, moment)| {
            let mut moment = moment?;
            moment.at_s -= load.step_s;
            Some(Timed { stage, moment })
        });
        let under_load = |at_s: f64| at_s >= load.step_s && at_s <= load.drop_s;
        let ran = timeline.tasks().filter(|(at, _)| under_load(at.at_s));
        let before = timeline.tasks_at(load.step_s).map(|tasks| tasks.running);
        Self {
            step_s: load.step_s,
            tasks_before: before,
            tasks_most: ran.map(|(_, tasks)| tasks.running).chain(before).max(),
            stages: stages.collect(),
            objective,
            requests: waited.iter().map(|second| second.counted).sum(),
            missed: waited.iter().map(|second| second.missed).sum(),
            published: timeline
                .cpu_policy()
                .map(|policy| Published::of(policy.resolution_s())),
        }
    }

    /// The time of a stage, in seconds after the step.
    pub fn stage(&self, stage: Stage) -> Option<Moment> {
        let timed = self.stages.iter().find(|timed| timed.stage == stage);
        timed.map(|timed| timed.moment)
    }
}

/// The seconds from one time to another.
fn within(felt: &[Felt], from_s: f64, to_s: f64) -> &[Felt] {
    let place = |at_s: f64| (at_s.max(0.0) as usize).min(felt.len());
    let (from, to) = (place(from_s), place(to_s));
    felt.get(from..to.max(from)).unwrap_or_default()
}

/// When users missed the objective between the step and the end of the highest load, in seconds; neighbours are one.
pub(crate) fn bad_times(felt: &[Felt], load: Load, allowed: f64) -> Vec<(f64, f64)> {
    let mut bad: Vec<(f64, f64)> = vec![];
    for (place, window) in within(felt, load.step_s, load.drop_s)
        .chunks(WINDOW)
        .enumerate()
    {
        let counted: u64 = window.iter().map(|second| second.counted).sum();
        let missed: u64 = window.iter().map(|second| second.missed).sum();
        if missed as f64 <= allowed * counted as f64 {
            continue;
        }
        let from = load.step_s.floor() + (place * WINDOW) as f64;
        let to = from + window.len() as f64;
        match bad.last_mut() {
            // One good window between bad ones is no rest.
            Some((_, end)) if from - *end <= WINDOW as f64 => *end = to,
            _ => bad.push((from, to)),
        }
    }
    bad
}
