//! Failures of what scaling follows: its metric, its alarm, its cooldown, and whether it may act.

use super::database::most_connections;
use super::{Evidence, Failure, Named, found};
use crate::scaling::Case;
use crate::stopwatch::Objective;
use crate::witness::{AlarmState, Direction, Measure};

/// A scale-out that comes so soon after the end of a cooldown has waited for it, in seconds.
const AFTER_COOLDOWN_S: f64 = 90.0;

/// At least two values of the CPU lie wholly within the bad time, and all of them are below the target.
pub(super) fn cpu_cannot_see(case: &Case<'_>, (from, to): (f64, f64)) -> Option<Named> {
    let policy = case.timeline.cpu_policy()?;
    let whole = case
        .timeline
        .metric(Measure::Cpu)
        .filter(|(_, value)| value.from_s >= from && value.from_s + value.period_s <= to);
    let values: Vec<_> = whole.map(|(_, value)| value).collect();
    let highest = values
        .iter()
        .copied()
        .max_by(|one, other| one.value.total_cmp(&other.value))?;
    if values.len() < 2 || highest.value >= policy.target {
        return None;
    }
    let mut evidence = vec![
        Evidence::new(
            from,
            "loadtest",
            format!("objective missed for {:.0} s", to - from),
        )
        .in_japanese(format!("目標を外れた時間 {:.0} 秒", to - from)),
        Evidence::new(
            highest.from_s,
            "cloudwatch:GetMetricData",
            format!(
                "CPUUtilization {:.0} % at most, target {:.0} %",
                highest.value, policy.target
            ),
        )
        .in_japanese(format!(
            "CPUUtilization 最大 {:.0} %、目標値 {:.0} %",
            highest.value, policy.target
        )),
    ];
    evidence.extend(most_connections(case, from..to));
    found(Failure::CpuCannotSee, evidence)
}

pub(super) fn suspended(case: &Case<'_>, in_missed: bool) -> Option<Named> {
    let evidence = case.timeline.ranges().filter_map(|(at, range)| {
        let what = match (range.out_suspended, range.in_suspended && in_missed) {
            (true, true) => "DynamicScalingOutSuspended, DynamicScalingInSuspended",
            (true, false) => "DynamicScalingOutSuspended",
            (false, true) => "DynamicScalingInSuspended",
            (false, false) => return None,
        };
        Some(Evidence::new(
            at.at_s,
            "application-autoscaling:DescribeScalableTargets",
            format!("{what} true"),
        ))
    });
    found(Failure::Suspended, evidence.collect())
}

/// Two scale-outs in the bad time are apart by the cooldown, while the alarm rang.
pub(super) fn cooldown(case: &Case<'_>, (from, to): (f64, f64)) -> Option<Named> {
    let cooldown_s = case
        .timeline
        .policies()
        .map(|policy| policy.out_cooldown_s)
        .fold(0.0, f64::max);
    let outs: Vec<(f64, u32)> = case
        .timeline
        .tasks()
        .map(|(at, tasks)| (at.at_s, tasks.desired))
        .collect();
    let grown: Vec<(f64, u32)> = outs
        .windows(2)
        .filter(|pair| pair[1].1 > pair[0].1 && pair[1].0 >= from && pair[1].0 <= to)
        .map(|pair| pair[1])
        .collect();
    let waited = |pair: &&[(f64, u32)]| {
        let apart = pair[1].0 - pair[0].0;
        apart >= cooldown_s && apart <= cooldown_s + AFTER_COOLDOWN_S
    };
    // Less than that is what a scale-out takes anyhow.
    let pair = grown
        .windows(2)
        .find(waited)
        .filter(|_| cooldown_s > AFTER_COOLDOWN_S)?;
    let (first, next) = (pair[0], pair[1]);
    let rang = case
        .timeline
        .alarms(Direction::Out)
        .any(|alarm| alarm.state == AlarmState::Alarm && alarm.since_s < next.0);
    if !rang {
        return None;
    }
    let grew = |(at_s, desired): (f64, u32)| {
        Evidence::new(at_s, "ecs:DescribeServices", format!("desired {desired}"))
    };
    let between_s = next.0 - first.0;
    let policy = Evidence::new(
        next.0,
        "application-autoscaling:DescribeScalingPolicies",
        format!("ScaleOutCooldown {cooldown_s:.0} s, {between_s:.0} s between the two"),
    )
    .in_japanese(format!(
        "ScaleOutCooldown {cooldown_s:.0} 秒、2 回の間隔 {between_s:.0} 秒"
    ));
    found(Failure::Cooldown, vec![grew(first), grew(next), policy])
}

pub(super) fn alarm_without_data(case: &Case<'_>) -> Option<Named> {
    if case.stopwatch.objective == Objective::Kept {
        return None;
    }
    let silent = case.timeline.alarms(Direction::Out).filter(|alarm| {
        alarm.state == AlarmState::InsufficientData && alarm.since_s < case.load.drop_s
    });
    // One that rang in the end had its data.
    let rang = case
        .timeline
        .alarms(Direction::Out)
        .any(|alarm| alarm.state == AlarmState::Alarm && alarm.since_s < case.load.drop_s);
    let evidence = silent.filter(|_| !rang).map(|alarm| {
        Evidence::new(
            alarm.since_s,
            "cloudwatch:DescribeAlarms",
            format!("{} INSUFFICIENT_DATA", alarm.name),
        )
    });
    found(Failure::AlarmWithoutData, evidence.collect())
}
