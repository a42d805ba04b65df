//! Tasks that come and go: in time, and without a request that fails for it.

use super::{Expectation, Shown, TASKS};
use crate::judge::Verdict;
use crate::scaling::Case;
use crate::timeline::Moment;
use crate::witness::Tasks;

/// So long after the last task went may a request still fail because of it: the answer of the load balancer takes time.
const AFTERMATH_S: f64 = 10.0;

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

pub(super) fn scales_out(case: &Case<'_>, tasks: u32, within_s: f64) -> Shown {
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

pub(super) fn scales_in(case: &Case<'_>, within_s: f64) -> Shown {
    let load = case.load;
    let before = case.timeline.tasks_at(load.step_s);
    let tasks = before.map_or(0, |tasks| tasks.running);
    let ran = case.timeline.tasks().map(|(_, tasks)| tasks.running);
    let most = ran.max().unwrap_or(0);
    let few = |now: Tasks| now.running <= tasks;
    let at_drop = case.timeline.tasks_at(load.drop_s).filter(|now| few(*now));
    let seen = match at_drop {
        _ if before.is_none() || most <= tasks => None,
        Some(_) => Some(Moment {
            at_s: 0.0,
            within_s: 0.0,
        }),
        None => first(case, load.drop_s, few),
    };
    Shown {
        // Where there were never more, nothing is shown of the way back.
        verdict: if most <= tasks {
            Verdict::Inconclusive
        } else {
            in_time(case, load.drop_s, seen, within_s)
        },
        expectation: Expectation::ScalesIn {
            tasks,
            within_s,
            seen,
            most,
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
pub(super) fn drops_nothing(case: &Case<'_>) -> Shown {
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
