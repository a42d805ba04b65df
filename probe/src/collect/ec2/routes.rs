//! Route tables and NAT gateways.

use std::collections::{BTreeMap, BTreeSet};

use super::{filter, listed};
use crate::{
    collect::Clients,
    snapshot::{NatGateway, Observed, Route, RouteTable},
};

pub(super) async fn route_tables(
    clients: &Clients,
    vpcs: &BTreeSet<String>,
) -> Observed<BTreeMap<String, RouteTable>> {
    let table = |table: &aws_sdk_ec2::types::RouteTable| {
        let associations = table.associations();
        let mut subnets: Vec<String> = associations
            .iter()
            .filter_map(|association| association.subnet_id())
            .map(ToOwned::to_owned)
            .collect();
        subnets.sort();
        let shown = RouteTable {
            vpc: table.vpc_id()?.to_owned(),
            main: associations
                .iter()
                .any(|association| association.main().unwrap_or(false)),
            subnets,
            routes: table.routes().iter().filter_map(route).collect(),
        };
        Some((table.route_table_id()?.to_owned(), shown))
    };
    let tables = clients
        .ec2
        .describe_route_tables()
        .filters(filter("vpc-id", vpcs))
        .into_paginator()
        .items()
        .send()
        .try_collect();
    listed("ec2:DescribeRouteTables", tables, table).await
}

fn route(route: &aws_sdk_ec2::types::Route) -> Option<Route> {
    let destination = route
        .destination_cidr_block()
        .or(route.destination_ipv6_cidr_block())
        .or(route.destination_prefix_list_id())?;
    // A NAT instance has an instance id and a network interface; the interface is what the route leads to.
    let target = route
        .nat_gateway_id()
        .or(route.transit_gateway_id())
        .or(route.vpc_peering_connection_id())
        .or(route.egress_only_internet_gateway_id())
        .or(route.network_interface_id())
        .or(route.instance_id())
        .or(route.local_gateway_id())
        .or(route.carrier_gateway_id())
        .or(route.core_network_arn())
        .or(route.gateway_id())
        .unwrap_or("unknown");
    Some(Route {
        destination: destination.to_owned(),
        target: target.to_owned(),
        state: route
            .state()
            .map_or("active", |state| state.as_str())
            .to_owned(),
    })
}

pub(super) async fn nat_gateways(
    clients: &Clients,
    vpcs: &BTreeSet<String>,
) -> Observed<BTreeMap<String, NatGateway>> {
    let gateway = |gateway: &aws_sdk_ec2::types::NatGateway| {
        let failure = gateway.failure_message().or(gateway.failure_code());
        let shown = NatGateway {
            state: gateway
                .state()
                .map(|state| state.as_str().to_owned())
                .unwrap_or_default(),
            subnet: gateway.subnet_id().map(ToOwned::to_owned),
            connectivity: gateway
                .connectivity_type()
                .map_or("public", |kind| kind.as_str())
                .to_owned(),
            failure: failure.map(Into::into),
        };
        Some((gateway.nat_gateway_id()?.to_owned(), shown))
    };
    let gateways = clients
        .ec2
        .describe_nat_gateways()
        .filter(filter("vpc-id", vpcs))
        .into_paginator()
        .items()
        .send()
        .try_collect();
    listed("ec2:DescribeNatGateways", gateways, gateway).await
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{Route as SdkRoute, RouteState};

    #[test]
    fn a_route_leads_from_any_kind_of_destination_to_any_kind_of_target() {
        let shown = |route: SdkRoute| {
            let route = super::route(&route).unwrap();
            (route.destination, route.target, route.state)
        };
        let owned = |parts: [&str; 3]| {
            let [destination, target, state] = parts.map(ToOwned::to_owned);
            (destination, target, state)
        };
        let to_all = || SdkRoute::builder().destination_cidr_block("0.0.0.0/0");
        let nat = to_all()
            .nat_gateway_id("nat-1")
            .state(RouteState::Blackhole);
        assert_eq!(
            shown(nat.build()),
            owned(["0.0.0.0/0", "nat-1", "blackhole"])
        );
        let instance = to_all().instance_id("i-1").network_interface_id("eni-1");
        assert_eq!(
            shown(instance.build()),
            owned(["0.0.0.0/0", "eni-1", "active"])
        );
        let endpoint = SdkRoute::builder()
            .destination_prefix_list_id("pl-1")
            .gateway_id("vpce-1");
        assert_eq!(shown(endpoint.build()), owned(["pl-1", "vpce-1", "active"]));
        let six = SdkRoute::builder()
            .destination_ipv6_cidr_block("::/0")
            .egress_only_internet_gateway_id("eigw-1");
        assert_eq!(shown(six.build()), owned(["::/0", "eigw-1", "active"]));
    }
}
