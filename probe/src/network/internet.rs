//! The way from a subnet to the internet: by an internet gateway and a public address, or by a NAT gateway.

use super::{
    Kind, Passage,
    place::Place,
    refusal::Refusal,
    route::{self, Target},
    walk::{ANYBODY, TASK, Walk, blackhole},
};
use crate::snapshot::Observed;

impl Walk<'_> {
    /// From a task in `subnet` to a public address, and back.
    pub(super) fn goes_online(&mut self, subnet: &str, port: i32, has_public_ip: bool) {
        self.leaves(subnet, (port, port), &Place::Internet);
        match self.way_out(subnet, has_public_ip) {
            Ok((table, passage, nat)) => {
                self.hop(Kind::Route, table, passage);
                if let Some(nat) = nat {
                    self.through(&nat, subnet, &table_of(self, subnet), port);
                }
            }
            Err(unobserved) => self.hop(Kind::Route, subnet, Passage::Unseen(unobserved)),
        }
        self.enters(subnet, TASK, &Place::Internet);
    }

    /// Where the route table leads, and the NAT gateway that it leads to.
    fn way_out(
        &self,
        subnet: &str,
        has_public_ip: bool,
    ) -> Observed<(String, Passage, Option<String>)> {
        let (id, table, route) = self.route(subnet, &Place::Internet)?;
        let id = id.to_owned();
        let Some(route) = route else {
            // Elsewhere somebody may share endpoints or a way out.
            let passage = match route::leads_elsewhere(table) {
                true => Passage::Unjudged,
                false => Passage::Refused(Refusal::NoRoute {
                    table: id.clone(),
                    subnet: subnet.to_owned(),
                    destination: Place::Internet.name(),
                }),
            };
            return Ok((id, passage, None));
        };
        if route.state == "blackhole" {
            let refusal = blackhole(&id, route);
            return Ok((id, Passage::Refused(refusal), None));
        }
        Ok(match Target::of(&route.target) {
            Target::Nat(nat) => (id, Passage::Open, Some(nat.to_owned())),
            Target::Internet(_) if has_public_ip => (id, Passage::Open, None),
            Target::Internet(gateway) => {
                let refusal = Refusal::NoPublicAddress {
                    table: id.clone(),
                    subnet: subnet.to_owned(),
                    gateway: gateway.to_owned(),
                };
                (id, Passage::Refused(refusal), None)
            }
            Target::Local => (id, Passage::Open, None),
            Target::Endpoint(_) | Target::Instance(_) | Target::Other(_) => {
                (id, Passage::Unjudged, None)
            }
        })
    }

    /// Through a NAT gateway, which stands in a subnet of its own.
    fn through(&mut self, nat: &str, subnet: &str, table: &str, port: i32) {
        let gateways = match self.map.0.nat_gateways() {
            Ok(gateways) => gateways,
            Err(unobserved) => return self.hop(Kind::Nat, nat, Passage::Unseen(unobserved)),
        };
        let (nat_id, table) = (nat.to_owned(), table.to_owned());
        let unavailable = |state: &str, failure: Option<String>| {
            Passage::Refused(Refusal::NatUnavailable {
                nat: nat_id.clone(),
                state: state.to_owned(),
                failure,
                table: table.clone(),
            })
        };
        let Some(gateway) = gateways.get(nat) else {
            return self.hop(Kind::Nat, nat, unavailable("deleted", None));
        };
        if gateway.state != "available" {
            let failure = gateway.failure.as_deref().map(ToOwned::to_owned);
            return self.hop(Kind::Nat, nat, unavailable(&gateway.state, failure));
        }
        let Some(own) = &gateway.subnet else {
            return self.hop(Kind::Nat, nat, Passage::Open); // a regional one has no subnet that could be wrong
        };
        let passage = match self.route(own, &Place::Internet) {
            Err(unobserved) => Passage::Unseen(unobserved),
            Ok((own_table, _, route)) => {
                let target = route
                    .filter(|route| route.state != "blackhole")
                    .map(|route| Target::of(&route.target));
                match (target, gateway.connectivity.as_str()) {
                    (Some(Target::Internet(_)), "private") => {
                        Passage::Refused(Refusal::NatPrivate {
                            nat: nat_id.clone(),
                            table: table.clone(),
                        })
                    }
                    (Some(Target::Internet(_)), _) => Passage::Open,
                    (Some(Target::Endpoint(_) | Target::Instance(_) | Target::Other(_)), _) => {
                        Passage::Unjudged
                    }
                    (Some(Target::Nat(_) | Target::Local) | None, _) => {
                        Passage::Refused(Refusal::NatUnrouted {
                            nat: nat_id.clone(),
                            subnet: own.clone(),
                            table: own_table.to_owned(),
                        })
                    }
                }
            }
        };
        self.hop(Kind::Nat, nat, passage);
        if own != subnet {
            let tasks = self
                .map
                .subnet(subnet)
                .map_or(Place::Unknown, |subnet| Place::every(&subnet.cidr));
            self.enters(own, (port, port), &tasks);
            self.leaves(own, (port, port), &Place::Internet);
            self.enters(own, ANYBODY, &Place::Internet);
            self.leaves(own, TASK, &tasks);
        }
    }
}

fn table_of(walk: &Walk<'_>, subnet: &str) -> String {
    walk.map
        .table(subnet)
        .map(|(id, _)| id.to_owned())
        .unwrap_or_default()
}
