//! What each worker did beside the others.

use super::sum::{Sum, Worker};
use super::{clocks, late_ms};
use crate::clock::Offset;
use crate::generator::strain::strains;
use crate::plan::Plan;
use crate::record::times::percentile_ms;
use crate::report::{Did, Mark, Worker as Row};

/// The workers have equal shares of one schedule, so their figures are alike: one that has so many times the median stands
/// out. A convention.
const UNLIKE: f64 = 2.0;
/// Fewer failures than this are chance.
const FEW: u64 = 5;

/// Every worker of the run, those without results too.
pub(super) fn rows(sum: &Sum, plan: &Plan) -> Vec<Row> {
    let Some(first) = sum.workers.first() else {
        return vec![];
    };
    let typical = |of: fn(&Worker) -> f64| median(sum.workers.iter().map(of).collect());
    let (typical_p99, typical_failed) = (typical(p99), typical(failed));
    let known: Vec<Offset> = sum.workers.iter().filter_map(|it| it.part.clock).collect();

    let row = |number| {
        let Some(worker) = sum.workers.iter().find(|it| it.part.slots.worker == number) else {
            return Row {
                worker: number,
                marks: vec![Mark::Missing],
                did: None,
            };
        };
        let (aftermath, clock) = (&worker.aftermath, worker.part.clock);
        let late = late_ms(worker);
        let marks = [
            (worker.was_killed, Mark::Killed),
            (
                aftermath.stopped.is_some() && !worker.was_killed,
                Mark::Stopped,
            ),
            (
                worker.seconds_missing > 0 && aftermath.stopped.is_none(),
                Mark::SecondsMissing,
            ),
            (clock.is_none(), Mark::ClockUnknown),
            (
                clock.is_some_and(|it| clocks::is_odd(it, &known)),
                Mark::ClockApart,
            ),
            (clocks::begun_late(worker).is_some(), Mark::BegunElsewhen),
            (late > plan.max_lateness.as_secs_f64() * 1_000.0, Mark::Late),
            (
                !strains(&aftermath.health, late, plan, worker.part.slots).is_empty(),
                Mark::Strained,
            ),
            (p99(worker) > UNLIKE * typical_p99, Mark::Slow),
            (
                worker.failures >= FEW && failed(worker) > UNLIKE * typical_failed,
                Mark::Failing,
            ),
        ];
        let marks = marks.into_iter().filter(|(is_so, _)| *is_so);
        Row {
            worker: number,
            marks: marks.map(|(_, mark)| mark).collect(),
            did: Some(Did {
                sent: aftermath.sent,
                requests: worker.requests,
                failures: worker.failures,
                response_p50_ms: percentile_ms(&worker.response, 50.0),
                response_p99_ms: p99(worker),
                lateness_p99_ms: late,
                health: aftermath.health,
                clock,
                seconds: worker.seconds,
                seconds_missing: worker.seconds_missing,
            }),
        }
    };
    (1..=first.part.slots.of).map(row).collect()
}

fn p99(worker: &Worker) -> f64 {
    percentile_ms(&worker.response, 99.0)
}

/// The share of failures.
fn failed(worker: &Worker) -> f64 {
    worker.failures as f64 / worker.requests.max(1) as f64
}

/// The middle one, the lower of two; 0 without any. So of two workers, the slower one stands out.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or_default()
}
