//! ECS: the service, its task definition and its tasks.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::DesiredStatus;
use aws_smithy_types::DateTime as SdkTime;
use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use super::{
    Clients,
    failure::{missing, unobserved},
};
use crate::snapshot::{
    Container, ContainerDefinition, Deployment, Event, LoadBalancerMapping, LogConfiguration,
    Observed, SecretReference, Service, Subject, Task, TaskDefinition, Unobserved,
};

/// A task definition as it may be kept, with the environment values for as long as collecting lasts.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) shown: TaskDefinition,
    /// Name and value of each plain variable: only compared with host names, never kept.
    pub(super) environment: Vec<(String, String)>,
}

pub(super) fn time(at: Option<&SdkTime>) -> Option<DateTime<Utc>> {
    let at = at?;
    DateTime::from_timestamp(at.secs(), at.subsec_nanos())
}

fn string(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

pub(super) async fn service(clients: &Clients, target: &Subject) -> Observed<Service> {
    const OPERATION: &str = "ecs:DescribeServices";
    let answer = clients
        .ecs
        .describe_services()
        .cluster(&target.cluster)
        .services(&target.service)
        .send()
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let Some(service) = answer.services().first() else {
        return Err(missing(
            OPERATION,
            format!(
                "no service {} in the cluster {}",
                target.service, target.cluster
            ),
        ));
    };
    if service.status() != Some("ACTIVE") {
        let status = service.status().unwrap_or_default();
        let what = format!(
            "the service {} is {status}: it has been deleted",
            target.service
        );
        return Err(missing(OPERATION, what));
    }
    let network = service
        .network_configuration()
        .and_then(|network| network.awsvpc_configuration());
    let deployment = |deployment: &aws_sdk_ecs::types::Deployment| Deployment {
        id: string(deployment.id()),
        status: string(deployment.status()),
        task_definition: string(deployment.task_definition()),
        desired: deployment.desired_count(),
        running: deployment.running_count(),
        failed: deployment.failed_tasks(),
        rollout_state: deployment
            .rollout_state()
            .map(|state| state.as_str().to_owned()),
        rollout_reason: deployment.rollout_state_reason().map(Into::into),
        created_at: time(deployment.created_at()),
    };
    let event = |event: &aws_sdk_ecs::types::ServiceEvent| {
        Some(Event {
            at: time(event.created_at())?,
            message: event.message()?.into(),
        })
    };
    let mapping = |mapping: &aws_sdk_ecs::types::LoadBalancer| {
        Some(LoadBalancerMapping {
            target_group: mapping.target_group_arn()?.to_owned(),
            container: string(mapping.container_name()),
            port: mapping.container_port().unwrap_or_default(),
        })
    };
    Ok(Service {
        arn: string(service.service_arn()),
        status: string(service.status()),
        desired: service.desired_count(),
        running: service.running_count(),
        pending: service.pending_count(),
        task_definition: string(service.task_definition()),
        deployments: service.deployments().iter().map(deployment).collect(),
        load_balancers: service
            .load_balancers()
            .iter()
            .filter_map(mapping)
            .collect(),
        subnets: network
            .map(|network| network.subnets().to_vec())
            .unwrap_or_default(),
        security_groups: network
            .map(|network| network.security_groups().to_vec())
            .unwrap_or_default(),
        grace_period_seconds: service
            .health_check_grace_period_seconds()
            .unwrap_or_default(),
        events: service.events().iter().filter_map(event).collect(),
        ..Default::default()
    })
}

pub(super) async fn task_definition(
    clients: &Clients,
    arn: Result<&str, &Unobserved>,
) -> Observed<Definition> {
    const OPERATION: &str = "ecs:DescribeTaskDefinition";
    let arn = arn.map_err(Clone::clone)?;
    let answer = clients
        .ecs
        .describe_task_definition()
        .task_definition(arn)
        .send()
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let definition = answer
        .task_definition()
        .ok_or_else(|| missing(OPERATION, format!("no task definition {arn}")))?;
    let container = |container: &aws_sdk_ecs::types::ContainerDefinition| ContainerDefinition {
        name: string(container.name()),
        image: string(container.image()),
        essential: container.essential().unwrap_or(true),
        ports: container
            .port_mappings()
            .iter()
            .filter_map(|mapping| mapping.container_port())
            .collect(),
        environment: container
            .environment()
            .iter()
            .map(|variable| string(variable.name()))
            .collect(),
        secrets: container
            .secrets()
            .iter()
            .map(|secret| SecretReference {
                name: secret.name().to_owned(),
                value_from: secret.value_from().to_owned(),
            })
            .collect(),
        log: container.log_configuration().map(|log| LogConfiguration {
            driver: log.log_driver().as_str().to_owned(),
            group: log
                .options()
                .and_then(|options| options.get("awslogs-group"))
                .cloned(),
            stream_prefix: log
                .options()
                .and_then(|options| options.get("awslogs-stream-prefix"))
                .cloned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let environment = definition
        .container_definitions()
        .iter()
        .flat_map(|container| container.environment())
        .filter_map(|variable| Some((variable.name()?.to_owned(), variable.value()?.to_owned())))
        .collect();
    Ok(Definition {
        environment,
        shown: TaskDefinition {
            arn: string(definition.task_definition_arn()),
            cpu: definition.cpu().map(ToOwned::to_owned),
            memory: definition.memory().map(ToOwned::to_owned),
            execution_role: definition.execution_role_arn().map(ToOwned::to_owned),
            task_role: definition.task_role_arn().map(ToOwned::to_owned),
            containers: definition
                .container_definitions()
                .iter()
                .map(container)
                .collect(),
            ..Default::default()
        },
    })
}

/// Running and stopped tasks of the service, by id.
pub(super) async fn tasks(clients: &Clients, target: &Subject) -> Observed<BTreeMap<String, Task>> {
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
        futures::future::try_join(list(DesiredStatus::Running), list(DesiredStatus::Stopped))
            .await?;
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
