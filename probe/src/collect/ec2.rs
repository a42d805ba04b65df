//! EC2: the network of each VPC that tasks, load balancers or the database stand in.

mod acls;
mod endpoints;
mod groups;
mod routes;
mod vpcs;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

use aws_sdk_ec2::{
    error::{ProvideErrorMetadata, SdkError},
    types::Filter,
};
use tokio::join;

pub(super) use groups::{prefix_lists, security_groups};
pub(super) use vpcs::vpcs_of;

use super::{Clients, failure::unobserved};
use crate::snapshot::{
    Endpoint, NatGateway, NetworkAcl, Observed, RouteTable, Subnet, Unobserved, Vpc,
};

/// What stands in some VPCs. Each part is known or unknown on its own.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) vpcs: Observed<BTreeMap<String, Vpc>>,
    pub(super) subnets: Observed<BTreeMap<String, Subnet>>,
    pub(super) route_tables: Observed<BTreeMap<String, RouteTable>>,
    pub(super) network_acls: Observed<BTreeMap<String, NetworkAcl>>,
    pub(super) nat_gateways: Observed<BTreeMap<String, NatGateway>>,
    pub(super) endpoints: Observed<BTreeMap<String, Endpoint>>,
}

/// Everything in the VPCs, in one round of calls.
pub(super) async fn network(clients: &Clients, vpcs: &BTreeSet<String>) -> Network {
    // AWS takes an empty filter for an error.
    if vpcs.is_empty() {
        return Network::empty();
    }
    let (attributes, subnets, route_tables, network_acls, nat_gateways, endpoints) = join!(
        vpcs::attributes(clients, vpcs),
        vpcs::subnets(clients, vpcs),
        routes::route_tables(clients, vpcs),
        acls::network_acls(clients, vpcs),
        routes::nat_gateways(clients, vpcs),
        endpoints::endpoints(clients, vpcs),
    );
    Network {
        vpcs: attributes,
        subnets,
        route_tables,
        network_acls,
        nat_gateways,
        endpoints,
    }
}

impl Network {
    fn empty() -> Self {
        Self {
            vpcs: Ok(BTreeMap::new()),
            subnets: Ok(BTreeMap::new()),
            route_tables: Ok(BTreeMap::new()),
            network_acls: Ok(BTreeMap::new()),
            nat_gateways: Ok(BTreeMap::new()),
            endpoints: Ok(BTreeMap::new()),
        }
    }

    /// The network of which not even the VPC is known.
    pub(super) fn unknown(why: &Unobserved) -> Self {
        Self {
            vpcs: Err(why.clone()),
            subnets: Err(why.clone()),
            route_tables: Err(why.clone()),
            network_acls: Err(why.clone()),
            nat_gateways: Err(why.clone()),
            endpoints: Err(why.clone()),
        }
    }

    /// With what is known of another one. What is not known of that does not hide this one, but is told.
    pub(super) fn with(self, far: Self) -> (Self, Vec<Unobserved>) {
        let mut unread = vec![];
        let both = Self {
            vpcs: both(self.vpcs, far.vpcs, &mut unread),
            subnets: both(self.subnets, far.subnets, &mut unread),
            route_tables: both(self.route_tables, far.route_tables, &mut unread),
            network_acls: both(self.network_acls, far.network_acls, &mut unread),
            nat_gateways: both(self.nat_gateways, far.nat_gateways, &mut unread),
            endpoints: both(self.endpoints, far.endpoints, &mut unread),
        };
        (both, unread)
    }
}

fn both<T>(
    near: Observed<BTreeMap<String, T>>,
    far: Observed<BTreeMap<String, T>>,
    unread: &mut Vec<Unobserved>,
) -> Observed<BTreeMap<String, T>> {
    let mut all = near?;
    match far {
        Ok(far) => all.extend(far),
        Err(why) => unread.push(why),
    }
    Ok(all)
}

/// What a call lists, all pages together, as the snapshot keeps it, by id; what has not even an id is left out.
async fn listed<I, T, E, R>(
    operation: &str,
    items: impl Future<Output = Result<Vec<I>, SdkError<E, R>>>,
    shown: impl Fn(&I) -> Option<(String, T)>,
) -> Observed<BTreeMap<String, T>>
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let items = items.await.map_err(|error| unobserved(operation, &error))?;
    Ok(items.iter().filter_map(shown).collect())
}

/// A filter, not a list of ids: what is gone is then left out, where a list of ids would fail as a whole.
fn filter(name: &str, values: &BTreeSet<String>) -> Filter {
    Filter::builder()
        .name(name)
        .set_values(Some(values.iter().cloned().collect()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_of_another_vpc_does_not_hide_the_near_one() {
        let why = Unobserved {
            operation: "ec2:DescribeSubnets".into(),
            code: "UnauthorizedOperation".into(),
            message: "no".into(),
        };
        let near = || Network {
            subnets: Ok([("subnet-1".to_owned(), Subnet::default())].into()),
            ..Network::empty()
        };
        let far = Network {
            subnets: Err(why.clone()),
            ..Network::empty()
        };
        let (both, unread) = near().with(far);
        assert_eq!(both.subnets, near().subnets);
        assert_eq!(unread, std::slice::from_ref(&why));
        let (both, unread) = Network::unknown(&why).with(near());
        assert_eq!((both.subnets, unread), (Err(why), vec![]));
    }
}
