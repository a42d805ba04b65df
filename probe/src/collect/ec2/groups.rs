//! Security groups, and the prefix lists that rules and routes name.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{error::ProvideErrorMetadata, types::IpPermission};
use futures::future::try_join_all;

use super::{filter, listed};
use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Observed, RouteTable, Rule, SecurityGroup},
};

/// The groups with these ids. One that is gone is left out.
pub(in crate::collect) async fn security_groups(
    clients: &Clients,
    ids: Observed<BTreeSet<String>>,
) -> Observed<BTreeMap<String, SecurityGroup>> {
    let ids = ids?;
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
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
    let groups = clients
        .ec2
        .describe_security_groups()
        .filters(filter("group-id", &ids))
        .into_paginator()
        .items()
        .send()
        .try_collect();
    listed("ec2:DescribeSecurityGroups", groups, group).await
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

/// The ranges of the prefix lists that the groups' rules and the routes name, as far as those are known.
pub(in crate::collect) async fn prefix_lists(
    clients: &Clients,
    groups: &Observed<BTreeMap<String, SecurityGroup>>,
    tables: &Observed<BTreeMap<String, RouteTable>>,
) -> Observed<BTreeMap<String, Vec<String>>> {
    let by_rules = groups
        .iter()
        .flat_map(BTreeMap::values)
        .flat_map(|group| group.ingress.iter().chain(&group.egress))
        .flat_map(|rule| &rule.prefix_lists);
    let by_routes = tables
        .iter()
        .flat_map(BTreeMap::values)
        .flat_map(|table| &table.routes)
        .map(|route| &route.destination)
        .filter(|destination| destination.starts_with("pl-"));
    let ids: BTreeSet<String> = by_rules.chain(by_routes).cloned().collect();
    let lists = ids.into_iter().map(|id| entries(clients, id));
    Ok(try_join_all(lists).await?.into_iter().flatten().collect())
}

/// The ranges of a list; `None` where there is no such list any more.
async fn entries(clients: &Clients, id: String) -> Observed<Option<(String, Vec<String>)>> {
    let read: Result<Vec<_>, _> = clients
        .ec2
        .get_managed_prefix_list_entries()
        .prefix_list_id(&id)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await;
    match read {
        Ok(entries) => {
            let ranges = entries
                .iter()
                .filter_map(|entry: &aws_sdk_ec2::types::PrefixListEntry| entry.cidr());
            Ok(Some((id, ranges.map(ToOwned::to_owned).collect())))
        }
        Err(error) if error.code() == Some("InvalidPrefixListID.NotFound") => Ok(None),
        Err(error) => Err(unobserved("ec2:GetManagedPrefixListEntries", &error)),
    }
}
