//! Failures of scaling that have a name: each is looked for by what can be seen of it, and comes with that.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Case, Expectation, Shown};
use crate::judge::Verdict;
use crate::stopwatch::Objective;
use crate::witness::{AlarmState, Direction, Measure};

/// Users must miss the objective for so long before anybody asks why, in seconds.
const PATIENCE_S: f64 = 30.0;
/// What ECS says where there is nothing to run a task on.
const NO_PLACE: [&str; 4] = [
    "unable to place a task",
    "Capacity is unavailable",
    "limit on the number of",
    "insufficient capacity",
];
/// A scale-out that comes so soon after the end of a cooldown has waited for it, in seconds.
const AFTER_COOLDOWN_S: f64 = 90.0;

/// A failure that has a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// Which.
    pub failure: Failure,
    /// What was seen of it.
    pub evidence: Vec<Evidence>,
}

/// The failures of scaling that have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Users wait while the CPU is below its target: no policy that follows it adds a task.
    CpuCannotSee,
    /// The service is at its maximum, and that is not enough.
    StuckAtMaximum,
    /// Somebody suspended scaling.
    Suspended,
    /// Each scale-out waits for the end of the cooldown of the one before.
    Cooldown,
    /// There is nothing to run a task on.
    NoCapacity,
    /// A deployment keeps tasks from being taken away.
    DeploymentBlocksScaleIn,
    /// The pools of all tasks want more connections than the database has.
    TooManyConnections,
    /// The alarm has no data to ring by.
    AlarmWithoutData,
}

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// When, in seconds after the beginning of the schedule.
    pub at_s: f64,
    /// Who says so, such as `ecs:DescribeServices`.
    pub source: String,
    /// What was seen, in the words and figures of the source.
    pub saw: String,
}

impl Evidence {
    fn new(at_s: f64, source: &str, saw: String) -> Self {
        Self {
            at_s,
            source: source.to_owned(),
            saw,
        }
    }
}

/// All that are there; where everything is well, none is looked for.
pub(super) fn all(case: &Case<'_>, shown: &[Shown]) -> Vec<Named> {
    let missed = |sort: fn(&Expectation) -> bool| {
        shown
            .iter()
            .any(|it| it.verdict == Verdict::Fail && sort(&it.expectation))
    };
    let out_missed = missed(|it| matches!(it, Expectation::ScalesOut { .. }));
    let in_missed = missed(|it| matches!(it, Expectation::ScalesIn { .. }));
    let long = case.bad.iter().find(|(from, to)| to - from >= PATIENCE_S);
    let mut named = vec![];
    if let Some(bad) = long.copied() {
        named.extend([cpu_cannot_see(case, bad), cooldown(case, bad)]);
        named.push(stuck_at_maximum(case, bad));
    }
    if long.is_some() || out_missed {
        named.extend([no_capacity(case), alarm_without_data(case)]);
        named.push(too_many_connections(case));
    }
    if long.is_some() || out_missed || in_missed {
        named.push(suspended(case, in_missed));
    }
    if in_missed {
        named.push(deployment_blocks_scale_in(case));
    }
    named.into_iter().flatten().collect()
}

fn found(failure: Failure, evidence: Vec<Evidence>) -> Option<Named> {
    (!evidence.is_empty()).then_some(Named { failure, evidence })
}

/// At least two values of the CPU lie wholly within the bad time, and all of them are below the target.
fn cpu_cannot_see(case: &Case<'_>, (from, to): (f64, f64)) -> Option<Named> {
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
        ),
        Evidence::new(
            highest.from_s,
            "cloudwatch:GetMetricData",
            format!(
                "CPUUtilization {:.0} % at most, target {:.0} %",
                highest.value, policy.target
            ),
        ),
    ];
    evidence.extend(most_connections(case, from..to));
    found(Failure::CpuCannotSee, evidence)
}

/// As many tasks as may be are desired, and users miss the objective with them.
fn stuck_at_maximum(case: &Case<'_>, _: (f64, f64)) -> Option<Named> {
    let max = case.timeline.range_at(case.load.drop_s)?.max;
    let (since, at_max) = case.timeline.tasks().find(|(at, tasks)| {
        tasks.desired >= max && at.at_s <= case.load.drop_s && tasks.running >= max
    })?;
    let since = since.at_s.max(case.load.step_s);
    let bad = case.bad.iter().map(|(from, to)| to - from.max(since));
    let longest = bad.fold(0.0, f64::max);
    if longest < PATIENCE_S {
        return None;
    }
    let mut evidence = vec![Evidence::new(
        since,
        "ecs:DescribeServices",
        format!(
            "desired {}, running {}, MaxCapacity {max}; objective missed for {longest:.0} s after that",
            at_max.desired, at_max.running
        ),
    )];
    let refused = case.timeline.activities().find(|activity| {
        activity
            .not_scaled
            .iter()
            .any(|code| code == "AlreadyAtMaxCapacity")
    });
    evidence.extend(refused.map(|activity| {
        Evidence::new(
            activity.from_s,
            "application-autoscaling:DescribeScalingActivities",
            "AlreadyAtMaxCapacity".to_owned(),
        )
    }));
    found(Failure::StuckAtMaximum, evidence)
}

fn suspended(case: &Case<'_>, in_missed: bool) -> Option<Named> {
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
fn cooldown(case: &Case<'_>, (from, to): (f64, f64)) -> Option<Named> {
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
    let policy = Evidence::new(
        next.0,
        "application-autoscaling:DescribeScalingPolicies",
        format!(
            "ScaleOutCooldown {cooldown_s:.0} s, {:.0} s between the two",
            next.0 - first.0
        ),
    );
    found(Failure::Cooldown, vec![grew(first), grew(next), policy])
}

fn no_capacity(case: &Case<'_>) -> Option<Named> {
    let said = case.timeline.events().filter(|event| {
        event.of_s >= case.load.step_s && NO_PLACE.iter().any(|text| event.message.contains(text))
    });
    let evidence = said
        .take(3)
        .map(|event| Evidence::new(event.of_s, "ecs:DescribeServices", event.message.clone()));
    found(Failure::NoCapacity, evidence.collect())
}

/// Tasks are more than before, and a deployment was under way after the load went down.
fn deployment_blocks_scale_in(case: &Case<'_>) -> Option<Named> {
    let during = case
        .timeline
        .tasks_at(case.load.drop_s)
        .filter(|tasks| tasks.deploying)
        .map(|tasks| (case.load.drop_s, tasks));
    let later = case
        .timeline
        .tasks()
        .find(|(at, tasks)| at.at_s > case.load.drop_s && tasks.deploying)
        .map(|(at, tasks)| (at.at_s, tasks));
    let (at_s, tasks) = during.or(later)?;
    found(
        Failure::DeploymentBlocksScaleIn,
        vec![Evidence::new(
            at_s,
            "ecs:DescribeServices",
            format!("a deployment is IN_PROGRESS, desired {}", tasks.desired),
        )],
    )
}

/// The most connections that the database had within some seconds of the run, if they were seen.
fn most_connections(case: &Case<'_>, within: Range<f64>) -> Option<Evidence> {
    let peak = case
        .timeline
        .metric(Measure::DatabaseConnections)
        .map(|(_, value)| value)
        .filter(|value| within.contains(&value.from_s))
        .max_by(|one, other| one.value.total_cmp(&other.value))?;
    Some(Evidence::new(
        peak.from_s,
        "cloudwatch:GetMetricData",
        format!("DatabaseConnections {:.0}", peak.value),
    ))
}

fn too_many_connections(case: &Case<'_>) -> Option<Named> {
    let connections = case.expected?.connections?;
    let (at, tasks) = case
        .timeline
        .tasks()
        .find(|(_, tasks)| tasks.running * connections.pool > connections.most)?;
    let mut evidence = vec![Evidence::new(
        at.at_s,
        "ecs:DescribeServices",
        format!(
            "running {} × pool {} = {} > max_connections {}",
            tasks.running,
            connections.pool,
            tasks.running * connections.pool,
            connections.most
        ),
    )];
    evidence.extend(most_connections(case, f64::NEG_INFINITY..f64::INFINITY));
    found(Failure::TooManyConnections, evidence)
}

fn alarm_without_data(case: &Case<'_>) -> Option<Named> {
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
