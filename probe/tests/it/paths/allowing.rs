//! Properties of rules that allow, over arbitrary groups and network ACLs.

use probe::{
    network::Goal,
    snapshot::{AclEntry, Rule, Snapshot},
};
use proptest::prelude::*;

use super::{ALB, DATABASE, TASK, paths};
use crate::healthy;

fn any_entry() -> impl Strategy<Value = AclEntry> {
    let cidr = prop_oneof![
        Just("0.0.0.0/0"),
        Just("10.0.0.0/16"),
        Just("10.0.11.0/24"),
        Just("10.0.11.64/26"),
        Just("10.0.21.0/24"),
        Just("52.0.0.0/8"),
    ];
    let ports = prop_oneof![
        Just(None),
        (1..65535i32, 0..2000i32).prop_map(|(from, more)| Some((from, (from + more).min(65535)))),
        Just(Some((443, 443))),
        Just(Some((5432, 5432))),
        Just(Some((32768, 60999))),
    ];
    (1..200i32, any::<bool>(), cidr, ports).prop_map(|(number, allow, cidr, ports)| AclEntry {
        number,
        allow,
        protocol: "-1".into(),
        cidr: cidr.into(),
        from_port: ports.map(|ports: (i32, i32)| ports.0),
        to_port: ports.map(|ports: (i32, i32)| ports.1),
    })
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let cidrs = prop::collection::vec(
        prop_oneof![
            Just("0.0.0.0/0"),
            Just("10.0.11.0/24"),
            Just("10.0.0.0/25"),
            Just("52.0.0.0/8")
        ],
        0..2,
    );
    let groups = prop::collection::vec(prop_oneof![Just(ALB), Just(DATABASE), Just(TASK)], 0..2);
    let ports = prop_oneof![
        Just((443, 443)),
        Just((5432, 5432)),
        Just((8080, 8080)),
        Just((0, 65535))
    ];
    (cidrs, groups, ports).prop_map(|(cidrs, groups, (from, to))| Rule {
        protocol: "tcp".into(),
        from_port: Some(from),
        to_port: Some(to),
        cidrs: cidrs.into_iter().map(Into::into).collect(),
        groups: groups.into_iter().map(Into::into).collect(),
        prefix_lists: vec![],
    })
}

fn open_ones(snapshot: &Snapshot) -> Vec<(Goal, String, bool)> {
    paths(snapshot)
        .into_iter()
        .map(|path| (path.goal.clone(), path.subnet.clone(), path.is_open()))
        .collect()
}

fn with(entries: &[AclEntry], rules: &[Rule]) -> Snapshot {
    let mut snapshot = healthy();
    for acl in snapshot.network_acls.as_mut().unwrap().values_mut() {
        acl.ingress = entries.to_vec();
        acl.egress = entries.to_vec();
    }
    for group in snapshot.security_groups.as_mut().unwrap().values_mut() {
        group.ingress = rules.to_vec();
        group.egress = rules.to_vec();
    }
    snapshot
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_rule_more_that_allows_closes_nothing(
        entries in prop::collection::btree_map(1..200i32, any_entry(), 0..6),
        rules in prop::collection::vec(any_rule(), 0..5),
        entry in any_entry(),
        rule in any_rule(),
        at in 0..2usize,
    ) {
        let entries: Vec<AclEntry> =
            entries.into_iter().map(|(number, entry)| AclEntry { number: number * 2, ..entry }).collect();
        let before = open_ones(&with(&entries, &rules));
        let (mut more_entries, mut more_rules) = (entries, rules);
        if at == 0 {
            more_entries.push(AclEntry { allow: true, number: entry.number * 2 + 1, ..entry });
        } else {
            more_rules.push(rule);
        }
        let after = open_ones(&with(&more_entries, &more_rules));
        for (was, is) in before.iter().zip(&after) {
            prop_assert!(!was.2 || is.2, "{:?} was open before", is);
        }
    }

    #[test]
    fn where_everything_is_allowed_every_path_is_open(
        entries in prop::collection::vec(any_entry(), 0..6),
        rules in prop::collection::vec(any_rule(), 0..5),
    ) {
        let everything = AclEntry {
            number: 0, allow: true, protocol: "-1".into(), cidr: "0.0.0.0/0".into(), from_port: None, to_port: None,
        };
        let anything = Rule {
            protocol: "-1".into(), from_port: None, to_port: None,
            cidrs: vec!["0.0.0.0/0".into()], groups: vec![], prefix_lists: vec![],
        };
        let snapshot = with(&[&[everything], &entries[..]].concat(), &[&[anything], &rules[..]].concat());
        for path in paths(&snapshot) {
            prop_assert!(path.is_open(), "{:#?}", path);
        }
    }
}
