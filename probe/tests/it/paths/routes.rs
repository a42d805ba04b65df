//! Routes, NAT gateways and internet gateways on the paths.

use probe::{
    diagnose::diagnose,
    snapshot::{NatGateway, Snapshot},
};

use super::{
    ALB, NAT, PRIVATE, PUBLIC, ZONE_A, ZONE_C, group, is_harmless, peer, refuses, retarget, unroute,
};
use crate::healthy;

fn nat(s: &mut Snapshot) -> &mut NatGateway {
    s.nat_gateways.as_mut().unwrap().get_mut(NAT).unwrap()
}

#[test]
fn a_missing_way_out_is_named() {
    refuses(
        "NO_ROUTE_TO_DESTINATION",
        &["network-no-route-to-aws"],
        &[("no default route", |s| unroute(s, PRIVATE))],
    );
    refuses(
        "NO_ROUTE_TO_DESTINATION",
        &["network-client-port-closed", "network-nat-not-forwarding"],
        &[("none for the load balancer and the NAT gateway", |s| {
            unroute(s, PUBLIC)
        })],
    );
    refuses(
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        &["network-no-route-to-aws"],
        &[("no public addresses", |s| {
            retarget(s, PRIVATE, "igw-1", "active")
        })],
    );
    refuses(
        "BAD_STATE_ROUTE",
        &["network-no-route-to-aws"],
        &[("an internet gateway that is gone", |s| {
            retarget(s, PRIVATE, "igw-1", "blackhole")
        })],
    );
}

#[test]
fn a_nat_that_does_not_forward_is_named() {
    let check = &["network-nat-not-forwarding"];
    refuses(
        "BAD_STATE_ROUTE",
        check,
        &[
            ("a NAT gateway that is gone", |s| {
                retarget(s, PRIVATE, NAT, "blackhole")
            }),
            ("a NAT instance that is gone", |s| {
                retarget(s, PRIVATE, "eni-1", "blackhole")
            }),
        ],
    );
    refuses(
        "BAD_STATE",
        check,
        &[
            ("failed", |s| nat(s).state = "failed".into()),
            ("known to nobody", |s| {
                s.nat_gateways.as_mut().unwrap().clear()
            }),
        ],
    );
    refuses(
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        check,
        &[("private", |s| nat(s).connectivity = "private".into())],
    );
    refuses(
        "NO_ROUTE_TO_DESTINATION",
        check,
        &[("in a private subnet", |s| {
            nat(s).subnet = Some(ZONE_A.into())
        })],
    );
}

#[test]
fn what_configuration_cannot_judge_is_no_fault() {
    is_harmless(&[
        ("a NAT instance", |s| {
            retarget(s, PRIVATE, "eni-1", "active")
        }),
        ("a transit gateway", |s| {
            retarget(s, PRIVATE, "tgw-1", "active")
        }),
        ("a firewall", |s| retarget(s, PRIVATE, "vpce-9", "active")),
        ("endpoints shared by another network", |s| {
            unroute(s, PRIVATE);
            peer(s, "active");
        }),
    ]);
}

#[test]
fn a_way_that_is_not_needed_may_be_missing() {
    is_harmless(&[
        ("public addresses", |s| {
            retarget(s, PRIVATE, "igw-1", "active");
            s.service.as_mut().unwrap().assign_public_ip = true;
        }),
        ("an internal load balancer", |s| {
            unroute(s, PUBLIC);
            nat(s).subnet = None;
            let balancers = s.load_balancers.as_mut().unwrap().values_mut();
            balancers.for_each(|balancer| balancer.scheme = Some("internal".into()));
            group(s, ALB).ingress[0].cidrs = vec!["10.0.0.0/8".into()];
        }),
        ("EC2, where the instance fetches", |s| {
            unroute(s, PRIVATE);
            s.service.as_mut().unwrap().launch_type = Some("EC2".into());
        }),
    ]);
}

#[test]
fn the_evidence_says_from_which_subnets_a_path_is_closed() {
    let mut snapshot = healthy();
    let tables = snapshot.route_tables.as_mut().unwrap();
    tables
        .get_mut(PRIVATE)
        .unwrap()
        .subnets
        .retain(|id| id == ZONE_A);
    let mut other = tables[PRIVATE].clone();
    (other.subnets, other.routes) = (vec![ZONE_C.into()], vec![other.routes[0].clone()]);
    tables.insert("rtb-c".into(), other);
    let diagnosis = diagnose(&snapshot);
    let cause = &diagnosis.causes[0];
    assert_eq!(cause.check.id, "network-no-route-to-aws");
    let told = cause.findings[0].evidence.iter().any(|e| {
        e.saw
            .en
            .contains(&format!("in {ZONE_C} only; {ZONE_A} works"))
    });
    assert!(told, "{:#?}", cause.findings);
}
