//! Failures for want of room: at the maximum, for tasks that find no place, behind a deployment.

use super::{Evidence, Failure, Named, PATIENCE_S, found};
use crate::scaling::Case;

/// What ECS says where there is nothing to run a task on.
const NO_PLACE: [&str; 4] = [
    "unable to place a task",
    "Capacity is unavailable",
    "limit on the number of",
    "insufficient capacity",
];

/// As many tasks as may be are desired, and users miss the objective with them.
pub(super) fn stuck_at_maximum(case: &Case<'_>, _: (f64, f64)) -> Option<Named> {
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
    let counts = format!(
        "desired {}, running {}, MaxCapacity {max}",
        at_max.desired, at_max.running
    );
    let mut evidence = vec![
        Evidence::new(
            since,
            "ecs:DescribeServices",
            format!("{counts}; objective missed for {longest:.0} s after that"),
        )
        .in_japanese(format!(
            "{counts}。その後、目標を外れた時間 {longest:.0} 秒"
        )),
    ];
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

pub(super) fn no_capacity(case: &Case<'_>) -> Option<Named> {
    let said = case.timeline.events().filter(|event| {
        event.of_s >= case.load.step_s && NO_PLACE.iter().any(|text| event.message.contains(text))
    });
    let evidence = said
        .take(3)
        .map(|event| Evidence::new(event.of_s, "ecs:DescribeServices", event.message.clone()));
    found(Failure::NoCapacity, evidence.collect())
}

/// Tasks are more than before, and a deployment was under way after the load went down.
pub(super) fn deployment_blocks_scale_in(case: &Case<'_>) -> Option<Named> {
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
        vec![
            Evidence::new(
                at_s,
                "ecs:DescribeServices",
                format!("a deployment is IN_PROGRESS, desired {}", tasks.desired),
            )
            .in_japanese(format!("デプロイが IN_PROGRESS、desired {}", tasks.desired)),
        ],
    )
}
