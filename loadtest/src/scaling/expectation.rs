//! What the plan expects of scaling, held against what was seen; where looks are missing, nothing is shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Case, seconds};
use crate::judge::Verdict;
use crate::plan::scaling::Connections;
use crate::timeline::Moment;
use crate::witness::Tasks;

/// The look that everything about tasks rests on.
const TASKS: &str = "ecs:DescribeServices";
/// So long after the last task went may a request still fail because of it: the answer of the load balancer takes time.
const AFTERMATH_S: f64 = 10.0;

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

/// The verdict on something that had to happen by a limit.
fn in_time(case: &Case<'_>, from_s: f64, seen: Option<Moment>, within_s: f64) -> Verdict {
    let was_seen = !case.timeline.is_blind(TASKS, from_s, from_s + within_s)
        && case.timeline.tasks().next().is_some();
    match seen {
        Some(moment) if moment.at_s <= within_s => Verdict::Pass,
        Some(moment) if moment.earliest_s() > within_s && was_seen => Verdict::Fail,
        // It happened between two looks, on either side of the limit.
        Some(_) => Verdict::Inconclusive,
        None if was_seen && case.timeline.end_s() >= from_s + within_s => Verdict::Fail,
        None => Verdict::Inconclusive,
    }
}

fn scales_out(case: &Case<'_>, tasks: u32, within_s: f64) -> Shown {
    let step_s = case.load.step_s;
    let enough = |tasks_now: Tasks| tasks_now.running >= tasks;
    let at_step = case.timeline.tasks_at(step_s).filter(|now| enough(*now));
    let seen = match at_step {
        Some(_) => Some(Moment {
            at_s: 0.0,
            within_s: 0.0,
        }),
        None => first(case, step_s, enough),
    };
    let until = step_s + within_s;
    let ran = case.timeline.tasks().filter(|(at, _)| at.at_s <= until);
    Shown {
        verdict: in_time(case, step_s, seen, within_s),
        expectation: Expectation::ScalesOut {
            tasks,
            within_s,
            seen,
            most: ran.map(|(_, tasks)| tasks.running).max().unwrap_or(0),
        },
    }
}

fn scales_in(case: &Case<'_>, within_s: f64) -> Shown {
    let drop_s = case.load.drop_s;
    let before = case.timeline.tasks_at(case.load.step_s);
    let tasks = before.map_or(0, |tasks| tasks.running);
    let seen = before.and_then(|_| first(case, drop_s, |now| now.running <= tasks));
    Shown {
        verdict: in_time(case, drop_s, seen, within_s),
        expectation: Expectation::ScalesIn {
            tasks,
            within_s,
            seen,
        },
    }
}

/// The first time after some time that the tasks were so, in seconds after it.
fn first(case: &Case<'_>, from_s: f64, so: impl Fn(Tasks) -> bool) -> Option<Moment> {
    let found = case
        .timeline
        .tasks()
        .find(|(at, tasks)| at.at_s > from_s && so(*tasks));
    found.map(|(at, _)| Moment {
        at_s: at.at_s - from_s,
        ..at
    })
}

/// Failures from the decision that fewer tasks are desired until they are gone.
fn drops_nothing(case: &Case<'_>) -> Shown {
    let after_step = |at: &Moment| at.at_s > case.load.step_s;
    let tasks: Vec<(Moment, Tasks)> = case.timeline.tasks().collect();
    let (mut failed, mut gone, mut counted_to) = (0, 0, 0);
    for pair in tasks.windows(2) {
        let [(_, before), (at, now)] = pair else {
            continue;
        };
        gone += before.desired.saturating_sub(now.desired);
        // Fewer are desired than run, or one has just gone.
        let goes = now.running > now.desired || now.running < before.running;
        if !goes || !after_step(at) {
            continue;
        }
        let next = tasks.iter().find(|(later, _)| later.at_s > at.at_s);
        let until = match next {
            Some((later, _)) if now.running > now.desired => later.at_s + AFTERMATH_S,
            _ => at.at_s + AFTERMATH_S,
        };
        let from = (at.earliest_s().max(0.0) as usize).max(counted_to);
        let to = (until as usize).min(case.felt.len());
        if let Some(seconds) = case.felt.get(from..to) {
            failed += seconds.iter().map(|second| second.failed).sum::<u64>();
            counted_to = to;
        }
    }
    let verdict = match () {
        () if failed > 0 => Verdict::Fail,
        // Where nothing was taken away, nothing is shown.
        () if gone == 0 || case.is_blind(f64::MAX) => Verdict::Inconclusive,
        () => Verdict::Pass,
    };
    Shown {
        verdict,
        expectation: Expectation::DropsNothing {
            failed,
            tasks: gone,
        },
    }
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
