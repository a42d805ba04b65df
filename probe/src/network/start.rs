//! The ways of a starting task to the APIs of AWS and to registries, from each subnet of the service.

use super::{
    Goal, Kind, Passage, Path, best,
    map::{Map, not_awsvpc},
    need::{Need, needs},
    place::{End, Place, range},
    policy::allows,
    refusal::{EndpointFault, Refusal},
    route::Target,
    walk::{TASK, Walk, blackhole},
};
use crate::snapshot::{Endpoint, Observed, Service, Snapshot};

const HTTPS: i32 = 443;

/// A path for each need of a starting task and each subnet of the service.
///
/// # Errors
/// When the service, its task definition or a subnet of it was not seen.
pub fn at_start(snapshot: &Snapshot) -> Observed<Vec<Path>> {
    let service = snapshot.service()?;
    let definition = snapshot.task_definition()?;
    let needs = needs(snapshot, service, definition);
    if service.security_groups.is_empty() && !needs.is_empty() {
        return Err(not_awsvpc());
    }
    let map = Map(snapshot);
    let mut paths = vec![];
    for subnet in &service.subnets {
        for need in &needs {
            let from = Start {
                map,
                service,
                subnet,
                vpc: &map.subnet(subnet)?.vpc,
                tasks: Place::every(&map.subnet(subnet)?.cidr),
            };
            paths.push(from.path_to(need));
        }
    }
    name_missing_gateways(map, &mut paths);
    Ok(paths)
}

fn is_unrouted(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NoRoute { .. } | Refusal::NoPublicAddress { .. }
    )
}

/// Puts one refusal in the place of a missing route.
fn replace(path: &mut Path, kind: Kind, refusal: &Refusal) {
    for hop in &mut path.hops {
        if matches!(&hop.passage, Passage::Refused(old) if is_unrouted(old)) {
            (hop.kind, hop.passage) = (kind, Passage::Refused(refusal.clone()));
        }
    }
}

/// Where the registry can be reached and the layers cannot, not the internet is missing but the gateway endpoint.
fn name_missing_gateways(map: Map<'_>, paths: &mut [Path]) {
    let has_registry: Vec<String> = paths
        .iter()
        .filter(|path| matches!(&path.goal, Goal::Start(Need::Aws { api: "ecr.dkr", .. })))
        .filter(|path| !path.refusals().any(is_unrouted))
        .map(|path| path.subnet.clone())
        .collect();
    for path in paths {
        let Goal::Start(need) = &path.goal else {
            continue;
        };
        let Ok((table, found)) = map.table(&path.subnet) else {
            continue;
        };
        if !need.is_layers() || !has_registry.contains(&path.subnet) {
            continue;
        }
        let name = need.endpoint_service();
        let tables = map.0.route_tables().ok();
        let is_here = |endpoint: &Endpoint| {
            let vpc = |id: &String| Some(&tables?.get(id)?.vpc);
            endpoint
                .route_tables
                .iter()
                .all(|id| vpc(id) == Some(&found.vpc))
        };
        let mut endpoints = map.0.endpoints().into_iter().flatten();
        let endpoint = endpoints
            .find(|(_, e)| Some(&e.service) == name.as_ref() && e.kind == "Gateway" && is_here(e))
            .map(|(id, _)| id.clone());
        let table = table.to_owned();
        replace(
            path,
            Kind::Route,
            &Refusal::LayersUnrouted { table, endpoint },
        );
    }
}

struct Start<'a> {
    map: Map<'a>,
    service: &'a Service,
    subnet: &'a str,
    vpc: &'a str,
    tasks: Place,
}

impl<'a> Start<'a> {
    fn path_to(&self, need: &Need) -> Path {
        let Some(name) = need.endpoint_service() else {
            return self.online(need);
        };
        let endpoints = match self.map.0.endpoints() {
            Ok(endpoints) => endpoints,
            Err(unobserved) => {
                let mut path = self.online(need);
                // An endpoint may open what the internet closes, and close what it opens.
                path.hops
                    .retain(|hop| hop.kind != Kind::Route && hop.kind != Kind::Nat);
                path.hops.push(super::Hop {
                    kind: Kind::Endpoint,
                    at: name,
                    passage: Passage::Unseen(unobserved),
                });
                return path;
            }
        };
        let mine = || {
            endpoints
                .iter()
                .filter(|(_, endpoint)| endpoint.service == name && self.is_here(endpoint))
        };
        if need.is_layers()
            && let Some(path) = self.by_gateway(need, mine().filter(|(_, e)| e.kind == "Gateway"))
        {
            return path;
        }
        let interfaces: Vec<_> = mine().filter(|(_, e)| e.kind == "Interface").collect();
        let usable = interfaces
            .iter()
            .find(|(_, endpoint)| self.fault_of(endpoint).is_none());
        if let Some((id, endpoint)) = usable {
            return self.by_interface(need, id, endpoint);
        }
        let mut path = self.online(need);
        if path.refusals().any(is_unrouted) {
            // Without a way to the internet, an endpoint that is there was meant to be used.
            let meant = interfaces
                .iter()
                .find_map(|(id, endpoint)| Some((*id, self.fault_of(endpoint)?)));
            if let Some((id, fault)) = meant {
                let id = id.clone();
                path.endpoint = Some(id.clone());
                replace(&mut path, Kind::Endpoint, &Refusal::Endpoint { id, fault });
            }
        }
        path
    }

    /// Endpoints are collected for all VPCs of a snapshot.
    fn is_here(&self, endpoint: &Endpoint) -> bool {
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
    fn fault_of(&self, endpoint: &Endpoint) -> Option<EndpointFault> {
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

    fn online(&self, need: &Need) -> Path {
        let mut walk = Walk::new(self.map);
        let internet = End {
            groups: &[],
            place: Place::Internet,
        };
        walk.out_of(&self.service.security_groups, HTTPS, &internet);
        walk.goes_online(self.subnet, HTTPS, self.service.assign_public_ip);
        self.path(need, None, walk)
    }

    fn by_interface(&self, need: &Need, id: &str, endpoint: &Endpoint) -> Path {
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
    fn by_gateway<'e>(
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

    fn path(&self, need: &Need, endpoint: Option<&str>, walk: Walk<'_>) -> Path {
        Path {
            goal: Goal::Start(need.clone()),
            subnet: self.subnet.to_owned(),
            endpoint: endpoint.map(ToOwned::to_owned),
            hops: walk.hops,
        }
    }
}
