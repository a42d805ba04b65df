//! The service and its deployments.

use aws_sdk_ecs::types::{self as sdk, AssignPublicIp, ServiceField};
use futures::future::try_join_all;

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

const OPERATION: &str = "ecs:DescribeServices";

pub(in crate::collect) async fn service(clients: &Clients, target: &Subject) -> Observed<Service> {
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
    if !is_active(service) {
        let status = service.status().unwrap_or_default();
        let what = format!(
            "the service {} is {status}: it has been deleted",
            target.service
        );
        return Err(missing(OPERATION, what));
    }
    Ok(shown(service))
}

/// What one call of DescribeServices takes.
const AT_ONCE: usize = 10;

/// Services of a cluster. Those that have been deleted are left out.
pub(in crate::collect) async fn services(
    clients: &Clients,
    cluster: &str,
    arns: &[String],
) -> Observed<Vec<Service>> {
    let asked = arns.chunks(AT_ONCE).map(|some| {
        clients
            .ecs
            .describe_services()
            .cluster(cluster)
            .set_services(Some(some.to_vec()))
            .include(ServiceField::Tags)
            .send()
    });
    let answers = try_join_all(asked)
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let services = answers.iter().flat_map(|answer| answer.services());
    Ok(services
        .filter(|service| is_active(service))
        .map(shown)
        .collect())
}

/// ECS goes on showing a deleted service for a while.
fn is_active(service: &sdk::Service) -> bool {
    service.status() == Some("ACTIVE")
}

fn shown(service: &sdk::Service) -> Service {
    let network = service
        .network_configuration()
        .and_then(|network| network.awsvpc_configuration());
    let deployment = |deployment: &sdk::Deployment| Deployment {
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
    let event = |event: &sdk::ServiceEvent| {
        Some(Event {
            at: time(event.created_at())?,
            message: event.message()?.into(),
        })
    };
    let mapping = |mapping: &sdk::LoadBalancer| {
        Some(LoadBalancerMapping {
            target_group: mapping.target_group_arn()?.to_owned(),
            container: string(mapping.container_name()),
            port: mapping.container_port().unwrap_or_default(),
        })
    };
    Service {
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
    }
}

fn deployment_configuration(configured: &sdk::DeploymentConfiguration) -> DeploymentConfiguration {
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
