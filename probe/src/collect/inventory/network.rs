//! NAT gateways, addresses, endpoints, VPCs, and the interfaces that keep a VPC from being deleted.

use aws_sdk_ec2::types::{Filter, NatGateway, NetworkInterface, VpcEndpoint, VpcEndpointType};
use tokio::join;

use super::{Found, Ours, holding};
use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Holding, Kind, Mark, Unit},
};

pub(super) async fn found(clients: &Clients, ours: Ours<'_>) -> Vec<(Kind, Found)> {
    let tag = Filter::builder()
        .name("tag:Project")
        .values(ours.prefix)
        .build();
    let places = async {
        let vpcs = vpcs(clients, tag.clone()).await;
        let interfaces = match &vpcs {
            Ok(vpcs) => interfaces(clients, vpcs).await,
            Err(why) => Err(why.clone()),
        };
        (vpcs, interfaces)
    };
    let (gateways, addresses, endpoints, (vpcs, interfaces)) = join!(
        gateways(clients, tag.clone()),
        addresses(clients, tag.clone()),
        endpoints(clients, tag.clone()),
        places,
    );
    vec![
        (Kind::NatGateway, gateways),
        (Kind::Address, addresses),
        (Kind::Endpoint, endpoints),
        (Kind::Interface, interfaces),
        (Kind::Vpc, vpcs),
    ]
}

async fn gateways(clients: &Clients, tag: Filter) -> Found {
    let all: Vec<NatGateway> = clients
        .ec2
        .describe_nat_gateways()
        .filter(tag)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("ec2:DescribeNatGateways", &error))?;
    let state = |gateway: &NatGateway| gateway.state().map(|state| state.as_str().to_owned());
    let alive = all.iter().filter(|gateway| {
        let state = state(gateway);
        !matches!(state.as_deref(), Some("deleted" | "deleting"))
    });
    Ok(alive
        .map(|gateway| Holding {
            amounts: vec![(Unit::NatGateway, 1.0)],
            marks: state(gateway)
                .filter(|state| state != "available")
                .map(Mark::State)
                .into_iter()
                .collect(),
            ..holding(gateway.nat_gateway_id())
        })
        .collect())
}

async fn addresses(clients: &Clients, tag: Filter) -> Found {
    let answer = clients
        .ec2
        .describe_addresses()
        .filters(tag)
        .send()
        .await
        .map_err(|error| unobserved("ec2:DescribeAddresses", &error))?;
    let shown = answer.addresses().iter().map(|address| {
        let ip = address.public_ip().map(|ip| Mark::Detail(ip.to_owned()));
        let idle = address.association_id().is_none().then_some(Mark::Idle);
        Holding {
            amounts: vec![(Unit::PublicAddress, 1.0)],
            marks: ip.into_iter().chain(idle).collect(),
            ..holding(address.allocation_id())
        }
    });
    Ok(shown.collect())
}

async fn endpoints(clients: &Clients, tag: Filter) -> Found {
    let all: Vec<VpcEndpoint> = clients
        .ec2
        .describe_vpc_endpoints()
        .filters(tag)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("ec2:DescribeVpcEndpoints", &error))?;
    let alive = all.iter().filter(|endpoint| {
        let state = endpoint.state().map(|state| state.as_str().to_lowercase());
        !matches!(state.as_deref(), Some("deleted" | "deleting"))
    });
    let shown = alive.map(|endpoint| {
        let zones = endpoint.subnet_ids().len() as f64;
        // One for S3 or DynamoDB that is an entry of the route tables costs nothing.
        let billed = endpoint.vpc_endpoint_type() == Some(&VpcEndpointType::Interface);
        let service = endpoint.service_name();
        Holding {
            amounts: billed
                .then_some((Unit::EndpointZone, zones))
                .into_iter()
                .collect(),
            marks: service
                .map(|name| Mark::Detail(name.to_owned()))
                .into_iter()
                .collect(),
            ..holding(endpoint.vpc_endpoint_id())
        }
    });
    Ok(shown.collect())
}

async fn vpcs(clients: &Clients, tag: Filter) -> Found {
    let all: Vec<aws_sdk_ec2::types::Vpc> = clients
        .ec2
        .describe_vpcs()
        .filters(tag)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("ec2:DescribeVpcs", &error))?;
    Ok(all.iter().map(|vpc| holding(vpc.vpc_id())).collect())
}

/// The interfaces in our VPCs that nothing holds: those of tasks, load balancers and databases go with these.
async fn interfaces(clients: &Clients, vpcs: &[Holding]) -> Found {
    if vpcs.is_empty() {
        return Ok(vec![]);
    }
    let ids = vpcs.iter().map(|vpc| vpc.id.clone()).collect();
    let within = Filter::builder()
        .name("vpc-id")
        .set_values(Some(ids))
        .build();
    let all: Vec<NetworkInterface> = clients
        .ec2
        .describe_network_interfaces()
        .filters(within)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("ec2:DescribeNetworkInterfaces", &error))?;
    let loose = all.iter().filter(|interface| {
        let status = interface.status().map(|status| status.as_str());
        status == Some("available") && interface.attachment().is_none()
    });
    let shown = loose.map(|interface| {
        let words = interface.description().filter(|words| !words.is_empty());
        Holding {
            marks: words
                .map(|words| Mark::Detail(words.to_owned()))
                .into_iter()
                .collect(),
            ..holding(interface.network_interface_id())
        }
    });
    Ok(shown.collect())
}
