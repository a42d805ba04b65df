//! VPCs and their subnets.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::VpcAttributeName;
use futures::future::{try_join, try_join_all};

use super::{filter, listed};
use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Observed, Service, Subnet, Unobserved, Vpc},
};

/// The VPCs that the service's subnets belong to.
pub(in crate::collect) async fn vpcs_of(
    clients: &Clients,
    service: Result<&Service, &Unobserved>,
) -> Observed<BTreeSet<String>> {
    let service = service.map_err(Clone::clone)?;
    if service.subnets.is_empty() {
        return Ok(BTreeSet::new());
    }
    let ids = service.subnets.iter().cloned().collect();
    let subnets = describe(clients, "subnet-id", &ids).await?;
    Ok(subnets.into_values().map(|subnet| subnet.vpc).collect())
}

pub(super) async fn subnets(
    clients: &Clients,
    vpcs: &BTreeSet<String>,
) -> Observed<BTreeMap<String, Subnet>> {
    describe(clients, "vpc-id", vpcs).await
}

async fn describe(
    clients: &Clients,
    name: &str,
    values: &BTreeSet<String>,
) -> Observed<BTreeMap<String, Subnet>> {
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
    let subnets = clients
        .ec2
        .describe_subnets()
        .filters(filter(name, values))
        .into_paginator()
        .items()
        .send()
        .try_collect();
    listed("ec2:DescribeSubnets", subnets, subnet).await
}

/// The DNS settings of each VPC; AWS gives one of them a call.
pub(super) async fn attributes(
    clients: &Clients,
    vpcs: &BTreeSet<String>,
) -> Observed<BTreeMap<String, Vpc>> {
    let ask = |vpc: &str, attribute: VpcAttributeName| {
        let call = clients
            .ec2
            .describe_vpc_attribute()
            .vpc_id(vpc)
            .attribute(attribute)
            .send();
        async move {
            call.await
                .map_err(|error| unobserved("ec2:DescribeVpcAttribute", &error))
        }
    };
    let vpc = |id: &String| {
        let (support, hostnames) = (
            ask(id, VpcAttributeName::EnableDnsSupport),
            ask(id, VpcAttributeName::EnableDnsHostnames),
        );
        let id = id.clone();
        async move {
            let (support, hostnames) = try_join(support, hostnames).await?;
            let shown = Vpc {
                dns_support: support
                    .enable_dns_support()
                    .and_then(|value| value.value())
                    .unwrap_or(false),
                dns_hostnames: hostnames
                    .enable_dns_hostnames()
                    .and_then(|value| value.value())
                    .unwrap_or(false),
            };
            Ok((id, shown))
        }
    };
    Ok(try_join_all(vpcs.iter().map(vpc))
        .await?
        .into_iter()
        .collect())
}
