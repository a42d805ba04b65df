//! The requests that the workers made, and those that the load balancer counted.

use std::collections::BTreeMap;

use super::Gap;
use super::gap::Uncounted;
use super::sum::Sum;
use crate::clock::millis;
use crate::outcome::Outcome;
use crate::plan::rule::Scope;
use crate::timeline::Timeline;
use crate::witness::{Measure, Sighting};

/// The share of the requests by which the two may differ.
const OFF: f64 = 0.005;
/// CloudWatch has a minute of a load balancer some minutes after it, in seconds.
const LATE_S: f64 = 240.0;

/// Holds the load balancer's count against the workers'; `sightings` are on the time axis of the run.
///
/// It counts what it could pass on to a task (RequestCount), so what it answered itself and what never reached it may be
/// missing; requests to prepare, to verify and to clean up are in it, and in the workers' count.
pub(super) fn gap(sum: &Sum, sightings: &[Sighting]) -> Option<Gap> {
    let uncounted = |why| Some(Gap::RequestsUncounted { why });
    let begins = sum.workers.first()?.part.begins_at;
    let seconds = |at| millis(at - begins) / 1_000.0;
    let came = sum.workers.iter().map(|it| seconds(it.part.came_at));
    let ended = sum.workers.iter().filter_map(|it| it.aftermath.when);
    let from = came.fold(f64::INFINITY, f64::min);
    let to = ended.map(|when| seconds(when.ended_at)).fold(0.0, f64::max);

    let timeline = Timeline::new(sightings);
    if sightings.first().is_none_or(|first| first.at_s > from) {
        return uncounted(Uncounted::BegunLate);
    }
    if timeline.end_s() < to + LATE_S {
        return uncounted(Uncounted::EndedEarly);
    }
    let counted = of_minutes(&timeline, Measure::Requests, from, to);
    if counted == 0.0 || timeline.is_blind("cloudwatch:GetMetricData", to + LATE_S, f64::INFINITY) {
        return uncounted(Uncounted::NoData);
    }
    let total = sum.evidence.total(Scope::default());
    let unreached = total.outcomes[Outcome::NetworkFault as usize] as f64
        + of_minutes(&timeline, Measure::BalancerFaults, from, to);
    let made = total.counted() + sum.aftermath.beside;
    let (least, most) = (made as f64 - unreached, made as f64);
    let agrees = counted >= least * (1.0 - OFF) && counted <= most * (1.0 + OFF);
    (!agrees).then_some(Gap::RequestsDiffer {
        made,
        counted: counted as u64,
    })
}

/// The sum of a metric over the minutes that touch a time; of a minute that was read twice the later value counts.
fn of_minutes(timeline: &Timeline<'_>, measure: Measure, from: f64, to: f64) -> f64 {
    let touching = timeline
        .metric(measure)
        .map(|(_, value)| value)
        .filter(|value| value.from_s < to && value.from_s + value.period_s > from);
    let minutes: BTreeMap<i64, f64> = touching
        .map(|value| (value.from_s.round() as i64, value.value))
        .collect();
    minutes.values().sum()
}
