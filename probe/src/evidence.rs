//! Evidence that several checks draw from the same places: stopped tasks, targets, log lines.

mod stopped;
mod unhealthy;

use chrono::TimeDelta;

pub use self::{
    stopped::{Stopped, failed_naming, last_lines, stopped},
    unhealthy::{Unhealthy, unhealthy},
};
use crate::{
    case::Case,
    check::Evidence,
    reading::current_failures,
    snapshot::{Observed, Permission, Snapshot, Task, View},
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
