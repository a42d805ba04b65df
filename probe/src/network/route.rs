//! Route tables: of the routes that match, the most specific decides, also where it leads nowhere.

use std::collections::BTreeMap;

use super::place::{Place, is_everything, is_public, range};
use crate::snapshot::{Observed, Route, RouteTable};

/// Where a route leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// To the addresses of the VPC itself.
    Local,
    /// To an internet gateway.
    Internet(&'a str),
    /// To a NAT gateway.
    Nat(&'a str),
    /// To a VPC endpoint.
    Endpoint(&'a str),
    /// To an instance or network interface: a NAT instance or a firewall.
    Instance(&'a str),
    /// To another network: a peering connection, a transit gateway, a VPN.
    Other(&'a str),
}

impl<'a> Target<'a> {
    /// Reads the id that a route names.
    pub fn of(id: &'a str) -> Self {
        match id.split('-').next().unwrap_or_default() {
            "local" => Self::Local,
            "igw" => Self::Internet(id),
            "nat" => Self::Nat(id),
            "vpce" => Self::Endpoint(id),
            "i" | "eni" => Self::Instance(id),
            _ => Self::Other(id),
        }
    }
}

/// The route that packets to a place take.
pub(super) fn to<'a>(
    table: &'a RouteTable,
    place: &Place,
    lists: &Observed<BTreeMap<String, Vec<String>>>,
) -> Option<&'a Route> {
    match place {
        Place::Every(wanted) | Place::One(wanted) => {
            let entries = |list: &str| lists.as_ref().ok()?.get(list);
            let length = |route: &Route| {
                let listed = entries(&route.destination).into_iter().flatten();
                listed
                    .chain([&route.destination])
                    .filter_map(|cidr| range(cidr))
                    .filter(|range| range.contains(wanted))
                    .map(|range| range.prefix_len())
                    .max()
            };
            table
                .routes
                .iter()
                .filter_map(|route| Some((length(route)?, route)))
                .max_by_key(|(length, _)| *length)
                .map(|(_, route)| route)
        }
        Place::List(id, _) => table.routes.iter().find(|route| route.destination == *id),
        Place::Internet | Place::Unknown => {
            let leads = |is: fn(&ipnet::IpNet) -> bool| {
                let matches = |route: &&Route| range(&route.destination).is_some_and(|r| is(&r));
                table.routes.iter().find(matches)
            };
            leads(is_everything).or_else(|| leads(is_public))
        }
    }
}

/// Whether the table leads to networks beyond the VPC, through which the internet may be reached too.
pub(super) fn leads_elsewhere(table: &RouteTable) -> bool {
    table.routes.iter().any(|route| {
        route.state == "active"
            && matches!(
                Target::of(&route.target),
                Target::Other(_) | Target::Instance(_)
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(routes: &[(&str, &str)]) -> RouteTable {
        let route = |(destination, target): &(&str, &str)| Route {
            destination: (*destination).into(),
            target: (*target).into(),
            state: "active".into(),
        };
        RouteTable {
            vpc: "vpc-1".into(),
            main: false,
            subnets: vec![],
            routes: routes.iter().map(route).collect(),
        }
    }

    #[test]
    fn the_most_specific_route_decides() {
        let lists = Ok(BTreeMap::from([(
            "pl-1".to_owned(),
            vec!["10.1.21.0/24".to_owned()],
        )]));
        let routes = [
            ("10.0.0.0/16", "local"),
            ("0.0.0.0/0", "nat-1"),
            ("10.1.0.0/16", "pcx-1"),
            ("pl-1", "tgw-1"),
        ];
        for (place, target) in [
            (Place::every("10.0.21.0/24"), Some("local")),
            (Place::one("10.1.9.0/24"), Some("pcx-1")),
            (Place::one("10.1.21.0/28"), Some("tgw-1")),
            (Place::one("10.2.0.0/24"), Some("nat-1")),
            (Place::one("2001:db8::/64"), None),
            (Place::List("pl-1".into(), None), Some("tgw-1")),
            (Place::List("pl-2".into(), None), None),
            (Place::Internet, Some("nat-1")),
        ] {
            let table = table(&routes);
            let found = to(&table, &place, &lists).map(|route| route.target.as_str());
            assert_eq!(found, target, "{place:?}");
        }
        let halves = table(&[("10.0.0.0/16", "local"), ("128.0.0.0/1", "nat-1")]);
        assert_eq!(
            to(&halves, &Place::Internet, &lists).unwrap().target,
            "nat-1"
        );
        let local = table(&[("10.0.0.0/16", "local")]);
        assert_eq!(to(&local, &Place::Internet, &lists), None);
    }

    #[test]
    fn a_target_is_read_from_its_id() {
        for (id, target) in [
            ("local", Target::Local),
            ("igw-1", Target::Internet("igw-1")),
            ("nat-1", Target::Nat("nat-1")),
            ("vpce-1", Target::Endpoint("vpce-1")),
            ("eni-1", Target::Instance("eni-1")),
            ("i-1", Target::Instance("i-1")),
            ("pcx-1", Target::Other("pcx-1")),
            ("tgw-1", Target::Other("tgw-1")),
        ] {
            assert_eq!(Target::of(id), target);
        }
    }
}
