//! Faults of the service itself: how its tasks start, run and end, and how it is deployed.

use super::told;
use crate::{
    case::{Case, Said},
    evidence::revision_of,
    reading::current_failures,
    snapshot::{ContainerDefinition, Observed, TaskDefinition},
};

catalogue! {
    command_not_executable,
    container_exited,
    container_health_check_failed,
    container_out_of_memory,
    container_user_missing,
    dependency_timeout,
    deployment_alarm_triggered,
    deployment_deadlocked,
    deployment_failing,
    deployment_rolled_back,
    grace_period_too_short,
    health_check_tool_missing,
    host_port_in_use,
    image_tag_missing,
    load_balancer_mapping_wrong,
    service_under_capacity,
    sidecar_exited,
    sigterm_not_handled,
    target_group_arn_invalid,
    task_protection_blocks_scale_in,
    task_size_invalid,
    tasks_failing_health_checks,
    volume_hides_files,
}

/// The container of a task of whose start a message tells: the one whose own reason it is.
fn container_told(case: &Case<'_>, said: &Said<'_>) -> Option<String> {
    let failures = current_failures(case).ok()?;
    let (_, task, _) = failures.into_iter().find(|(id, ..)| **id == said.by)?;
    let own = |name: &&String| {
        let reason = task.containers[*name].reason.as_deref();
        reason == Some(said.text)
    };
    let named = task.containers.keys().find(own);
    let only = || {
        task.containers
            .keys()
            .next()
            .filter(|_| task.containers.len() == 1)
    };
    named.or_else(only).cloned()
}

/// The definition of a container, where the task definition that was seen is the one that fails.
fn definition_of<'a>(
    case: &'a Case<'_>,
    revision: &str,
    container: &str,
) -> Option<&'a ContainerDefinition> {
    let definition: &TaskDefinition = case.task_definition.as_ref().ok()?;
    let is_it = revision_of(&definition.arn) == revision_of(revision);
    let mut containers = definition.containers.iter().filter(|_| is_it);
    containers.find(|one| one.name == container)
}

/// ARN of the task definition whose tasks fail now: that of the newest failure, else the service's.
fn failing_revision(case: &Case<'_>) -> Observed<String> {
    let failures = current_failures(case)?;
    let newest = failures.first().map(|(_, task, _)| &task.task_definition);
    Ok(newest.unwrap_or(&case.service()?.task_definition).clone())
}
