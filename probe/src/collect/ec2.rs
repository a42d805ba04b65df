//! EC2: subnets and security groups.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::IpPermission;

use super::{Clients, failure::unobserved};
use crate::snapshot::{
    Database, LoadBalancer, Observed, Rule, SecurityGroup, Service, Subnet, Unobserved,
};

type LoadBalancers<'a> = Result<&'a BTreeMap<String, LoadBalancer>, &'a Unobserved>;

pub(super) async fn subnets(
    clients: &Clients,
    service: Result<&Service, &Unobserved>,
    load_balancers: LoadBalancers<'_>,
) -> Observed<BTreeMap<String, Subnet>> {
    let service = service.map_err(Clone::clone)?;
    let theirs = load_balancers
        .into_iter()
        .flat_map(BTreeMap::values)
        .flat_map(|balancer| &balancer.subnets);
    let ids: BTreeSet<String> = service.subnets.iter().chain(theirs).cloned().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = clients
        .ec2
        .describe_subnets()
        .set_subnet_ids(Some(ids.into_iter().collect()));
    let answer = call
        .send()
        .await
        .map_err(|error| unobserved("ec2:DescribeSubnets", &error))?;
    let subnet = |subnet: &aws_sdk_ec2::types::Subnet| {
        let shown = Subnet {
            vpc: subnet.vpc_id()?.to_owned(),
            cidr: subnet.cidr_block()?.to_owned(),
            availability_zone: subnet.availability_zone().unwrap_or_default().to_owned(),
            available_addresses: subnet.available_ip_address_count(),
            maps_public_ip: subnet.map_public_ip_on_launch().unwrap_or(false),
        };
        Some((subnet.subnet_id()?.to_owned(), shown))
    };
    Ok(answer.subnets().iter().filter_map(subnet).collect())
}

/// The groups of tasks, load balancers and database, as far as those are known.
pub(super) async fn security_groups(
    clients: &Clients,
    service: Result<&Service, &Unobserved>,
    load_balancers: LoadBalancers<'_>,
    database: Result<&Option<Database>, &Unobserved>,
) -> Observed<BTreeMap<String, SecurityGroup>> {
    let service = service.map_err(Clone::clone)?;
    let of_balancers = load_balancers
        .into_iter()
        .flat_map(BTreeMap::values)
        .flat_map(|balancer| &balancer.security_groups);
    let of_database = database
        .into_iter()
        .flatten()
        .flat_map(|database| &database.security_groups);
    let ids: BTreeSet<String> = service
        .security_groups
        .iter()
        .chain(of_balancers)
        .chain(of_database)
        .cloned()
        .collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let call = clients
        .ec2
        .describe_security_groups()
        .set_group_ids(Some(ids.into_iter().collect()));
    let answer = call
        .send()
        .await
        .map_err(|error| unobserved("ec2:DescribeSecurityGroups", &error))?;
    let group = |group: &aws_sdk_ec2::types::SecurityGroup| {
        let id = group.group_id()?.to_owned();
        let shown = SecurityGroup {
            id: id.clone(),
            name: group.group_name().unwrap_or_default().to_owned(),
            ingress: group.ip_permissions().iter().map(rule).collect(),
            egress: group.ip_permissions_egress().iter().map(rule).collect(),
        };
        Some((id, shown))
    };
    Ok(answer.security_groups().iter().filter_map(group).collect())
}

fn rule(permission: &IpPermission) -> Rule {
    let v4 = permission
        .ip_ranges()
        .iter()
        .filter_map(|range| range.cidr_ip());
    let v6 = permission
        .ipv6_ranges()
        .iter()
        .filter_map(|range| range.cidr_ipv6());
    let groups = permission
        .user_id_group_pairs()
        .iter()
        .filter_map(|pair| pair.group_id());
    let lists = permission
        .prefix_list_ids()
        .iter()
        .filter_map(|list| list.prefix_list_id());
    // -1 stands for every port.
    let port = |port: Option<i32>| port.filter(|port| *port >= 0);
    Rule {
        protocol: permission.ip_protocol().unwrap_or("-1").to_owned(),
        from_port: port(permission.from_port()),
        to_port: port(permission.to_port()),
        cidrs: v4.chain(v6).map(ToOwned::to_owned).collect(),
        groups: groups.map(ToOwned::to_owned).collect(),
        prefix_lists: lists.map(ToOwned::to_owned).collect(),
    }
}
