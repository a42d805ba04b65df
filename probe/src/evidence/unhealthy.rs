//! What the health check of a target group fails of.

use chrono::TimeDelta;

use crate::{
    check::Evidence,
    reading::{HealthFailure, health_failure, unhealthy_event},
    snapshot::{Observed, Service, Snapshot, Target, TargetGroup},
    words,
    words::Words,
};

/// A target group whose health check fails in one way.
#[derive(Debug)]
pub struct Unhealthy<'a> {
    /// ARN of the target group.
    pub arn: &'a String,
    /// The target group.
    pub group: &'a TargetGroup,
    /// How the check fails.
    pub failure: HealthFailure,
    source: &'static str,
    saw: Words,
}

impl Unhealthy<'_> {
    /// The proof, against what was expected.
    pub fn evidence(&self, expected: Words) -> Evidence {
        Evidence {
            source: self.source,
            saw: self.saw.clone(),
            expected,
        }
    }
}

/// Target groups whose health check fails in a wanted way: as their targets show it now, or, where the unhealthy ones
/// have already been replaced, as the service's events since it was last steady tell.
///
/// # Errors
/// When the target groups were not seen, or the service where no target tells.
pub fn unhealthy(
    snapshot: &Snapshot,
    wanted: impl Fn(HealthFailure) -> bool,
) -> Observed<Vec<Unhealthy<'_>>> {
    let mut found = vec![];
    for (arn, group) in snapshot.target_groups()? {
        let failing = match failing_targets(snapshot, arn, group) {
            Some(failing) => Some(failing),
            None if group.targets.iter().any(|target| target.state == "healthy") => None,
            None => failing_event(snapshot.service()?, arn, group),
        };
        found.extend(failing.filter(|failing| wanted(failing.failure)));
    }
    Ok(found)
}

fn failing_targets<'a>(
    snapshot: &Snapshot,
    arn: &'a String,
    group: &'a TargetGroup,
) -> Option<Unhealthy<'a>> {
    // Within its grace period a task may be unhealthy: it is still starting.
    let in_grace = |target: &Target| {
        let (Ok(service), Ok(tasks)) = (&snapshot.service, &snapshot.tasks) else {
            return false;
        };
        let grace = TimeDelta::seconds(service.grace_period_seconds.into());
        let behind = tasks
            .values()
            .find(|task| task.private_ip.as_deref() == Some(target.id.as_str()));
        behind
            .and_then(|task| task.started_at)
            .is_some_and(|started| snapshot.taken_at - started < grace)
    };
    let unhealthy = || {
        group
            .targets
            .iter()
            .filter(|target| target.state == "unhealthy" && !in_grace(target))
    };
    let first = unhealthy().next()?;
    let (count, total, id, port) = (
        unhealthy().count(),
        group.targets.len(),
        &first.id,
        first.port,
    );
    let parts = [first.reason.as_deref(), first.description.as_deref()];
    let words = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    Some(Unhealthy {
        arn,
        group,
        failure: health_failure(&words),
        source: "elasticloadbalancing:DescribeTargetHealth",
        saw: words!(
            "{count} of {total} targets unhealthy, {id}:{port}: {words}",
            "ターゲット {total} 件中 {count} 件が unhealthy、{id}:{port}: {words}"
        ),
    })
}

fn failing_event<'a>(
    service: &Service,
    arn: &'a String,
    group: &'a TargetGroup,
) -> Option<Unhealthy<'a>> {
    let since = service.steady_at();
    let newest = service
        .events
        .iter()
        .filter(|event| since.is_none_or(|steady| steady < event.at))
        .find_map(|event| {
            let (named, reason) = unhealthy_event(&event.message)?;
            (named == arn || named == group.name).then_some((event.at, reason))
        });
    let (at, reason) = newest?;
    let at = at.format("%H:%M:%S");
    Some(Unhealthy {
        arn,
        group,
        failure: health_failure(reason),
        source: "ecs:DescribeServices events",
        saw: words!(
            "{at} a task was unhealthy: {reason}",
            "{at} タスクが unhealthy: {reason}"
        ),
    })
}
