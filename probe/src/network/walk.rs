//! Walks a path: each step adds the hop that it met and what that hop says.

use super::{
    Hop, Kind, Passage,
    acl::decide,
    group::{lets_in, lets_out},
    map::Map,
    place::{End, Place},
    refusal::{Closed, Denied, Refusal},
    route::{self, Target},
};
use crate::snapshot::{Observed, Route, RouteTable};

/// Ports from which Linux, and so Fargate, opens connections.
pub(super) const TASK: (i32, i32) = (32768, 60999);
/// Ports from which load balancers, NAT gateways and clients of any kind open connections.
pub(super) const ANYBODY: (i32, i32) = (1024, 65535);

pub(super) struct Walk<'a> {
    pub(super) map: Map<'a>,
    pub(super) hops: Vec<Hop>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(map: Map<'a>) -> Self {
        Self { map, hops: vec![] }
    }

    pub(super) fn hop(&mut self, kind: Kind, at: impl Into<String>, passage: Passage) {
        let at = at.into();
        self.hops.push(Hop { kind, at, passage });
    }

    /// Out of the sender's security groups.
    pub(super) fn out_of(&mut self, groups: &[String], port: i32, peer: &End<'_>) {
        self.group(Kind::GroupOut, groups, port, peer);
    }

    /// Into the receiver's security groups.
    pub(super) fn arrives_at(&mut self, groups: &[String], port: i32, peer: &End<'_>) {
        self.group(Kind::GroupIn, groups, port, peer);
    }

    fn group(&mut self, kind: Kind, ids: &[String], port: i32, peer: &End<'_>) {
        let lists = &self.map.0.prefix_lists;
        let known = self.map.groups(ids);
        let judged = known.and_then(|groups| {
            let open = match kind {
                Kind::GroupOut => lets_out(&groups, port, peer, lists),
                _ => lets_in(&groups, port, peer, lists),
            }?;
            let rules = |group: &&crate::snapshot::SecurityGroup| match kind {
                Kind::GroupOut => group.egress.len(),
                _ => group.ingress.len(),
            };
            let closed = || Closed {
                groups: ids.to_vec(),
                port,
                peers: peer.groups.to_vec(),
                place: peer.place.name(),
                is_empty: groups.iter().map(rules).sum::<usize>() == 0,
            };
            Ok(match (open, kind) {
                (true, _) => Passage::Open,
                (false, Kind::GroupOut) => Passage::Refused(Refusal::GroupOut(closed())),
                (false, _) => Passage::Refused(Refusal::GroupIn(closed())),
            })
        });
        self.hop(kind, ids.join(","), judged.unwrap_or_else(Passage::Unseen));
    }

    /// Out of a subnet, past its network ACL.
    pub(super) fn leaves(&mut self, subnet: &str, ports: (i32, i32), place: &Place) {
        self.acl(subnet, true, ports, place);
    }

    /// Into a subnet, past its network ACL.
    pub(super) fn enters(&mut self, subnet: &str, ports: (i32, i32), place: &Place) {
        self.acl(subnet, false, ports, place);
    }

    fn acl(&mut self, subnet: &str, egress: bool, ports: (i32, i32), place: &Place) {
        match self.map.acl(subnet) {
            Err(unobserved) => self.hop(Kind::Acl, subnet, Passage::Unseen(unobserved)),
            Ok((id, acl)) => {
                let entries = if egress { &acl.egress } else { &acl.ingress };
                let passage = match decide(entries, ports, place) {
                    Ok(()) => Passage::Open,
                    Err(rule) => Passage::Refused(Refusal::Acl(Denied {
                        acl: id.to_owned(),
                        subnet: subnet.to_owned(),
                        egress,
                        ports,
                        place: place.name(),
                        rule,
                    })),
                };
                self.hop(Kind::Acl, id, passage);
            }
        }
    }

    /// From one subnet to another and back, past the ACLs of both; within one subnet none stands in the way.
    pub(super) fn crosses(
        &mut self,
        (from, sender): (&str, &Place),
        (to, receiver): (&str, &Place),
        port: i32,
        ephemeral: (i32, i32),
    ) {
        if from == to {
            return;
        }
        self.leaves(from, (port, port), receiver);
        self.enters(to, (port, port), sender);
        self.leaves(to, ephemeral, sender);
        self.enters(from, ephemeral, receiver);
    }

    /// Along the route table of a subnet to another private place.
    pub(super) fn routes(&mut self, subnet: &str, place: &Place) {
        let passage = match self.route(subnet, place) {
            Err(unobserved) => Passage::Unseen(unobserved),
            Ok((table, _, None)) => Passage::Refused(Refusal::NoRoute {
                table: table.to_owned(),
                subnet: subnet.to_owned(),
                destination: place.name(),
            }),
            Ok((table, _, Some(route))) if route.state == "blackhole" => {
                Passage::Refused(blackhole(table, route))
            }
            Ok((table, _, Some(route))) => match Target::of(&route.target) {
                Target::Local => Passage::Open,
                // Private addresses do not exist on the internet.
                Target::Internet(_) | Target::Nat(_) if route.destination != "0.0.0.0/0" => {
                    Passage::Refused(Refusal::Misrouted {
                        table: table.to_owned(),
                        destination: route.destination.clone(),
                        target: route.target.clone(),
                    })
                }
                Target::Internet(_) | Target::Nat(_) => Passage::Refused(Refusal::NoRoute {
                    table: table.to_owned(),
                    subnet: subnet.to_owned(),
                    destination: place.name(),
                }),
                Target::Endpoint(_) | Target::Instance(_) | Target::Other(_) => Passage::Unjudged,
            },
        };
        self.hop(Kind::Route, subnet, passage);
    }

    pub(super) fn route(
        &self,
        subnet: &str,
        place: &Place,
    ) -> Observed<(&'a str, &'a RouteTable, Option<&'a Route>)> {
        let (id, table) = self.map.table(subnet)?;
        Ok((id, table, route::to(table, place, &self.map.0.prefix_lists)))
    }
}

pub(super) fn blackhole(table: &str, route: &Route) -> Refusal {
    Refusal::Blackhole {
        table: table.to_owned(),
        destination: route.destination.clone(),
        target: route.target.clone(),
    }
}
