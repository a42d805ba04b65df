//! Network ACLs on the paths.

use std::collections::BTreeMap;

use probe::{diagnose::diagnose, snapshot::Unobserved};

use super::{DATABASE, deny, group, is_harmless, refuses};
use crate::healthy;

#[test]
fn what_a_network_acl_drops_is_named() {
    refuses(
        "SUBNET_ACL_RESTRICTION",
        &["network-acl-blocked"],
        &[
            ("outbound HTTPS", |s| deny(s, true, "0.0.0.0/0", (443, 443))),
            ("inbound answers", |s| {
                deny(s, false, "0.0.0.0/0", (32768, 32800))
            }),
            ("the database port", |s| {
                deny(s, false, "10.0.0.0/16", (5432, 5432))
            }),
            ("answers of the database", |s| {
                deny(s, true, "10.0.11.0/24", (1024, 65535))
            }),
            ("clients", |s| deny(s, false, "0.0.0.0/0", (80, 80))),
        ],
    );
}

#[test]
fn one_open_subnet_of_the_database_is_enough() {
    is_harmless(&[("one of two", |s| {
        deny(s, true, "10.0.21.0/24", (5432, 5432))
    })]);
}

#[test]
fn a_hop_that_was_not_seen_hides_its_own_kind_of_fault_only() {
    let gone = || Unobserved {
        operation: "ec2:DescribeNetworkAcls".into(),
        code: "UnauthorizedOperation".into(),
        message: "no".into(),
    };
    let mut snapshot = healthy();
    snapshot.network_acls = Err(gone());
    group(&mut snapshot, DATABASE).ingress.clear();
    let diagnosis = diagnose(&snapshot);
    assert_eq!(diagnosis.causes[0].check.id, "network-database-port-closed");
    let unknown: BTreeMap<&str, &str> = diagnosis
        .unknown
        .iter()
        .map(|(check, why)| (check.id, why.operation.as_str()))
        .filter(|(id, _)| id.starts_with("network-"))
        .collect();
    let expected = BTreeMap::from([("network-acl-blocked", "ec2:DescribeNetworkAcls")]);
    assert_eq!(unknown, expected);
}
