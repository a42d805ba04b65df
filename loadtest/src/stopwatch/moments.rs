//! When each stage came, as far as it was seen.

use crate::scaling::Load;
use crate::timeline::{Moment, Timeline};
use crate::witness::{AlarmState, Direction, Measure, Tasks};

/// AWS gives the moments of alarms and activities by its own clock, to a thousandth; so much may the clocks differ.
const CLOCK_S: f64 = 1.0;

/// The first value above the target of a policy that covers some of the time after the step.
pub(super) fn metric(timeline: &Timeline<'_>, load: Load) -> Option<Moment> {
    let firsts = timeline.policies().filter_map(|policy| {
        let measure = match policy.metric.as_str() {
            name if name.starts_with("ECSServiceAverageCPUUtilization") => Measure::Cpu,
            name if name.starts_with("ECSServiceAverageMemoryUtilization") => Measure::Memory,
            _ => return None,
        };
        timeline
            .metric(measure)
            .find(|(at, value)| {
                value.from_s + value.period_s > load.step_s
                    && value.value > policy.target
                    && at.at_s < load.drop_s
            })
            .map(|(at, _)| at)
    });
    firsts.min_by(|one, other| one.at_s.total_cmp(&other.at_s))
}

pub(super) fn alarm(timeline: &Timeline<'_>, load: Load) -> Option<Moment> {
    let rings = timeline.alarms(Direction::Out).filter(|alarm| {
        alarm.state == AlarmState::Alarm
            && alarm.since_s >= load.step_s
            && alarm.since_s < load.drop_s
    });
    let first = rings.map(|alarm| alarm.since_s).min_by(f64::total_cmp);
    first.map(|at_s| Moment {
        at_s,
        within_s: CLOCK_S,
    })
}

/// The first time that more tasks were desired: as scaling dates it, or as ECS showed it.
pub(super) fn decided(timeline: &Timeline<'_>, load: Load) -> Option<Moment> {
    let seen = grown(timeline, load, |tasks| tasks.desired)?;
    let dated = timeline.activities().find(|activity| {
        activity.not_scaled.is_empty()
            && activity.from_s >= load.step_s
            && activity.from_s <= seen.at_s
    });
    Some(dated.map_or(seen, |activity| Moment {
        at_s: activity.from_s,
        within_s: CLOCK_S,
    }))
}

/// The first time after the step that there were more of something than at it.
pub(super) fn grown(timeline: &Timeline<'_>, load: Load, of: fn(Tasks) -> u32) -> Option<Moment> {
    let before = of(timeline.tasks_at(load.step_s)?);
    let after = |at: &Moment| at.at_s > load.step_s && at.at_s < load.drop_s;
    timeline
        .tasks()
        .find(|(at, tasks)| after(at) && of(*tasks) > before)
        .map(|(at, _)| at)
}

pub(super) fn healthy(timeline: &Timeline<'_>, load: Load) -> Option<Moment> {
    let before = timeline
        .targets()
        .take_while(|(at, _)| at.at_s <= load.step_s)
        .last()
        .or_else(|| timeline.targets().next())?
        .1
        .healthy;
    timeline
        .targets()
        .find(|(at, targets)| {
            at.at_s > load.step_s && at.at_s < load.drop_s && targets.healthy > before
        })
        .map(|(at, _)| at)
}
