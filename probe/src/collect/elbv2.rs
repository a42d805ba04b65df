//! Elastic Load Balancing: target groups with the health of their targets, load balancers and their listeners.

mod listeners;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types;
use futures::future::{join_all, try_join_all};
use tokio::join;

pub(super) use listeners::{listeners, with_rules};

use super::{Clients, TargetGroups, failure::unobserved};
use crate::snapshot::{HealthCheck, LoadBalancer, Observed, Target, TargetGroup, Unobserved};

/// Target groups as far as they were seen: their load balancers and VPCs also without the health of the targets.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) groups: Observed<TargetGroups>,
    pub(super) load_balancers: Observed<BTreeSet<String>>,
    pub(super) vpcs: Observed<BTreeSet<String>>,
}

pub(super) async fn target_groups(clients: &Clients, arns: Observed<BTreeSet<String>>) -> Found {
    let arns = match arns {
        Ok(arns) if !arns.is_empty() => arns,
        nothing => {
            return Found {
                groups: nothing.clone().map(|_| BTreeMap::new()),
                load_balancers: nothing.clone(),
                vpcs: nothing,
            };
        }
    };
    let (described, health, delays) = join!(
        described(clients, &arns),
        try_join_all(arns.iter().map(|arn| health(clients, arn))),
        join_all(arns.iter().map(|arn| deregistration_delay(clients, arn))),
    );
    let groups = described.map(|mut groups| {
        for (arn, delay) in arns.iter().zip(delays) {
            let Some(group) = groups.get_mut(arn) else {
                continue;
            };
            match delay {
                Ok(delay) => group.deregistration_delay_seconds = delay,
                Err(why) => group.unseen.push(why),
            }
        }
        groups
    });
    let of_all = |part: fn(&TargetGroup) -> Vec<String>| {
        let groups = groups.as_ref().map_err(Clone::clone)?;
        Ok(groups.values().flat_map(part).collect())
    };
    Found {
        load_balancers: of_all(|group| group.load_balancers.clone()),
        vpcs: of_all(|group| group.vpc.iter().cloned().collect()),
        groups: groups.and_then(|mut groups| {
            for (arn, targets) in arns.iter().zip(health?) {
                if let Some(group) = groups.get_mut(arn) {
                    group.targets = targets;
                }
            }
            Ok(groups)
        }),
    }
}

async fn described(clients: &Clients, arns: &BTreeSet<String>) -> Observed<TargetGroups> {
    let groups: Vec<types::TargetGroup> = clients
        .elbv2
        .describe_target_groups()
        .set_target_group_arns(Some(arns.iter().cloned().collect()))
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeTargetGroups", &error))?;
    let group = |group: &types::TargetGroup| {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let shown = TargetGroup {
            name: text(group.target_group_name()),
            vpc: group.vpc_id().map(ToOwned::to_owned),
            health_check: HealthCheck {
                enabled: group.health_check_enabled().unwrap_or(true),
                path: text(group.health_check_path()),
                port: text(group.health_check_port()),
                matcher: text(group.matcher().and_then(|matcher| matcher.http_code())),
                interval_seconds: group.health_check_interval_seconds().unwrap_or_default(),
                timeout_seconds: group.health_check_timeout_seconds().unwrap_or_default(),
                healthy_threshold: group.healthy_threshold_count().unwrap_or_default(),
                unhealthy_threshold: group.unhealthy_threshold_count().unwrap_or_default(),
            },
            load_balancers: group.load_balancer_arns().to_vec(),
            target_type: group.target_type().map(|kind| kind.as_str().to_owned()),
            port: group.port(),
            ..Default::default()
        };
        Some((group.target_group_arn()?.to_owned(), shown))
    };
    Ok(groups.iter().filter_map(group).collect())
}

async fn deregistration_delay(clients: &Clients, arn: &str) -> Observed<Option<i32>> {
    let answer = clients
        .elbv2
        .describe_target_group_attributes()
        .target_group_arn(arn)
        .send()
        .await
        .map_err(|error| {
            unobserved("elasticloadbalancing:DescribeTargetGroupAttributes", &error)
        })?;
    let delay = answer
        .attributes()
        .iter()
        .find(|attribute| attribute.key() == Some("deregistration_delay.timeout_seconds"));
    Ok(delay.and_then(|delay| delay.value()?.parse().ok()))
}

async fn health(clients: &Clients, arn: &str) -> Observed<Vec<Target>> {
    let call = clients.elbv2.describe_target_health().target_group_arn(arn);
    let answer = call
        .send()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeTargetHealth", &error))?;
    let target = |described: &types::TargetHealthDescription| {
        let (target, health) = (described.target()?, described.target_health()?);
        Some(Target {
            id: target.id()?.to_owned(),
            port: target.port().unwrap_or_default(),
            state: health
                .state()
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            reason: health.reason().map(|reason| reason.as_str().to_owned()),
            description: health.description().map(Into::into),
        })
    };
    let mut targets: Vec<Target> = answer
        .target_health_descriptions()
        .iter()
        .filter_map(target)
        .collect();
    targets.sort_by(|a, b| (&a.id, a.port).cmp(&(&b.id, b.port)));
    Ok(targets)
}

/// The load balancers with their attributes, not yet with their listeners.
pub(super) async fn load_balancers(
    clients: &Clients,
    arns: Result<&BTreeSet<String>, &Unobserved>,
) -> Observed<BTreeMap<String, LoadBalancer>> {
    let arns = arns.map_err(Clone::clone)?;
    if arns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let describe = async {
        let pages = clients
            .elbv2
            .describe_load_balancers()
            .set_load_balancer_arns(Some(arns.iter().cloned().collect()))
            .into_paginator()
            .items()
            .send();
        let answer: Result<Vec<types::LoadBalancer>, _> = pages.try_collect().await;
        answer.map_err(|error| unobserved("elasticloadbalancing:DescribeLoadBalancers", &error))
    };
    let timeouts = join_all(arns.iter().map(|arn| idle_timeout(clients, arn)));
    let (described, timeouts) = join!(describe, timeouts);
    let mut balancers: BTreeMap<String, LoadBalancer> =
        described?.iter().filter_map(shown).collect();
    for (arn, timeout) in arns.iter().zip(timeouts) {
        let Some(balancer) = balancers.get_mut(arn) else {
            continue;
        };
        match timeout {
            Ok(timeout) => balancer.idle_timeout_seconds = timeout,
            Err(why) => balancer.unseen.push(why),
        }
    }
    Ok(balancers)
}

async fn idle_timeout(clients: &Clients, arn: &str) -> Observed<Option<i32>> {
    let answer = clients
        .elbv2
        .describe_load_balancer_attributes()
        .load_balancer_arn(arn)
        .send()
        .await
        .map_err(|error| {
            unobserved(
                "elasticloadbalancing:DescribeLoadBalancerAttributes",
                &error,
            )
        })?;
    let timeout = answer
        .attributes()
        .iter()
        .find(|attribute| attribute.key() == Some("idle_timeout.timeout_seconds"));
    Ok(timeout.and_then(|timeout| timeout.value()?.parse().ok()))
}

fn shown(balancer: &types::LoadBalancer) -> Option<(String, LoadBalancer)> {
    let zones = balancer.availability_zones();
    let all = |part: fn(&types::AvailabilityZone) -> Option<&str>| {
        let parts = zones.iter().filter_map(part);
        parts.map(ToOwned::to_owned).collect::<BTreeSet<_>>()
    };
    let shown = LoadBalancer {
        name: balancer.load_balancer_name()?.to_owned(),
        dns_name: balancer.dns_name().unwrap_or_default().to_owned(),
        state: balancer
            .state()
            .and_then(|state| state.code())
            .map(|code| code.as_str().to_owned()),
        security_groups: balancer.security_groups().to_vec(),
        subnets: all(|zone| zone.subnet_id()).into_iter().collect(),
        scheme: balancer.scheme().map(|scheme| scheme.as_str().to_owned()),
        zones: all(|zone| zone.zone_name()).into_iter().collect(),
        ..Default::default()
    };
    Some((balancer.load_balancer_arn()?.to_owned(), shown))
}
