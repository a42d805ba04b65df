//! Routes between the tasks and a database, also one in another VPC.

use probe::{
    diagnose::{Verdict, diagnose},
    network::{Passage, Path, at_start, to_database},
    snapshot::{Snapshot, Unobserved},
};

use super::{DATA, NAT, PRIVATE, broken, lead, paths, peer, refuses, table};

fn database_elsewhere(s: &mut Snapshot) {
    let subnets = s.subnets.as_mut().unwrap();
    for (i, id) in ["subnet-0a000000000000009", "subnet-0a000000000000010"]
        .iter()
        .enumerate()
    {
        let subnet = subnets.get_mut(*id).unwrap();
        (subnet.vpc, subnet.cidr) = ("vpc-other".into(), format!("10.1.{i}.0/24"));
    }
    table(s, DATA).vpc = "vpc-other".into();
    table(s, DATA).routes[0].destination = "10.1.0.0/16".into();
}

#[test]
fn a_peering_connection_opens_the_way_to_another_vpc() {
    let peered = broken(|s| {
        database_elsewhere(s);
        peer(s, "active");
    });
    assert!(paths(&peered).iter().all(Path::is_open));
}

#[test]
fn what_was_denied_about_the_other_vpc_is_told_and_the_near_one_stays_known() {
    let snapshot = broken(|s| {
        database_elsewhere(s);
        peer(s, "active");
        s.subnets
            .as_mut()
            .unwrap()
            .retain(|_, subnet| subnet.vpc != "vpc-other");
        s.unread_network = vec![Unobserved {
            operation: "ec2:DescribeSubnets".into(),
            code: "UnauthorizedOperation".into(),
            message: "no".into(),
        }];
    });
    assert!(at_start(&snapshot).unwrap().iter().all(Path::is_open));
    let ways = to_database(&snapshot, false).unwrap();
    let is_denied = |passage: &Passage| matches!(passage, Passage::Unseen(why) if why.is_denied());
    for way in &ways {
        assert!(
            way.hops.iter().any(|hop| is_denied(&hop.passage)),
            "{way:?}"
        );
    }
    assert_eq!(diagnose(&snapshot).verdict(), Verdict::Undetermined);
}

#[test]
fn a_database_to_which_no_route_leads_is_named() {
    let check = &["network-database-unroutable"];
    refuses(
        "NO_ROUTE_TO_DESTINATION",
        check,
        &[
            ("in another VPC", database_elsewhere),
            ("without a way back", |s| {
                database_elsewhere(s);
                peer(s, "active");
                table(s, DATA).routes.truncate(1);
            }),
        ],
    );
    refuses(
        "MORE_SPECIFIC_ROUTE",
        check,
        &[("led astray", |s| {
            lead(s, PRIVATE, "10.0.16.0/20", NAT, "active");
        })],
    );
    refuses(
        "BAD_STATE_ROUTE",
        check,
        &[("a lost peering connection", |s| {
            database_elsewhere(s);
            peer(s, "blackhole");
        })],
    );
}
