//! The ways at the front: from clients to the load balancer, and from there to the tasks.

use super::{
    Goal, Kind, Passage, Path,
    group::admits_clients,
    map::{Map, not_awsvpc, not_returned},
    place::{End, Place, range},
    refusal::{Closed, Refusal},
    route::Target,
    walk::{ANYBODY, Walk, blackhole},
};
use crate::snapshot::{LoadBalancer, Observed, Service, Snapshot};

/// A path from each subnet of each load balancer of the service to each subnet of the tasks.
///
/// # Errors
/// When the service, its target groups or its load balancers were not seen.
pub fn to_tasks(snapshot: &Snapshot) -> Observed<Vec<Path>> {
    let service = snapshot.service()?;
    if service.load_balancers.is_empty() {
        return Ok(vec![]);
    }
    if service.security_groups.is_empty() {
        return Err(not_awsvpc());
    }
    let map = Map(snapshot);
    let mut paths = vec![];
    for (balancer, port) in balancers(snapshot, service)? {
        // A Network Load Balancer may have no security groups, and then is none to the tasks' rules.
        if balancer.security_groups.is_empty() {
            continue;
        }
        let place = |id: &String| {
            map.subnet(id)
                .map_or(Place::Unknown, |subnet| Place::every(&subnet.cidr))
        };
        for theirs in &balancer.subnets {
            for mine in &service.subnets {
                let (nodes, tasks) = (place(theirs), place(mine));
                let mut walk = Walk::new(map);
                let to = End {
                    groups: &service.security_groups,
                    place: tasks.clone(),
                };
                let from = End {
                    groups: &balancer.security_groups,
                    place: nodes.clone(),
                };
                walk.out_of(&balancer.security_groups, port, &to);
                walk.arrives_at(&service.security_groups, port, &from);
                if nodes == Place::Unknown || tasks == Place::Unknown {
                    let unseen =
                        not_returned("ec2:DescribeSubnets", &format!("{theirs} or {mine}"));
                    walk.hop(Kind::Acl, theirs, Passage::Unseen(unseen));
                } else {
                    walk.crosses((theirs, &nodes), (mine, &tasks), port, ANYBODY);
                    walk.routes(theirs, &tasks);
                    walk.routes(mine, &nodes);
                }
                paths.push(Path {
                    goal: Goal::Tasks {
                        balancer: balancer.name.clone(),
                        port,
                    },
                    subnet: mine.clone(),
                    endpoint: None,
                    hops: walk.hops,
                });
            }
        }
    }
    Ok(paths)
}

/// A path from clients to each listener in each subnet of each load balancer: from the internet, or, to an internal
/// one, from the VPC.
///
/// # Errors
/// When the service, its target groups, its load balancers or their listeners were not seen.
pub fn from_clients(snapshot: &Snapshot) -> Observed<Vec<Path>> {
    let service = snapshot.service()?;
    if service.load_balancers.is_empty() {
        return Ok(vec![]);
    }
    let map = Map(snapshot);
    let mut paths = vec![];
    for (balancer, _) in balancers(snapshot, service)? {
        if balancer.security_groups.is_empty() {
            continue;
        }
        let listeners = balancer.listeners.as_ref().ok_or_else(|| {
            not_returned("elasticloadbalancing:DescribeListeners", "the listeners")
        })?;
        for listener in listeners {
            for subnet in &balancer.subnets {
                paths.push(knock(map, balancer, listener.port, subnet));
            }
        }
    }
    paths.dedup();
    Ok(paths)
}

fn knock(map: Map<'_>, balancer: &LoadBalancer, port: i32, subnet: &str) -> Path {
    let is_public = balancer.scheme.as_deref() != Some("internal");
    let mut walk = Walk::new(map);
    let ids = &balancer.security_groups;
    let passage = match map.groups(ids) {
        Err(unobserved) => Passage::Unseen(unobserved),
        Ok(groups) if admits_clients(&groups, port, is_public) => Passage::Open,
        Ok(groups) => Passage::Refused(Refusal::GroupIn(Closed {
            groups: ids.clone(),
            port,
            peers: vec![],
            place: clients(map, subnet, is_public).name(),
            is_empty: groups.iter().all(|group| group.ingress.is_empty()),
        })),
    };
    walk.hop(Kind::GroupIn, ids.join(","), passage);
    let place = clients(map, subnet, is_public);
    walk.enters(subnet, (port, port), &place);
    if is_public {
        let passage = match walk.route(subnet, &Place::Internet) {
            Err(unobserved) => Passage::Unseen(unobserved),
            Ok((table, _, Some(route))) if route.state == "blackhole" => {
                Passage::Refused(blackhole(table, route))
            }
            Ok((table, _, route)) => match route.map(|route| Target::of(&route.target)) {
                Some(Target::Internet(_)) => Passage::Open,
                // A firewall may stand between the gateway and the load balancer.
                Some(Target::Endpoint(_) | Target::Instance(_) | Target::Other(_)) => {
                    Passage::Unjudged
                }
                Some(Target::Nat(_) | Target::Local) | None => Passage::Refused(Refusal::NoRoute {
                    table: table.to_owned(),
                    subnet: subnet.to_owned(),
                    destination: Place::Internet.name(),
                }),
            },
        };
        walk.hop(Kind::Route, subnet, passage);
    }
    walk.leaves(subnet, ANYBODY, &place);
    Path {
        goal: Goal::Listener {
            balancer: balancer.name.clone(),
            port,
        },
        subnet: subnet.to_owned(),
        endpoint: None,
        hops: walk.hops,
    }
}

/// Where clients are: on the internet, or somewhere in the VPC, whose range its local routes name.
fn clients(map: Map<'_>, subnet: &str, is_public: bool) -> Place {
    if is_public {
        return Place::Internet;
    }
    let local = map.table(subnet).ok().and_then(|(_, table)| {
        let local = table.routes.iter().find(|route| route.target == "local")?;
        range(&local.destination)
    });
    local.map_or(Place::Unknown, Place::One)
}

/// The load balancers in front of the service, with the port of the tasks that they send to.
fn balancers<'a>(
    snapshot: &'a Snapshot,
    service: &'a Service,
) -> Observed<Vec<(&'a LoadBalancer, i32)>> {
    let groups = snapshot.target_groups()?;
    let balancers = snapshot.load_balancers()?;
    let of = |mapping: &'a crate::snapshot::LoadBalancerMapping| {
        let arns = groups
            .get(&mapping.target_group)
            .into_iter()
            .flat_map(|group| &group.load_balancers);
        arns.filter_map(|arn| Some((balancers.get(arn)?, mapping.port)))
    };
    let mut found: Vec<_> = service.load_balancers.iter().flat_map(of).collect();
    found.dedup_by_key(|(balancer, port)| (balancer.name.clone(), *port));
    Ok(found)
}
