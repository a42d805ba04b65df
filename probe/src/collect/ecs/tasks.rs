//! The tasks that ECS still shows.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::DesiredStatus;
use futures::future::{try_join, try_join_all};

use super::{string, time};
use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Container, Observed, Subject, Task},
};

/// Running and stopped tasks of the service, by id.
pub(in crate::collect) async fn tasks(
    clients: &Clients,
    target: &Subject,
) -> Observed<BTreeMap<String, Task>> {
    let list = |status: DesiredStatus| {
        let pages = clients
            .ecs
            .list_tasks()
            .cluster(&target.cluster)
            .service_name(&target.service)
            .desired_status(status)
            .into_paginator()
            .items()
            .send();
        async move {
            pages
                .try_collect()
                .await
                .map_err(|error| unobserved("ecs:ListTasks", &error))
        }
    };
    let (running, stopped) =
        try_join(list(DesiredStatus::Running), list(DesiredStatus::Stopped)).await?;
    let arns: Vec<String> = running.into_iter().chain(stopped).collect();
    // DescribeTasks takes 100 tasks a call.
    let describe = |chunk: &[String]| {
        let call = clients
            .ecs
            .describe_tasks()
            .cluster(&target.cluster)
            .set_tasks(Some(chunk.to_vec()))
            .send();
        async move {
            call.await
                .map_err(|error| unobserved("ecs:DescribeTasks", &error))
        }
    };
    let answers = try_join_all(arns.chunks(100).map(describe)).await?;
    let described = answers.iter().flat_map(|answer| answer.tasks());
    Ok(described
        .filter_map(|task| Some((task.task_arn()?.rsplit('/').next()?.to_owned(), shown(task))))
        .collect())
}

fn shown(task: &aws_sdk_ecs::types::Task) -> Task {
    let detail = |name: &str| {
        task.attachments()
            .iter()
            .flat_map(|attachment| attachment.details())
            .find(|detail| detail.name() == Some(name))
            .and_then(|detail| detail.value())
            .map(ToOwned::to_owned)
    };
    let container = |container: &aws_sdk_ecs::types::Container| {
        Some((
            container.name()?.to_owned(),
            Container {
                last_status: container.last_status().map(ToOwned::to_owned),
                exit_code: container.exit_code(),
                reason: container.reason().map(Into::into),
                health: container.health_status().map(|h| h.as_str().to_owned()),
            },
        ))
    };
    Task {
        task_definition: string(task.task_definition_arn()),
        last_status: string(task.last_status()),
        desired_status: string(task.desired_status()),
        health: task
            .health_status()
            .map(|health| health.as_str().to_owned()),
        started_by: task.started_by().map(ToOwned::to_owned),
        availability_zone: task.availability_zone().map(ToOwned::to_owned),
        private_ip: detail("privateIPv4Address"),
        created_at: time(task.created_at()),
        started_at: time(task.started_at()),
        stopping_at: time(task.stopping_at()),
        stopped_at: time(task.stopped_at()),
        stop_code: task.stop_code().map(|code| code.as_str().to_owned()),
        stopped_reason: task
            .stopped_reason()
            .filter(|reason| !reason.is_empty())
            .map(Into::into),
        containers: task.containers().iter().filter_map(container).collect(),
        execution_stopped_at: time(task.execution_stopped_at()),
        capacity_provider: task.capacity_provider_name().map(ToOwned::to_owned),
        subnet: detail("subnetId"),
    }
}
