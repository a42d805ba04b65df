//! The network's paths in the healthy stack, with each hop broken once.

use std::collections::BTreeMap;

use probe::{
    diagnose::diagnose,
    network::{Goal, Passage, Path, at_start, from_clients, to_database, to_tasks},
    scenario,
    snapshot::{
        AclEntry, Endpoint, NatGateway, Policy, Route, RouteTable, Rule, SecurityGroup, Snapshot,
        Statement, Unobserved,
    },
};
use proptest::prelude::*;

const ALB: &str = "sg-0a000000000000001";
const DATABASE: &str = "sg-0a000000000000002";
const TASK: &str = "sg-0a000000000000003";
const PUBLIC: &str = "rtb-0a000000000000001";
const PRIVATE: &str = "rtb-0a000000000000002";
const DATA: &str = "rtb-0a000000000000003";
const NAT: &str = "nat-0a000000000000001";
const S3: &str = "vpce-0a000000000000001";
const ZONE_A: &str = "subnet-0a000000000000006";
const ZONE_C: &str = "subnet-0a000000000000007";

fn healthy() -> Snapshot {
    scenario::snapshot("healthy").unwrap().unwrap()
}

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

fn nat(s: &mut Snapshot) -> &mut NatGateway {
    s.nat_gateways.as_mut().unwrap().get_mut(NAT).unwrap()
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

fn any_policy() -> Policy {
    Policy {
        statements: vec![Statement {
            allow: true,
            actions: vec!["*".into()],
            not_actions: vec![],
            resources: vec!["*".into()],
            not_resources: vec![],
            principals: vec!["*".into()],
            conditions: vec![],
        }],
    }
}

/// Takes the way to the internet away and puts interface endpoints in its place.
fn isolate(s: &mut Snapshot) {
    unroute(s, PRIVATE);
    let https = Rule {
        protocol: "tcp".into(),
        from_port: Some(443),
        to_port: Some(443),
        cidrs: vec![],
        groups: vec![TASK.into()],
        prefix_lists: vec![],
    };
    let own = SecurityGroup {
        id: "sg-endpoint".into(),
        name: "endpoint".into(),
        ingress: vec![https],
        egress: vec![],
    };
    s.security_groups
        .as_mut()
        .unwrap()
        .insert("sg-endpoint".into(), own);
    for (i, api) in ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
        .iter()
        .enumerate()
    {
        let endpoint = Endpoint {
            service: format!("com.amazonaws.ap-northeast-1.{api}"),
            kind: "Interface".into(),
            state: "available".into(),
            private_dns: true,
            subnets: vec![ZONE_A.into(), ZONE_C.into()],
            security_groups: vec!["sg-endpoint".into()],
            route_tables: vec![],
            policy: Some(any_policy()),
        };
        let endpoints = s.endpoints.as_mut().unwrap();
        endpoints.insert(format!("vpce-{i}"), endpoint);
    }
}

fn endpoints(s: &mut Snapshot) -> impl Iterator<Item = &mut Endpoint> {
    let all = s.endpoints.as_mut().unwrap().values_mut();
    all.filter(|endpoint| endpoint.kind == "Interface")
}

fn public_image(s: &mut Snapshot) {
    s.task_definition.as_mut().unwrap().containers[0].image = "nginx:1".into();
}

type Break = fn(&mut Snapshot);

/// What is broken, the explanation code of each hop that refuses, and the check that names it.
const BROKEN: &[(&str, Break, &str, &str)] = &[
    (
        "database ingress",
        |s| group(s, DATABASE).ingress.clear(),
        "SG_HAS_NO_RULES",
        "network-database-port-closed",
    ),
    (
        "database ingress for others only",
        |s| group(s, DATABASE).ingress[0].groups = vec!["sg-x".into()],
        "ENI_SG_RULES_MISMATCH",
        "network-database-port-closed",
    ),
    (
        "egress to the database",
        |s| {
            group(s, TASK).egress.remove(1);
        },
        "ENI_SG_RULES_MISMATCH",
        "network-database-egress-closed",
    ),
    (
        "egress to the internet",
        |s| {
            group(s, TASK).egress.remove(2);
        },
        "ENI_SG_RULES_MISMATCH",
        "network-api-egress-closed",
    ),
    (
        "ingress of the tasks",
        |s| group(s, TASK).ingress.clear(),
        "SG_HAS_NO_RULES",
        "network-target-port-closed",
    ),
    (
        "egress of the load balancer",
        |s| {
            group(s, ALB).egress.remove(1);
        },
        "ENI_SG_RULES_MISMATCH",
        "network-target-port-closed",
    ),
    (
        "ingress of the load balancer",
        |s| group(s, ALB).ingress.clear(),
        "SG_HAS_NO_RULES",
        "network-client-port-closed",
    ),
    (
        "private clients only",
        |s| group(s, ALB).ingress[0].cidrs = vec!["10.0.0.0/8".into()],
        "ENI_SG_RULES_MISMATCH",
        "network-client-port-closed",
    ),
    (
        "no route for the load balancer, and none for the NAT gateway",
        |s| unroute(s, PUBLIC),
        "NO_ROUTE_TO_DESTINATION",
        "network-client-port-closed network-nat-not-forwarding",
    ),
    (
        "outbound HTTPS in the ACL",
        |s| deny(s, true, "0.0.0.0/0", (443, 443)),
        "SUBNET_ACL_RESTRICTION",
        "network-acl-blocked",
    ),
    (
        "inbound answers in the ACL",
        |s| deny(s, false, "0.0.0.0/0", (32768, 32800)),
        "SUBNET_ACL_RESTRICTION",
        "network-acl-blocked",
    ),
    (
        "the database port in the ACL",
        |s| deny(s, false, "10.0.0.0/16", (5432, 5432)),
        "SUBNET_ACL_RESTRICTION",
        "network-acl-blocked",
    ),
    (
        "answers of the database in the ACL",
        |s| deny(s, true, "10.0.11.0/24", (1024, 65535)),
        "SUBNET_ACL_RESTRICTION",
        "network-acl-blocked",
    ),
    (
        "clients in the ACL",
        |s| deny(s, false, "0.0.0.0/0", (80, 80)),
        "SUBNET_ACL_RESTRICTION",
        "network-acl-blocked",
    ),
    (
        "no default route",
        |s| unroute(s, PRIVATE),
        "NO_ROUTE_TO_DESTINATION",
        "network-no-route-to-aws",
    ),
    (
        "an internet gateway without public addresses",
        |s| retarget(s, PRIVATE, "igw-1", "active"),
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        "network-no-route-to-aws",
    ),
    (
        "an internet gateway that is gone",
        |s| retarget(s, PRIVATE, "igw-1", "blackhole"),
        "BAD_STATE_ROUTE",
        "network-no-route-to-aws",
    ),
    (
        "a NAT gateway that is gone",
        |s| retarget(s, PRIVATE, NAT, "blackhole"),
        "BAD_STATE_ROUTE",
        "network-nat-not-forwarding",
    ),
    (
        "a NAT instance that is gone",
        |s| retarget(s, PRIVATE, "eni-1", "blackhole"),
        "BAD_STATE_ROUTE",
        "network-nat-not-forwarding",
    ),
    (
        "a NAT gateway that failed",
        |s| nat(s).state = "failed".into(),
        "BAD_STATE",
        "network-nat-not-forwarding",
    ),
    (
        "a NAT gateway that nobody knows",
        |s| {
            s.nat_gateways.as_mut().unwrap().clear();
        },
        "BAD_STATE",
        "network-nat-not-forwarding",
    ),
    (
        "a private NAT gateway",
        |s| nat(s).connectivity = "private".into(),
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        "network-nat-not-forwarding",
    ),
    (
        "a NAT gateway in a private subnet",
        |s| nat(s).subnet = Some(ZONE_A.into()),
        "NO_ROUTE_TO_DESTINATION",
        "network-nat-not-forwarding",
    ),
    (
        "no way to a public registry",
        |s| {
            isolate(s);
            public_image(s);
        },
        "NO_ROUTE_TO_DESTINATION",
        "network-no-route-to-internet",
    ),
    (
        "no way to anything",
        |s| {
            unroute(s, PRIVATE);
            public_image(s);
        },
        "NO_ROUTE_TO_DESTINATION",
        "network-no-route-to-aws",
    ),
    (
        "an endpoint that lets nobody in",
        |s| {
            isolate(s);
            group(s, "sg-endpoint").ingress.clear();
        },
        "SG_HAS_NO_RULES",
        "network-endpoint-unusable",
    ),
    (
        "endpoints without private DNS",
        |s| {
            isolate(s);
            endpoints(s).for_each(|e| e.private_dns = false);
        },
        "",
        "network-endpoint-unusable",
    ),
    (
        "an endpoint that is not available",
        |s| {
            isolate(s);
            endpoints(s).for_each(|e| e.state = "failed".into());
        },
        "BAD_STATE",
        "network-endpoint-unusable",
    ),
    (
        "endpoints in no subnet",
        |s| {
            isolate(s);
            endpoints(s).for_each(|e| e.subnets.clear());
        },
        "",
        "network-endpoint-unusable",
    ),
    (
        "a VPC without DNS names",
        |s| {
            isolate(s);
            s.vpcs
                .as_mut()
                .unwrap()
                .values_mut()
                .for_each(|vpc| vpc.dns_hostnames = false);
        },
        "",
        "network-endpoint-unusable",
    ),
    (
        "an endpoint policy",
        |s| {
            isolate(s);
            endpoints(s).for_each(|e| e.policy = Some(Policy::default()));
        },
        "",
        "network-endpoint-unusable",
    ),
    (
        "egress to endpoints",
        |s| {
            isolate(s);
            group(s, TASK).egress[2].cidrs = vec!["192.0.2.0/24".into()];
        },
        "ENI_SG_RULES_MISMATCH",
        "network-api-egress-closed",
    ),
    (
        "a policy of the S3 endpoint",
        |s| s.endpoints.as_mut().unwrap().get_mut(S3).unwrap().policy = Some(Policy::default()),
        "",
        "network-layer-download-blocked",
    ),
    (
        "no S3 endpoint",
        |s| {
            isolate(s);
            s.endpoints.as_mut().unwrap().remove(S3);
            table(s, PRIVATE).routes.truncate(1);
        },
        "NO_ROUTE_TO_DESTINATION",
        "network-layer-download-blocked",
    ),
    (
        "an S3 endpoint that is gone",
        |s| {
            s.endpoints.as_mut().unwrap().remove(S3);
            table(s, PRIVATE).routes[2].state = "blackhole".into();
        },
        "BAD_STATE_ROUTE",
        "network-layer-download-blocked",
    ),
    (
        "a database in another VPC",
        |s| {
            database_elsewhere(s);
        },
        "NO_ROUTE_TO_DESTINATION",
        "network-database-unroutable",
    ),
    (
        "a route that leads the queries astray",
        |s| {
            table(s, PRIVATE).routes.push(Route {
                destination: "10.0.16.0/20".into(),
                target: NAT.into(),
                state: "active".into(),
            })
        },
        "MORE_SPECIFIC_ROUTE",
        "network-database-unroutable",
    ),
    (
        "a lost peering connection",
        |s| {
            database_elsewhere(s);
            peer(s, "blackhole");
        },
        "BAD_STATE_ROUTE",
        "network-database-unroutable",
    ),
    (
        "a peering connection without a way back",
        |s| {
            database_elsewhere(s);
            peer(s, "active");
            table(s, DATA).routes.truncate(1);
        },
        "NO_ROUTE_TO_DESTINATION",
        "network-database-unroutable",
    ),
];

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

fn peer(s: &mut Snapshot, state: &str) {
    for (id, destination) in [(PRIVATE, "10.1.0.0/16"), (DATA, "10.0.0.0/16")] {
        table(s, id).routes.push(Route {
            destination: destination.into(),
            target: "pcx-1".into(),
            state: state.into(),
        });
    }
}

#[test]
fn every_path_of_the_healthy_stack_is_open() {
    for path in paths(&healthy()) {
        assert!(path.is_open(), "{path:#?}");
        let unseen = |hop: &probe::network::Hop| matches!(hop.passage, Passage::Unseen(_));
        assert!(!path.hops.iter().any(unseen), "{path:#?}");
    }
    let mut isolated = healthy();
    isolate(&mut isolated);
    assert!(paths(&isolated).iter().all(Path::is_open));
    let mut peered = healthy();
    database_elsewhere(&mut peered);
    peer(&mut peered, "active");
    assert!(paths(&peered).iter().all(Path::is_open));
}

#[test]
fn each_broken_hop_refuses_under_its_code_and_is_named_by_one_check() {
    for (what, break_it, code, checks) in BROKEN {
        let mut snapshot = healthy();
        break_it(&mut snapshot);
        let paths = paths(&snapshot);
        let mut codes: Vec<&str> = paths
            .iter()
            .flat_map(Path::refusals)
            .map(|refusal| refusal.alias().unwrap_or_default())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, [*code], "{what}");
        let diagnosis = diagnose(&snapshot);
        let mut named: Vec<&str> = diagnosis
            .causes
            .iter()
            .map(|cause| cause.check.id)
            .collect();
        named.retain(|id| id.starts_with("network-"));
        named.sort_unstable();
        assert_eq!(named.join(" "), *checks, "{what}");
    }
}

#[test]
fn what_configuration_cannot_judge_is_no_fault() {
    let harmless: &[(&str, Break)] = &[
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
        ("public addresses", |s| {
            retarget(s, PRIVATE, "igw-1", "active");
            s.service.as_mut().unwrap().assign_public_ip = true;
        }),
        ("an office alone", |s| {
            group(s, ALB).ingress[0].cidrs = vec!["203.0.113.7/32".into()]
        }),
        ("an internal load balancer", |s| {
            unroute(s, PUBLIC);
            nat(s).subnet = None;
            let balancers = s.load_balancers.as_mut().unwrap().values_mut();
            balancers.for_each(|balancer| balancer.scheme = Some("internal".into()));
            group(s, ALB).ingress[0].cidrs = vec!["10.0.0.0/8".into()];
        }),
        ("one of the database's subnets", |s| {
            deny(s, true, "10.0.21.0/24", (5432, 5432))
        }),
        ("EC2, where the instance fetches", |s| {
            unroute(s, PRIVATE);
            s.service.as_mut().unwrap().launch_type = Some("EC2".into());
        }),
    ];
    for (what, change) in harmless {
        let mut snapshot = healthy();
        change(&mut snapshot);
        for path in paths(&snapshot) {
            assert!(path.is_open(), "{what}: {path:#?}");
        }
    }
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
