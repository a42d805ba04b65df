//! Stacks, services with their tasks, clusters, load balancers and their target groups.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join_all, try_join_all};
use tokio::join;

use super::{Found, Ours, holding};
use crate::{
    collect::{
        Clients, ecs,
        failure::unobserved,
        services::{cluster_arns, service_arns},
    },
    snapshot::{Fargate, Holding, Kind, Mark, Observed, Service, TaskDefinition, Unit},
};

pub(super) async fn found(clients: &Clients, ours: Ours<'_>) -> Vec<(Kind, Found)> {
    let ecs = async {
        let clusters = clusters(clients, ours).await;
        let services = match &clusters {
            Ok(clusters) => services(clients, clusters).await,
            Err(why) => Err(why.clone()),
        };
        (clusters, services)
    };
    let (stacks, (clusters, services), balancers, groups) = join!(
        stacks(clients, ours),
        ecs,
        balancers(clients, ours),
        target_groups(clients, ours),
    );
    vec![
        (Kind::Stack, stacks),
        (Kind::Service, services),
        (Kind::Cluster, clusters),
        (Kind::LoadBalancer, balancers),
        (Kind::TargetGroup, groups),
    ]
}

async fn stacks(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<_> = clients
        .cloudformation
        .describe_stacks()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("cloudformation:DescribeStacks", &error))?;
    let named = |stack: &&aws_sdk_cloudformation::types::Stack| {
        stack.stack_name().is_some_and(|name| ours.named(name))
    };
    let shown = |stack: &aws_sdk_cloudformation::types::Stack| {
        let status = stack.stack_status().map(|status| status.as_str());
        let unusual = status.filter(|status| !status.ends_with("E_COMPLETE"));
        let protected = stack.enable_termination_protection().unwrap_or(false);
        let marks = unusual.map(|status| Mark::State(status.to_owned()));
        Holding {
            marks: marks
                .into_iter()
                .chain(protected.then_some(Mark::Protected))
                .collect(),
            ..holding(stack.stack_name())
        }
    };
    Ok(all.iter().filter(named).map(shown).collect())
}

/// ECS goes on showing deleted clusters and services for a while, as `INACTIVE`.
async fn clusters(clients: &Clients, ours: Ours<'_>) -> Found {
    let arns = cluster_arns(clients).await?;
    let named: Vec<String> = arns
        .into_iter()
        .filter(|arn| arn.rsplit('/').next().is_some_and(|name| ours.named(name)))
        .collect();
    if named.is_empty() {
        return Ok(vec![]);
    }
    let answer = clients
        .ecs
        .describe_clusters()
        .set_clusters(Some(named))
        .send()
        .await
        .map_err(|error| unobserved("ecs:DescribeClusters", &error))?;
    let alive = answer
        .clusters()
        .iter()
        .filter(|cluster| cluster.status() != Some("INACTIVE"));
    Ok(alive
        .map(|cluster| holding(cluster.cluster_name()))
        .collect())
}

/// All that runs in our clusters, whoever started it: it is billed, and keeps the cluster from being deleted.
async fn services(clients: &Clients, clusters: &[Holding]) -> Found {
    let of_cluster = async |cluster: &Holding| {
        let arns = service_arns(clients, &cluster.id).await?;
        let services = ecs::services(clients, &cluster.id, &arns).await?;
        let with_cluster = services
            .into_iter()
            .map(|service| (cluster.id.clone(), service));
        Ok(with_cluster.collect::<Vec<_>>())
    };
    let found = try_join_all(clusters.iter().map(of_cluster))
        .await?
        .concat();
    // Services of the same program have the same definition.
    let arns: BTreeSet<&str> = found
        .iter()
        .map(|(_, service)| service.task_definition.as_str())
        .collect();
    let asked = arns.into_iter().map(|arn| async move {
        let definition = ecs::task_definition(clients, Ok(arn)).await.ok()?;
        Some((arn, definition.shown))
    });
    let definitions: BTreeMap<&str, TaskDefinition> =
        join_all(asked).await.into_iter().flatten().collect();
    let shown = |(cluster, service): &(String, Service)| {
        let name = service.arn.rsplit('/').next().unwrap_or_default();
        let definition = definitions.get(service.task_definition.as_str());
        Holding {
            name: name.to_owned(),
            id: format!("--cluster {cluster} --service {name}"),
            amounts: tasks(service, definition),
            marks: vec![Mark::Tasks(service.running.max(service.desired))],
        }
    };
    Ok(found.iter().map(shown).collect())
}

/// What the tasks of a service take together; a size that was not seen is not measured.
fn tasks(service: &Service, definition: Option<&TaskDefinition>) -> Vec<(Unit, f64)> {
    let count = f64::from(service.running.max(service.desired));
    let part = |part: Option<&String>| part?.parse::<f64>().ok();
    let size = definition.and_then(|it| part(it.cpu.as_ref()).zip(part(it.memory.as_ref())));
    let addresses = (Unit::PublicAddress, count);
    let addresses = service.assign_public_ip.then_some(addresses);
    let Some((cpu, memory)) = size else {
        return vec![(Unit::Unmeasured, count)];
    };
    let kind = Fargate {
        arm: definition.and_then(|it| it.cpu_architecture.as_deref()) == Some("ARM64"),
        spot: service
            .capacity_providers
            .iter()
            .all(|name| name == "FARGATE_SPOT")
            && !service.capacity_providers.is_empty(),
    };
    [
        (Unit::Vcpu(kind), count * cpu / 1024.0),
        (Unit::Memory(kind), count * memory / 1024.0),
    ]
    .into_iter()
    .chain(addresses)
    .collect()
}

async fn balancers(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<_> = clients
        .elbv2
        .describe_load_balancers()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeLoadBalancers", &error))?;
    let arns: Vec<&str> = all.iter().filter_map(|it| it.load_balancer_arn()).collect();
    let tagged = tagged(clients, ours, &arns).await?;
    let shown = |balancer: &aws_sdk_elasticloadbalancingv2::types::LoadBalancer| {
        let arn = balancer.load_balancer_arn()?;
        tagged.iter().any(|ours| ours == arn).then(|| {
            let zones = balancer.availability_zones().len() as f64;
            let open = balancer
                .scheme()
                .is_some_and(|scheme| scheme.as_str() == "internet-facing");
            // It has an address in each of its zones.
            let addresses = open.then_some((Unit::PublicAddress, zones));
            Holding {
                name: balancer.load_balancer_name().unwrap_or(arn).to_owned(),
                amounts: [(Unit::LoadBalancer, 1.0)]
                    .into_iter()
                    .chain(addresses)
                    .collect(),
                ..holding(Some(arn))
            }
        })
    };
    Ok(all.iter().filter_map(shown).collect())
}

async fn target_groups(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<_> = clients
        .elbv2
        .describe_target_groups()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeTargetGroups", &error))?;
    let arns: Vec<&str> = all.iter().filter_map(|it| it.target_group_arn()).collect();
    let tagged = tagged(clients, ours, &arns).await?;
    let shown = |group: &aws_sdk_elasticloadbalancingv2::types::TargetGroup| {
        let arn = group.target_group_arn()?;
        tagged.iter().any(|ours| ours == arn).then(|| Holding {
            name: group.target_group_name().unwrap_or(arn).to_owned(),
            ..holding(Some(arn))
        })
    };
    Ok(all.iter().filter_map(shown).collect())
}

/// Those of the load balancers or target groups that carry our tag. One call takes twenty.
async fn tagged(clients: &Clients, ours: Ours<'_>, arns: &[&str]) -> Observed<Vec<String>> {
    let asked = arns.chunks(20).map(|some| {
        let arns = some.iter().map(|arn| (*arn).to_owned()).collect();
        clients
            .elbv2
            .describe_tags()
            .set_resource_arns(Some(arns))
            .send()
    });
    let answers = try_join_all(asked)
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeTags", &error))?;
    let described = answers.iter().flat_map(|answer| answer.tag_descriptions());
    let carrying = described.filter(|described| {
        ours.tagged(described.tags().iter().map(|tag| (tag.key(), tag.value())))
    });
    Ok(carrying
        .filter_map(|described| Some(described.resource_arn()?.to_owned()))
        .collect())
}
