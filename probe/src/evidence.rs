//! Evidence that several checks draw from the same places: stopped tasks, targets, log lines.

use chrono::TimeDelta;

use crate::{
    case::Case,
    check::Evidence,
    reading::{End, HealthFailure, current_failures, health_failure, unhealthy_event},
    snapshot::{Observed, Permission, Service, Snapshot, Target, TargetGroup, Task, View},
    words,
    words::Words,
};

/// A task that young may still be starting.
const STARTING: TimeDelta = TimeDelta::minutes(5);

/// Tasks that ECS wants to run and that are young, as long as none has failed: a deployment or scale-out under way.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn starting(snapshot: &Snapshot) -> Observed<usize> {
    if !current_failures(snapshot)?.is_empty() {
        return Ok(0);
    }
    let young = |task: &&Task| {
        task.desired_status == "RUNNING"
            && task
                .created_at
                .is_some_and(|created| snapshot.taken_at - created < STARTING)
    };
    Ok(snapshot.tasks()?.values().filter(young).count())
}

/// What stopped tasks say of one kind of end.
#[derive(Debug)]
pub struct Stopped<'a> {
    /// The newest of the tasks.
    pub newest: (&'a String, &'a Task, End),
    /// The proof: how many tasks, and the words of the newest.
    pub evidence: Evidence,
}

/// The present failures whose end is of the wanted kind; `None` when there are none.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn stopped(
    snapshot: &Snapshot,
    wanted: impl Fn(&Task, &End) -> bool,
) -> Observed<Option<Stopped<'_>>> {
    let failures = current_failures(snapshot)?;
    let total = failures.len();
    let mut matching: Vec<_> = failures
        .into_iter()
        .filter(|(_, task, stop)| wanted(task, stop))
        .collect();
    if matching.is_empty() {
        return Ok(None);
    }
    let count = matching.len();
    let newest = matching.swap_remove(0);
    let (source, text) = words_of(newest.1);
    let id = newest.0;
    let evidence = Evidence {
        source,
        saw: words!(
            "{count} of {total} failed tasks, the newest is {id}: {text}",
            "失敗したタスク {total} 件中 {count} 件、最新は {id}: {text}"
        ),
        expected: words!("tasks keep running", "タスクが動き続ける"),
    };
    Ok(Some(Stopped { newest, evidence }))
}

/// What the present failures that name this text say: an ARN, a name.
pub fn failed_naming(snapshot: &Snapshot, name: &str) -> Option<Evidence> {
    let stopped = stopped(snapshot, |task, _| task.says(name)).ok()?;
    stopped.map(|stopped| stopped.evidence)
}

/// The most telling words on a task's end, and where they stand.
fn words_of(task: &Task) -> (&'static str, String) {
    let stopped = task.stopped_reason.as_deref().unwrap_or_default();
    let container = task.containers.iter().find_map(|(name, container)| {
        let reason = container.reason.as_deref()?;
        Some(match container.exit_code {
            Some(code) => format!("{name}: exit code {code}, {reason}"),
            None => format!("{name}: {reason}"),
        })
    });
    let exits = || {
        let exit = |(name, container): (&String, &crate::snapshot::Container)| {
            Some(format!("{name}: exit code {}", container.exit_code?))
        };
        task.containers
            .iter()
            .filter_map(exit)
            .collect::<Vec<_>>()
            .join(", ")
    };
    // A start that failed has its full text in stoppedReason; a container that ran has it in its own reason.
    match container {
        Some(container) if task.started_at.is_some() => {
            ("ecs:DescribeTasks containers[].reason", container)
        }
        _ if task.stop_code.as_deref() == Some("EssentialContainerExited") => (
            "ecs:DescribeTasks containers[].exitCode",
            format!("{stopped} ({})", exits()),
        ),
        _ => ("ecs:DescribeTasks stoppedReason", stopped.to_owned()),
    }
}

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

/// The last lines that a task wrote, joined for a report; `None` where it wrote nothing or its log was not seen.
pub fn last_lines(snapshot: &Snapshot, task: &str, count: usize) -> Option<Evidence> {
    let lines = snapshot.logs().ok()?.get(task)?;
    let tail: Vec<&str> = lines
        .iter()
        .rev()
        .take(count)
        .rev()
        .map(|line| &*line.message)
        .collect();
    (!tail.is_empty()).then(|| Evidence {
        source: "logs:GetLogEvents",
        saw: Words::verbatim(tail.join(" ⏎ ")),
        expected: words!(
            "the application keeps running",
            "アプリケーションが動き続ける"
        ),
    })
}

/// The name at the end of an ARN: `arn:aws:iam::1:role/path/name` gives `name`.
pub fn name_of(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// The proof that IAM denies.
pub fn denial(permission: &Permission) -> Evidence {
    let Permission {
        action,
        resource,
        decision,
        view,
    } = permission;
    Evidence {
        source: match view {
            View::Simulated => "iam:SimulatePrincipalPolicy",
            View::Documents => "iam:GetRolePolicy, iam:GetPolicyVersion",
        },
        saw: Words::verbatim(format!("{action} on {resource}: {decision}")),
        expected: Words::verbatim("allowed"),
    }
}

/// `family:revision` of a task definition's ARN.
pub fn revision_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The container that serves: the one behind the load balancer, else the first of the task definition.
pub fn serving<'a>(case: &'a Case<'_>) -> Option<&'a str> {
    let mapped = case
        .service
        .as_ref()
        .ok()
        .and_then(|service| service.load_balancers.first())
        .map(|mapping| mapping.container.as_str());
    let first = || {
        let definition = case.task_definition.as_ref().ok()?;
        Some(definition.containers.first()?.name.as_str())
    };
    mapped.or_else(first)
}
