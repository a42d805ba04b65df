//! The ways of a starting task to the APIs of AWS and to registries, from each subnet of the service.

mod endpoints;

use super::{
    Goal, Hop, Kind, Passage, Path,
    map::{Map, not_awsvpc},
    need::{Need, needs},
    place::{End, Place},
    refusal::Refusal,
    walk::Walk,
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
                path.hops.push(Hop {
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

    fn path(&self, need: &Need, endpoint: Option<&str>, walk: Walk<'_>) -> Path {
        Path {
            goal: Goal::Start(need.clone()),
            subnet: self.subnet.to_owned(),
            endpoint: endpoint.map(ToOwned::to_owned),
            hops: walk.hops,
        }
    }
}
