//! The network's paths in the healthy stack, with each hop broken once.

mod acls;
mod allowing;
mod database;
mod endpoints;
mod groups;
mod routes;

use probe::{
    diagnose::diagnose,
    network::{Hop, Passage, Path, at_start, from_clients, to_database, to_tasks},
    snapshot::{AclEntry, Route, RouteTable, SecurityGroup, Snapshot},
};

use crate::{causes, healthy};

const ALB: &str = "sg-0a000000000000001";
const DATABASE: &str = "sg-0a000000000000002";
const TASK: &str = "sg-0a000000000000003";
const PUBLIC: &str = "rtb-0a000000000000001";
const PRIVATE: &str = "rtb-0a000000000000002";
const DATA: &str = "rtb-0a000000000000003";
const NAT: &str = "nat-0a000000000000001";
const ZONE_A: &str = "subnet-0a000000000000006";
const ZONE_C: &str = "subnet-0a000000000000007";

fn paths(snapshot: &Snapshot) -> Vec<Path> {
    [
        to_database(snapshot, false).unwrap(),
        to_tasks(snapshot).unwrap(),
        from_clients(snapshot).unwrap(),
        at_start(snapshot).unwrap(),
    ]
    .concat()
}

fn group<'a>(s: &'a mut Snapshot, id: &str) -> &'a mut SecurityGroup {
    s.security_groups.as_mut().unwrap().get_mut(id).unwrap()
}

fn table<'a>(s: &'a mut Snapshot, id: &str) -> &'a mut RouteTable {
    s.route_tables.as_mut().unwrap().get_mut(id).unwrap()
}

fn retarget(s: &mut Snapshot, id: &str, target: &str, state: &str) {
    let route = table(s, id).routes.iter_mut();
    for route in route.filter(|route| route.destination == "0.0.0.0/0") {
        (route.target, route.state) = (target.into(), state.into());
    }
}

fn unroute(s: &mut Snapshot, id: &str) {
    table(s, id)
        .routes
        .retain(|route| route.destination != "0.0.0.0/0");
}

fn lead(s: &mut Snapshot, id: &str, destination: &str, target: &str, state: &str) {
    table(s, id).routes.push(Route {
        destination: destination.into(),
        target: target.into(),
        state: state.into(),
    });
}

fn peer(s: &mut Snapshot, state: &str) {
    for (id, destination) in [(PRIVATE, "10.1.0.0/16"), (DATA, "10.0.0.0/16")] {
        lead(s, id, destination, "pcx-1", state);
    }
}

/// Denies something in the one network ACL of the VPC, before the rule that allows everything.
fn deny(s: &mut Snapshot, egress: bool, cidr: &str, ports: (i32, i32)) {
    let acl = s
        .network_acls
        .as_mut()
        .unwrap()
        .values_mut()
        .next()
        .unwrap();
    let entries = if egress {
        &mut acl.egress
    } else {
        &mut acl.ingress
    };
    entries.push(AclEntry {
        number: 90,
        allow: false,
        protocol: "6".into(),
        cidr: cidr.into(),
        from_port: Some(ports.0),
        to_port: Some(ports.1),
    });
}

type Break = fn(&mut Snapshot);

fn broken(break_it: Break) -> Snapshot {
    let mut snapshot = healthy();
    break_it(&mut snapshot);
    snapshot
}

/// Each break closes paths under this explanation code alone, and these checks of the network alone name it.
fn refuses(code: &str, checks: &[&str], breaks: &[(&str, Break)]) {
    for (what, break_it) in breaks {
        let snapshot = broken(*break_it);
        let paths = paths(&snapshot);
        let refusals = paths.iter().flat_map(Path::refusals);
        let mut codes: Vec<&str> = refusals
            .map(|refusal| refusal.alias().unwrap_or_default())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, [code], "{what}");
        let mut named = causes(&diagnose(&snapshot));
        named.retain(|id| id.starts_with("network-"));
        named.sort_unstable();
        assert_eq!(named, checks, "{what}");
    }
}

/// What configuration cannot judge, or what is meant so, closes nothing.
fn is_harmless(changes: &[(&str, Break)]) {
    for (what, change) in changes {
        for path in paths(&broken(*change)) {
            assert!(path.is_open(), "{what}: {path:#?}");
        }
    }
}

#[test]
fn every_path_of_the_healthy_stack_is_open_and_seen() {
    for path in paths(&healthy()) {
        assert!(path.is_open(), "{path:#?}");
        let unseen = |hop: &Hop| matches!(hop.passage, Passage::Unseen(_));
        assert!(!path.hops.iter().any(unseen), "{path:#?}");
    }
}
