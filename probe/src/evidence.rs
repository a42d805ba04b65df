//! Evidence that several checks draw from the same places: stopped tasks, targets, log lines.

use crate::{
    check::Evidence,
    reading::{Stop, current_failures},
    snapshot::{Observed, Permission, Snapshot, Target, TargetGroup, Task},
    words,
    words::Words,
};

/// What stopped tasks say of one kind of end.
#[derive(Debug)]
pub struct Stopped<'a> {
    /// The newest of the tasks.
    pub newest: (&'a String, &'a Task, Stop),
    /// The proof: how many tasks, and the words of the newest.
    pub evidence: Evidence,
}

/// The present failures whose end is of the wanted kind; `None` when there are none.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn stopped(snapshot: &Snapshot, wanted: impl Fn(&Stop) -> bool) -> Observed<Option<Stopped<'_>>> {
    let failures = current_failures(snapshot)?;
    let total = failures.len();
    let mut matching: Vec<_> = failures.into_iter().filter(|(_, _, stop)| wanted(stop)).collect();
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
        task.containers.iter().filter_map(exit).collect::<Vec<_>>().join(", ")
    };
    // A start that failed has its full text in stoppedReason; a container that ran has it in its own reason.
    match container {
        Some(container) if task.started_at.is_some() => ("ecs:DescribeTasks containers[].reason", container),
        _ if task.stop_code.as_deref() == Some("EssentialContainerExited") => {
            ("ecs:DescribeTasks containers[].exitCode", format!("{stopped} ({})", exits()))
        }
        _ => ("ecs:DescribeTasks stoppedReason", stopped.to_owned()),
    }
}

/// A target group with those of its targets that are unhealthy for one reason.
#[derive(Debug)]
pub struct Unhealthy<'a> {
    /// ARN of the target group.
    pub arn: &'a String,
    /// The target group.
    pub group: &'a TargetGroup,
    /// The targets, never empty.
    pub targets: Vec<&'a Target>,
}

impl Unhealthy<'_> {
    /// The proof: how many targets, and the load balancer's words on the first.
    pub fn evidence(&self, expected: Words) -> Evidence {
        let (count, total) = (self.targets.len(), self.group.targets.len());
        let first = self.targets[0];
        let reason = first.reason.as_deref().unwrap_or_default();
        let description = first.description.as_deref().unwrap_or_default();
        let (id, port) = (&first.id, first.port);
        Evidence {
            source: "elasticloadbalancing:DescribeTargetHealth",
            saw: words!(
                "{count} of {total} targets unhealthy, {id}:{port}: {reason}: {description}",
                "ターゲット {total} 件中 {count} 件が unhealthy、{id}:{port}: {reason}: {description}"
            ),
            expected,
        }
    }
}

/// Target groups that have unhealthy targets of the wanted kind.
///
/// # Errors
/// When the target groups were not seen.
pub fn unhealthy(snapshot: &Snapshot, wanted: impl Fn(&Target) -> bool) -> Observed<Vec<Unhealthy<'_>>> {
    let of_group = |(arn, group)| {
        let group: &TargetGroup = group;
        let targets: Vec<&Target> =
            group.targets.iter().filter(|target| target.state == "unhealthy" && wanted(target)).collect();
        (!targets.is_empty()).then_some(Unhealthy { arn, group, targets })
    };
    Ok(snapshot.target_groups()?.iter().filter_map(of_group).collect())
}

/// The last lines that a task wrote, joined for a report; `None` where it wrote nothing or its log was not seen.
pub fn last_lines(snapshot: &Snapshot, task: &str, count: usize) -> Option<Evidence> {
    let lines = snapshot.logs().ok()?.get(task)?;
    let tail: Vec<&str> = lines.iter().rev().take(count).rev().map(|line| &*line.message).collect();
    (!tail.is_empty()).then(|| Evidence {
        source: "logs:GetLogEvents",
        saw: Words::verbatim(tail.join(" ⏎ ")),
        expected: words!("the application keeps running", "アプリケーションが動き続ける"),
    })
}

/// The name at the end of an ARN: `arn:aws:iam::1:role/path/name` gives `name`.
pub fn name_of(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// The proof that IAM denies: one line an action.
pub fn denials(denied: &[&Permission]) -> Vec<Evidence> {
    let evidence = |permission: &&Permission| {
        let Permission { action, resource, decision } = permission;
        Evidence {
            source: "iam:SimulatePrincipalPolicy",
            saw: Words::verbatim(format!("{action} on {resource}: {decision}")),
            expected: Words::verbatim("allowed"),
        }
    };
    denied.iter().map(evidence).collect()
}

/// `family:revision` of a task definition's ARN.
pub fn revision_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
