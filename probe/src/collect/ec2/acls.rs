//! Network ACLs.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{NetworkAclEntry, RuleAction};

use super::{filter, listed};
use crate::{
    collect::Clients,
    snapshot::{AclEntry, NetworkAcl, Observed},
};

pub(super) async fn network_acls(
    clients: &Clients,
    vpcs: &BTreeSet<String>,
) -> Observed<BTreeMap<String, NetworkAcl>> {
    let acl = |acl: &aws_sdk_ec2::types::NetworkAcl| {
        let mut subnets: Vec<String> = acl
            .associations()
            .iter()
            .filter_map(|association| association.subnet_id())
            .map(ToOwned::to_owned)
            .collect();
        subnets.sort();
        let entries = |egress: bool| {
            let mut entries: Vec<AclEntry> = acl
                .entries()
                .iter()
                .filter(|entry| entry.egress().unwrap_or(false) == egress)
                .filter_map(entry)
                .collect();
            entries.sort_by_key(|entry| entry.number);
            entries
        };
        let shown = NetworkAcl {
            vpc: acl.vpc_id()?.to_owned(),
            subnets,
            ingress: entries(false),
            egress: entries(true),
        };
        Some((acl.network_acl_id()?.to_owned(), shown))
    };
    let acls = clients
        .ec2
        .describe_network_acls()
        .filters(filter("vpc-id", vpcs))
        .into_paginator()
        .items()
        .send()
        .try_collect();
    listed("ec2:DescribeNetworkAcls", acls, acl).await
}

fn entry(entry: &NetworkAclEntry) -> Option<AclEntry> {
    let ports = entry.port_range();
    // -1 stands for every port.
    let port = |port: Option<i32>| port.filter(|port| *port >= 0);
    Some(AclEntry {
        number: entry.rule_number()?,
        allow: entry.rule_action() == Some(&RuleAction::Allow),
        protocol: entry.protocol().unwrap_or("-1").to_owned(),
        cidr: entry.cidr_block().or(entry.ipv6_cidr_block())?.to_owned(),
        from_port: port(ports.and_then(|ports| ports.from())),
        to_port: port(ports.and_then(|ports| ports.to())),
    })
}
