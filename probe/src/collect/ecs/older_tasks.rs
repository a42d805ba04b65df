//! Tasks that stopped longer ago than ECS remembers, from the log group that the platform stack keeps.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Container, Observed, Subject, Task, Text},
};

/// How far back older tasks are looked for.
const WINDOW: TimeDelta = TimeDelta::hours(24);

/// The tasks of the service that stopped in the last day, by id; none where nobody keeps them.
pub(in crate::collect) async fn older_tasks(
    clients: &Clients,
    target: &Subject,
    taken_at: DateTime<Utc>,
) -> Observed<BTreeMap<String, Task>> {
    let mut pages = clients
        .logs
        .filter_log_events()
        .log_group_name(format!("/aws/events/ecs-stopped-tasks/{}", target.cluster))
        .start_time((taken_at - WINDOW).timestamp_millis())
        .filter_pattern(format!(
            r#"{{ $.detail.group = "service:{}" }}"#,
            target.service
        ))
        .into_paginator()
        .send();
    let mut tasks = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                return Ok(BTreeMap::new());
            }
            Err(error) => return Err(unobserved("logs:FilterLogEvents", &error)),
        };
        let messages = page.events().iter().filter_map(|event| event.message());
        tasks.extend(messages.filter_map(|message| stopped_task(message, &target.service)));
    }
    Ok(tasks)
}

/// An event of EventBridge, in the parts that matter.
#[derive(Deserialize)]
struct StateChange {
    detail: Detail,
}

/// A task as `DescribeTasks` shows it too.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    task_arn: String,
    group: Option<String>,
    task_definition_arn: String,
    last_status: String,
    desired_status: String,
    health_status: Option<String>,
    started_by: Option<String>,
    availability_zone: Option<String>,
    created_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    stopping_at: Option<DateTime<Utc>>,
    stopped_at: Option<DateTime<Utc>>,
    execution_stopped_at: Option<DateTime<Utc>>,
    stop_code: Option<String>,
    stopped_reason: Option<Text>,
    capacity_provider_name: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    containers: Vec<ContainerDetail>,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(default)]
    details: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerDetail {
    name: String,
    last_status: Option<String>,
    exit_code: Option<i32>,
    reason: Option<Text>,
    health_status: Option<String>,
}

/// Id and task of an event, where it tells of a stopped task of this service.
fn stopped_task(message: &str, service: &str) -> Option<(String, Task)> {
    let StateChange { detail: task } = serde_json::from_str(message).ok()?;
    let ours = task.group.as_deref()?.strip_prefix("service:") == Some(service);
    if !ours || task.last_status != "STOPPED" {
        return None;
    }
    let attached = |name: &str| {
        let mut details = task.attachments.iter().flat_map(|entry| &entry.details);
        details
            .find(|detail| detail.name == name)
            .map(|detail| detail.value.clone())
    };
    let (private_ip, subnet) = (attached("privateIPv4Address"), attached("subnetId"));
    let container = |container: ContainerDetail| {
        let shown = Container {
            last_status: container.last_status,
            exit_code: container.exit_code,
            reason: container.reason,
            health: container.health_status,
        };
        (container.name, shown)
    };
    let shown = Task {
        task_definition: task.task_definition_arn,
        last_status: task.last_status,
        desired_status: task.desired_status,
        health: task.health_status,
        started_by: task.started_by,
        availability_zone: task.availability_zone,
        private_ip,
        created_at: task.created_at,
        started_at: task.started_at,
        stopping_at: task.stopping_at,
        stopped_at: task.stopped_at,
        stop_code: task.stop_code,
        stopped_reason: task.stopped_reason.filter(|reason| !reason.is_empty()),
        execution_stopped_at: task.execution_stopped_at,
        capacity_provider: task.capacity_provider_name,
        subnet,
        containers: task.containers.into_iter().map(container).collect(),
    };
    Some((task.task_arn.rsplit('/').next()?.to_owned(), shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(group: &str, last_status: &str) -> String {
        serde_json::json!({
            "source": "aws.ecs",
            "detail-type": "ECS Task State Change",
            "detail": {
                "taskArn": "arn:aws:ecs:ap-northeast-1:123456789012:task/main/0123abcd",
                "taskDefinitionArn": "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:7",
                "group": group, "lastStatus": last_status, "desiredStatus": "STOPPED",
                "stopCode": "EssentialContainerExited",
                "stoppedReason": "Essential container in task exited",
                "stoppedAt": "2026-11-20T03:04:05.678Z", "launchType": "FARGATE", "version": 5,
                "attachments": [{ "type": "eni", "details": [
                    { "name": "subnetId", "value": "subnet-1" },
                    { "name": "privateIPv4Address", "value": "10.0.1.7" }
                ]}],
                "containers": [{ "name": "web", "exitCode": 1, "lastStatus": "STOPPED",
                    "reason": "postgres://app:hunter2@db/app refused" }]
            }
        })
        .to_string()
    }

    #[test]
    fn an_event_is_read_into_a_task_without_secrets() {
        let (id, task) = stopped_task(&event("service:web", "STOPPED"), "web").unwrap();
        assert_eq!(id, "0123abcd");
        assert_eq!(task.stop_code.as_deref(), Some("EssentialContainerExited"));
        assert_eq!(task.private_ip.as_deref(), Some("10.0.1.7"));
        assert_eq!(task.subnet.as_deref(), Some("subnet-1"));
        assert_eq!(
            task.stopped_at.unwrap().to_rfc3339(),
            "2026-11-20T03:04:05.678+00:00"
        );
        let container = &task.containers["web"];
        assert_eq!(container.exit_code, Some(1));
        assert_eq!(
            container.reason.as_deref(),
            Some("postgres://[redacted]@db/app refused")
        );
    }

    #[test]
    fn other_services_and_tasks_that_still_run_are_left_out() {
        for (group, status) in [
            ("service:web-admin", "STOPPED"),
            ("family:web", "STOPPED"),
            ("service:web", "RUNNING"),
        ] {
            assert!(
                stopped_task(&event(group, status), "web").is_none(),
                "{group} {status}"
            );
        }
        assert!(stopped_task("no event", "web").is_none());
    }
}
