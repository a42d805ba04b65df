//! Whether the newest deployment was rolled back: the service looks healthy, on the revision before.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;

use crate::snapshot::{Observed, Service, ServiceDeployment, Snapshot, Stack};

patterns! {
    BACK_TO = r"rolling back to deployment (ecs-svc/\d+)";
    FAILED = r"deployment (ecs-svc/\d+)\)? deployment failed";
}

/// The newest deployment, where ECS or CloudFormation went back to the revision before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledBack {
    /// ARN of the task definition that was to be deployed.
    pub wanted: String,
    /// When that deployment was created, where it is known.
    pub since: Option<DateTime<Utc>>,
    /// What tells of it: API and field.
    pub source: &'static str,
    /// The state and the reason that AWS gives.
    pub words: String,
}

/// The roll-back of the newest deployment; `None` where what runs is what was deployed last.
///
/// # Errors
/// When the service was not seen.
pub fn rolled_back(snapshot: &Snapshot) -> Observed<Option<RolledBack>> {
    let service = snapshot.service()?;
    let stack = snapshot.stack.as_ref().ok().and_then(Option::as_ref);
    let deployments = snapshot.service_deployments.as_deref().unwrap_or_default();
    let by_history = rolled_back_by_history(service, deployments, stack);
    Ok(by_history.or_else(|| by_events(snapshot)))
}

/// As [`rolled_back`], by the service deployments alone.
pub fn rolled_back_by_history(
    service: &Service,
    deployments: &[ServiceDeployment],
    stack: Option<&Stack>,
) -> Option<RolledBack> {
    let running = service.task_definition.as_str();
    let runs =
        |deployment: &&ServiceDeployment| deployment.task_definition.as_deref() == Some(running);
    let mut deployments: Vec<_> = deployments.iter().collect();
    deployments.sort_by_key(|deployment| std::cmp::Reverse(deployment.created_at));
    // CloudFormation goes back by a deployment of its own, which then is the newest and succeeds.
    let by_stack = stack.is_some_and(|stack| stack.status.starts_with("UPDATE_ROLLBACK"));
    let newest = deployments
        .into_iter()
        .find(|deployment| !(by_stack && runs(deployment)))?;
    let status = newest.status.as_str();
    let gone = status.starts_with("ROLLBACK") || by_stack && status == "STOPPED";
    if !gone || runs(&newest) {
        return None;
    }
    let reason = newest
        .rollback_reason
        .as_deref()
        .or(newest.status_reason.as_deref());
    Some(RolledBack {
        wanted: newest.task_definition.clone()?,
        since: newest.created_at,
        source: "ecs:DescribeServiceDeployments status",
        words: [Some(status), reason]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(": "),
    })
}

/// Where the history of deployments was not seen, the service's events tell, as long as nothing was deployed since.
fn by_events(snapshot: &Snapshot) -> Option<RolledBack> {
    let service = snapshot.service().ok()?;
    let found = |pattern: &LazyLock<Option<Regex>>| {
        service.events.iter().find_map(|event| {
            let captures = pattern.as_ref()?.captures(&event.message)?;
            Some((event, captures.get(1)?.as_str().to_owned()))
        })
    };
    let (_, back_to) = found(&BACK_TO)?;
    let (event, failed) = found(&FAILED)?;
    if service.primary()?.id != back_to {
        return None;
    }
    let deployment = service.deployments.iter().find(|one| one.id == failed);
    let task = || {
        snapshot
            .tasks
            .iter()
            .chain(&snapshot.older_tasks)
            .flat_map(|tasks| tasks.values())
            .find(|task| task.started_by.as_deref() == Some(failed.as_str()))
    };
    let wanted = deployment
        .map(|deployment| deployment.task_definition.clone())
        .or_else(|| Some(task()?.task_definition.clone()))?;
    (wanted != service.task_definition).then(|| RolledBack {
        wanted,
        since: deployment.and_then(|deployment| deployment.created_at),
        source: "ecs:DescribeServices events",
        words: event.message.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        scenario,
        snapshot::{Event, Task, not_collected},
    };

    const OLD: &str = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/events-service:1";
    const NEW: &str = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/events-service:2";

    fn with(statuses: &[(&str, &str)], stack: &str) -> Option<String> {
        let mut snapshot = scenario::snapshot("healthy").unwrap().unwrap();
        let at = snapshot.taken_at;
        let deployment = |(age, (status, arn)): (usize, &(&str, &str))| ServiceDeployment {
            status: (*status).into(),
            status_reason: None,
            created_at: Some(at - chrono::TimeDelta::minutes(age as i64)),
            finished_at: None,
            task_definition: Some((*arn).into()),
            rollback_reason: None,
        };
        snapshot.service_deployments = Ok(statuses.iter().enumerate().map(deployment).collect());
        if let Ok(Some(found)) = &mut snapshot.stack {
            found.status = stack.into();
        }
        rolled_back(&snapshot).unwrap().map(|back| back.wanted)
    }

    #[test]
    fn only_the_newest_deployment_counts() {
        let first = ("SUCCESSFUL", OLD);
        for (statuses, stack, wanted) in [
            (vec![first], "CREATE_COMPLETE", None),
            (
                vec![("ROLLBACK_SUCCESSFUL", NEW), first],
                "UPDATE_COMPLETE",
                Some(NEW),
            ),
            (
                vec![("ROLLBACK_IN_PROGRESS", NEW), first],
                "UPDATE_IN_PROGRESS",
                Some(NEW),
            ),
            (
                vec![first, ("ROLLBACK_SUCCESSFUL", NEW)],
                "UPDATE_COMPLETE",
                None,
            ),
            (
                vec![first, ("ROLLBACK_SUCCESSFUL", NEW)],
                "UPDATE_ROLLBACK_COMPLETE",
                Some(NEW),
            ),
            (
                vec![first, ("STOPPED", NEW)],
                "UPDATE_ROLLBACK_COMPLETE",
                Some(NEW),
            ),
            (
                vec![first, ("SUCCESSFUL", NEW)],
                "UPDATE_ROLLBACK_COMPLETE",
                None,
            ),
            (vec![first], "UPDATE_ROLLBACK_COMPLETE", None),
        ] {
            assert_eq!(
                with(&statuses, stack).as_deref(),
                wanted,
                "{statuses:?} {stack}"
            );
        }
    }

    #[test]
    fn events_tell_where_the_history_was_not_seen() {
        let mut snapshot = scenario::snapshot("healthy").unwrap().unwrap();
        snapshot.service_deployments = not_collected();
        let at = snapshot.taken_at;
        let service = snapshot.service.as_mut().unwrap();
        let running = service.deployments[0].id.clone();
        let event = |message: String| Event {
            at,
            message: message.as_str().into(),
        };
        service.events.insert(
            0,
            event(
                "(service web) (deployment ecs-svc/77) deployment failed: tasks failed to start."
                    .into(),
            ),
        );
        service.events.insert(
            0,
            event(format!(
                "(service web) rolling back to deployment {running}."
            )),
        );
        assert_eq!(
            rolled_back(&snapshot).unwrap(),
            None,
            "nobody knows what was wanted"
        );
        let task = Task {
            task_definition: NEW.into(),
            started_by: Some("ecs-svc/77".into()),
            ..Task::default()
        };
        snapshot
            .tasks
            .as_mut()
            .unwrap()
            .insert("failed".into(), task);
        let back = rolled_back(&snapshot).unwrap().unwrap();
        assert_eq!(
            (back.wanted.as_str(), back.source),
            (NEW, "ecs:DescribeServices events")
        );
        snapshot.service.as_mut().unwrap().deployments[0].id = "ecs-svc/99".into();
        assert_eq!(
            rolled_back(&snapshot).unwrap(),
            None,
            "something was deployed since"
        );
    }
}
