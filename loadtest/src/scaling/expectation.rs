//! What the plan expects of scaling, held against what was seen; where looks are missing, nothing is shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Case, seconds};
use crate::judge::Verdict;
use crate::plan::scaling::Connections;
use crate::timeline::Moment;
use crate::witness::Tasks;

mod moves;

use moves::{drops_nothing, scales_in, scales_out};

/// The look that everything about tasks rests on.
const TASKS: &str = "ecs:DescribeServices";
/// An expectation with what was shown of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// Shown to be kept, shown to be missed, or neither.
    pub verdict: Verdict,
    /// What is expected, and what was seen.
    #[serde(flatten)]
    pub expectation: Expectation,
}

/// What is expected of scaling, and what was seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "expectation", rename_all = "snake_case")]
pub enum Expectation {
    /// So many tasks run so soon after the step.
    ScalesOut {
        /// How many.
        tasks: u32,
        /// How soon, in seconds.
        within_s: f64,
        /// When so many ran, in seconds after the step.
        seen: Option<Moment>,
        /// The most that ran until then.
        most: u32,
    },
    /// There are as few tasks as before so soon after the load went down.
    ScalesIn {
        /// How few.
        tasks: u32,
        /// How soon, in seconds.
        within_s: f64,
        /// When so few ran, in seconds after the load went down.
        seen: Option<Moment>,
        /// The most that ran at any time.
        most: u32,
    },
    /// No request fails because a task is taken away.
    DropsNothing {
        /// Requests that failed while tasks were taken away.
        failed: u64,
        /// Tasks that were taken away.
        tasks: u32,
    },
    /// There are never more tasks than this.
    StaysBelow {
        /// The most that may be desired.
        most: u32,
        /// The most that were.
        seen: u32,
    },
    /// The service is not held at its maximum under load.
    HasRoom {
        /// The maximum.
        most: u32,
        /// So long it may be there, in seconds.
        allowed_s: f64,
        /// The longest that it was, in seconds.
        seen_s: f64,
    },
    /// The pools of all tasks together fit the database.
    FitsDatabase {
        /// The connections that the pools of the most tasks can take.
        pools: u32,
        /// `max_connections` of the database.
        most: u32,
    },
}

/// Everything that the plan expects.
pub(super) fn all(case: &Case<'_>) -> Vec<Shown> {
    let Some(expected) = case.expected else {
        return vec![];
    };
    let mut shown = vec![scales_out(case, expected.tasks, seconds(expected.within.0))];
    if let Some(within) = expected.back_within {
        shown.push(scales_in(case, seconds(within.0)));
        shown.push(drops_nothing(case));
    }
    let range = case.timeline.range_at(case.load.drop_s);
    let most = expected.most.or(range.map(|range| range.max));
    shown.extend(most.map(|most| stays_below(case, most)));
    shown.extend(range.map(|range| has_room(case, range.max, seconds(expected.at_most_for.0))));
    shown.extend(expected.connections.map(|it| fits_database(case, it)));
    shown
}

fn stays_below(case: &Case<'_>, most: u32) -> Shown {
    let desired = case.timeline.tasks().map(|(_, tasks)| tasks.desired);
    let seen = desired.max().unwrap_or_default();
    let verdict = match () {
        () if seen > most => Verdict::Fail,
        () if case.is_blind(f64::MAX) => Verdict::Inconclusive,
        () => Verdict::Pass,
    };
    Shown {
        verdict,
        expectation: Expectation::StaysBelow { most, seen },
    }
}

fn has_room(case: &Case<'_>, most: u32, allowed_s: f64) -> Shown {
    let seen_s = case.longest_at(most);
    let verdict = match () {
        () if seen_s > allowed_s => Verdict::Fail,
        () if case.is_blind(case.load.drop_s) => Verdict::Inconclusive,
        () => Verdict::Pass,
    };
    Shown {
        verdict,
        expectation: Expectation::HasRoom {
            most,
            allowed_s,
            seen_s,
        },
    }
}

fn fits_database(case: &Case<'_>, connections: Connections) -> Shown {
    let running = case.timeline.tasks().map(|(_, tasks)| tasks.running).max();
    let pools = running.unwrap_or_default() * connections.pool;
    let most = connections.most;
    let verdict = match () {
        () if pools > most => Verdict::Fail,
        () if case.is_blind(f64::MAX) => Verdict::Inconclusive,
        () => Verdict::Pass,
    };
    Shown {
        verdict,
        expectation: Expectation::FitsDatabase { pools, most },
    }
}

impl Case<'_> {
    /// Whether the tasks were not seen at some time from the step to this.
    fn is_blind(&self, to_s: f64) -> bool {
        let nothing = self.timeline.tasks().next().is_none();
        nothing || self.timeline.is_blind(TASKS, self.load.step_s, to_s)
    }

    /// The longest time under the highest load during which so many tasks were desired, at least, in seconds.
    pub(super) fn longest_at(&self, most: u32) -> f64 {
        let end = self.load.drop_s.min(self.timeline.end_s());
        let tasks: Vec<(Moment, Tasks)> = self.timeline.tasks().collect();
        let (mut longest, mut since) = (0.0, None);
        for (place, (at, now)) in tasks.iter().enumerate() {
            let until = tasks.get(place + 1).map_or(end, |(next, _)| next.at_s);
            if now.desired < most {
                since = None;
                continue;
            }
            let from = *since.get_or_insert(at.at_s.max(self.load.step_s));
            longest = f64::max(longest, until.min(end) - from);
        }
        longest
    }
}
