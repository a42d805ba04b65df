//! VPC endpoints.

use std::collections::{BTreeMap, BTreeSet};

use super::{filter, listed};
use crate::{
    collect::{Clients, policy},
    snapshot::{Endpoint, Observed},
};

pub(super) async fn endpoints(
    clients: &Clients,
    vpcs: &BTreeSet<String>,
) -> Observed<BTreeMap<String, Endpoint>> {
    let endpoint = |endpoint: &aws_sdk_ec2::types::VpcEndpoint| {
        let groups = endpoint.groups().iter();
        let shown = Endpoint {
            service: endpoint.service_name()?.to_owned(),
            kind: endpoint
                .vpc_endpoint_type()
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
            state: endpoint
                .state()
                .map(|state| spelt_small(state.as_str()))
                .unwrap_or_default(),
            private_dns: endpoint.private_dns_enabled().unwrap_or(false),
            subnets: endpoint.subnet_ids().to_vec(),
            security_groups: groups
                .filter_map(|group| group.group_id())
                .map(ToOwned::to_owned)
                .collect(),
            route_tables: endpoint.route_table_ids().to_vec(),
            // One that nobody can read decides nothing: the endpoint is told without it.
            policy: endpoint
                .policy_document()
                .and_then(|document| policy::parse(document).ok()),
        };
        Some((endpoint.vpc_endpoint_id()?.to_owned(), shown))
    };
    let endpoints = clients
        .ec2
        .describe_vpc_endpoints()
        .filters(filter("vpc-id", vpcs))
        .into_paginator()
        .items()
        .send()
        .try_collect();
    listed("ec2:DescribeVpcEndpoints", endpoints, endpoint).await
}

/// AWS's model says `Available`, its answers say `available`.
fn spelt_small(state: &str) -> String {
    let mut letters = state.chars();
    let first = letters.next().into_iter().map(|c| c.to_ascii_lowercase());
    first.chain(letters).collect()
}
