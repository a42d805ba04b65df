//! The service and its deployments.

use aws_sdk_ecs::types::{AssignPublicIp, ServiceField};

use super::{string, time};
use crate::{
    collect::{
        Clients,
        failure::{missing, unobserved},
    },
    snapshot::{
        Deployment, DeploymentConfiguration, Event, LoadBalancerMapping, Observed, Service, Subject,
    },
};

pub(in crate::collect) async fn service(clients: &Clients, target: &Subject) -> Observed<Service> {
    const OPERATION: &str = "ecs:DescribeServices";
    let answer = clients
        .ecs
        .describe_services()
        .cluster(&target.cluster)
        .services(&target.service)
        .include(ServiceField::Tags)
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
        launch_type: service
            .launch_type()
            .map(|launch| launch.as_str().to_owned()),
        capacity_providers: service
            .capacity_provider_strategy()
            .iter()
            .map(|item| item.capacity_provider().to_owned())
            .collect(),
        platform_version: service.platform_version().map(ToOwned::to_owned),
        assign_public_ip: network.and_then(|network| network.assign_public_ip())
            == Some(&AssignPublicIp::Enabled),
        deployment_configuration: service
            .deployment_configuration()
            .map(deployment_configuration)
            .unwrap_or_default(),
        stack: service
            .tags()
            .iter()
            .find(|tag| tag.key() == Some("aws:cloudformation:stack-name"))
            .and_then(|tag| tag.value())
            .map(ToOwned::to_owned),
    })
}

fn deployment_configuration(
    configured: &aws_sdk_ecs::types::DeploymentConfiguration,
) -> DeploymentConfiguration {
    let breaker = configured
        .deployment_circuit_breaker()
        .filter(|breaker| breaker.enable());
    DeploymentConfiguration {
        strategy: configured
            .strategy()
            .map(|strategy| strategy.as_str().to_owned()),
        minimum_healthy_percent: configured.minimum_healthy_percent(),
        maximum_percent: configured.maximum_percent(),
        circuit_breaker: breaker.is_some(),
        rollback: breaker.is_some_and(|breaker| breaker.rollback()),
        alarms: configured
            .alarms()
            .filter(|alarms| alarms.enable())
            .map(|alarms| alarms.alarm_names().to_vec())
            .unwrap_or_default(),
    }
}
