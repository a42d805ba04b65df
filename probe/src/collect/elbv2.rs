//! Elastic Load Balancing: target groups with the health of their targets, and load balancers.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use super::{Clients, TargetGroups, failure::unobserved};
use crate::snapshot::{HealthCheck, LoadBalancer, Observed, Target, TargetGroup, Unobserved};

pub(super) async fn target_groups(
    clients: &Clients,
    arns: Observed<BTreeSet<String>>,
) -> Observed<TargetGroups> {
    let arns = arns?;
    if arns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let describe = async {
        let call = clients
            .elbv2
            .describe_target_groups()
            .set_target_group_arns(Some(arns.iter().cloned().collect()));
        call.send()
            .await
            .map_err(|error| unobserved("elasticloadbalancing:DescribeTargetGroups", &error))
    };
    let health = try_join_all(arns.iter().map(|arn| health(clients, arn)));
    let (described, health) = futures::future::try_join(describe, health).await?;
    let mut targets: BTreeMap<String, Vec<Target>> = arns.iter().cloned().zip(health).collect();
    let group = |group: &aws_sdk_elasticloadbalancingv2::types::TargetGroup| {
        let arn = group.target_group_arn()?.to_owned();
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
            targets: targets.remove(&arn).unwrap_or_default(),
            target_type: group.target_type().map(|kind| kind.as_str().to_owned()),
            port: group.port(),
            ..Default::default()
        };
        Some((arn, shown))
    };
    Ok(described.target_groups().iter().filter_map(group).collect())
}

async fn health(clients: &Clients, arn: &str) -> Observed<Vec<Target>> {
    let call = clients.elbv2.describe_target_health().target_group_arn(arn);
    let answer = call
        .send()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeTargetHealth", &error))?;
    let target = |described: &aws_sdk_elasticloadbalancingv2::types::TargetHealthDescription| {
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

pub(super) async fn load_balancers(
    clients: &Clients,
    groups: Result<&TargetGroups, &Unobserved>,
) -> Observed<BTreeMap<String, LoadBalancer>> {
    let arns: BTreeSet<String> = groups
        .map_err(Clone::clone)?
        .values()
        .flat_map(|group| group.load_balancers.iter().cloned())
        .collect();
    if arns.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = clients
        .elbv2
        .describe_load_balancers()
        .set_load_balancer_arns(Some(arns.into_iter().collect()));
    let answer = call
        .send()
        .await
        .map_err(|error| unobserved("elasticloadbalancing:DescribeLoadBalancers", &error))?;
    let balancer = |balancer: &aws_sdk_elasticloadbalancingv2::types::LoadBalancer| {
        let zones = balancer.availability_zones();
        let shown = LoadBalancer {
            name: balancer.load_balancer_name()?.to_owned(),
            dns_name: balancer.dns_name().unwrap_or_default().to_owned(),
            state: balancer
                .state()
                .and_then(|state| state.code())
                .map(|code| code.as_str().to_owned()),
            security_groups: balancer.security_groups().to_vec(),
            subnets: zones
                .iter()
                .filter_map(|zone| zone.subnet_id())
                .map(ToOwned::to_owned)
                .collect(),
            scheme: balancer.scheme().map(|scheme| scheme.as_str().to_owned()),
            zones: zones
                .iter()
                .filter_map(|zone| zone.zone_name())
                .map(ToOwned::to_owned)
                .collect(),
            ..Default::default()
        };
        Some((balancer.load_balancer_arn()?.to_owned(), shown))
    };
    Ok(answer
        .load_balancers()
        .iter()
        .filter_map(balancer)
        .collect())
}
