//! The ways of a starting task through VPC endpoints.

use super::{HTTPS, Start};
use crate::{
    network::{
        EndpointFault, Kind, Need, Passage, Path, Refusal, Target, best,
        place::{End, Place, range},
        policy::allows,
        walk::{TASK, Walk, blackhole},
    },
    snapshot::Endpoint,
};

impl Start<'_> {
    /// Endpoints are collected for all VPCs of a snapshot.
    pub(super) fn is_here(&self, endpoint: &Endpoint) -> bool {
        let Ok(subnets) = self.map.0.subnets() else {
            return true;
        };
        let tables = self.map.0.route_tables();
        let in_vpc = endpoint
            .subnets
            .iter()
            .filter_map(|id| Some(&subnets.get(id)?.vpc))
            .chain(
                endpoint
                    .route_tables
                    .iter()
                    .filter_map(|id| Some(&tables.as_ref().ok()?.get(id)?.vpc)),
            )
            .collect::<Vec<_>>();
        in_vpc.is_empty() || in_vpc.iter().any(|vpc| *vpc == self.vpc)
    }

    /// Why the service's name does not resolve to the endpoint.
    pub(super) fn fault_of(&self, endpoint: &Endpoint) -> Option<EndpointFault> {
        if endpoint.state != "available" {
            return Some(EndpointFault::State(endpoint.state.clone()));
        }
        if !endpoint.private_dns {
            return Some(EndpointFault::PrivateDns);
        }
        if endpoint.subnets.is_empty() {
            return Some(EndpointFault::NoInterface);
        }
        let vpc = self.map.0.vpcs().ok()?.get(self.vpc)?;
        (!vpc.dns_support || !vpc.dns_hostnames).then(|| EndpointFault::VpcDns(self.vpc.to_owned()))
    }

    pub(super) fn by_interface(&self, need: &Need, id: &str, endpoint: &Endpoint) -> Path {
        let through = |subnet: &String| {
            let place = self
                .map
                .subnet(subnet)
                .map_or(Place::Unknown, |subnet| Place::one(&subnet.cidr));
            let mut walk = Walk::new(self.map);
            let theirs = End {
                groups: &endpoint.security_groups,
                place: place.clone(),
            };
            let tasks = End {
                groups: &self.service.security_groups,
                place: self.tasks.clone(),
            };
            walk.out_of(&self.service.security_groups, HTTPS, &theirs);
            walk.arrives_at(&endpoint.security_groups, HTTPS, &tasks);
            walk.crosses((self.subnet, &self.tasks), (subnet, &place), HTTPS, TASK);
            self.asks(&mut walk, need, id, endpoint);
            self.path(need, Some(id), walk)
        };
        best(endpoint.subnets.iter().map(through).collect())
            .unwrap_or_else(|| self.path(need, Some(id), Walk::new(self.map)))
    }

    /// By a gateway endpoint, where the route table leads to one.
    pub(super) fn by_gateway<'e>(
        &self,
        need: &Need,
        mut gateways: impl Iterator<Item = (&'e String, &'e Endpoint)>,
    ) -> Option<Path> {
        let (table_id, table) = self.map.table(self.subnet).ok()?;
        let leads = |id: &str| table.routes.iter().find(|route| route.target == id);
        let found = gateways.find(|(id, endpoint)| {
            leads(id).is_some() || endpoint.route_tables.iter().any(|table| table == table_id)
        });
        let Some((id, endpoint)) = found else {
            // A route to an endpoint that is gone swallows what it leads to.
            let lost = table.routes.iter().find(|route| {
                route.state == "blackhole"
                    && route.destination.starts_with("pl-")
                    && matches!(Target::of(&route.target), Target::Endpoint(_))
            })?;
            let mut walk = Walk::new(self.map);
            let refusal = blackhole(table_id, lost);
            walk.hop(Kind::Route, table_id, Passage::Refused(refusal));
            return Some(self.path(need, None, walk));
        };
        let mut walk = Walk::new(self.map);
        let place = match leads(id) {
            Some(route) => {
                let lists = self.map.0.prefix_lists.as_ref().ok();
                let entries = lists.and_then(|lists| lists.get(&route.destination));
                let ranges = |list: &Vec<String>| list.iter().filter_map(|c| range(c)).collect();
                Place::List(route.destination.clone(), entries.map(ranges))
            }
            None => Place::Internet,
        };
        let s3 = End {
            groups: &[],
            place: place.clone(),
        };
        walk.out_of(&self.service.security_groups, HTTPS, &s3);
        walk.leaves(self.subnet, (HTTPS, HTTPS), &place);
        match leads(id).filter(|route| route.state == "blackhole") {
            Some(route) => {
                let refusal = blackhole(table_id, route);
                walk.hop(Kind::Route, table_id, Passage::Refused(refusal));
            }
            None => walk.hop(Kind::Route, table_id, Passage::Open),
        }
        if endpoint.state == "available" {
            self.asks(&mut walk, need, id, endpoint);
        } else {
            let fault = EndpointFault::State(endpoint.state.clone());
            let id = id.clone();
            walk.hop(
                Kind::Endpoint,
                id.clone(),
                Passage::Refused(Refusal::Endpoint { id, fault }),
            );
        }
        walk.enters(self.subnet, TASK, &place);
        Some(self.path(need, Some(id), walk))
    }

    /// Past the endpoint's policy.
    fn asks(&self, walk: &mut Walk<'_>, need: &Need, id: &str, endpoint: &Endpoint) {
        let Need::Aws {
            action, resource, ..
        } = need
        else {
            return;
        };
        let open = endpoint
            .policy
            .as_ref()
            .is_none_or(|policy| allows(policy, action, resource));
        let passage = match open {
            true => Passage::Open,
            false => Passage::Refused(Refusal::Endpoint {
                id: id.to_owned(),
                fault: EndpointFault::Policy {
                    action: (*action).to_owned(),
                    resource: resource.clone(),
                },
            }),
        };
        walk.hop(Kind::Endpoint, id, passage);
    }
}
