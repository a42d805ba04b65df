//! `probe cost` and `probe cleanup`: a deployment as it runs, its traps, what is left of it, and what was not seen.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use probe::{
    render,
    snapshot::{Fargate, Holding, Inventory, Kind, Mark, Observed, Unit, Unobserved},
    views::{CleanupView, CostView, words_of},
    words::Lang,
};

use crate::views::golden;

const X86: Fargate = Fargate {
    arm: false,
    spot: false,
};

fn at() -> DateTime<Utc> {
    "2026-12-04T10:00:00Z".parse().unwrap()
}

fn one(name: &str, amounts: &[(Unit, f64)], marks: &[Mark]) -> Holding {
    Holding {
        name: name.into(),
        id: name.into(),
        amounts: amounts.to_vec(),
        marks: marks.to_vec(),
    }
}

fn inventory(some: Vec<(Kind, Vec<Holding>)>) -> Inventory {
    let mut found: BTreeMap<Kind, Observed<Vec<Holding>>> =
        Kind::ALL.map(|kind| (kind, Ok(vec![]))).into();
    found.extend(
        some.into_iter()
            .map(|(kind, holdings)| (kind, Ok(holdings))),
    );
    Inventory {
        taken_at: at(),
        region: "ap-northeast-1".into(),
        prefix: "events".into(),
        found,
    }
}

/// What `cloudformation/deploy events dev` makes.
fn dev() -> Inventory {
    let detail = |text: &str| Mark::Detail(text.into());
    inventory(vec![
        (
            Kind::Stack,
            ["network", "security", "data", "platform", "service"]
                .map(|it| one(&format!("events-{it}"), &[], &[]))
                .to_vec(),
        ),
        (
            Kind::Service,
            vec![Holding {
                id: "--cluster events-platform-Cluster-1 --service events-service-Service-1".into(),
                ..one(
                    "events-service-Service-1",
                    &[(Unit::Vcpu(X86), 0.5), (Unit::Memory(X86), 1.0)],
                    &[Mark::Tasks(2)],
                )
            }],
        ),
        (
            Kind::Cluster,
            vec![one("events-platform-Cluster-1", &[], &[])],
        ),
        (
            Kind::LoadBalancer,
            vec![one(
                "events-LoadB-1",
                &[(Unit::LoadBalancer, 1.0), (Unit::PublicAddress, 2.0)],
                &[],
            )],
        ),
        (
            Kind::Database,
            vec![one(
                "events-data-database-1",
                &[
                    (Unit::DatabaseStorage("gp3".into()), 20.0),
                    (Unit::Database("db.t4g.micro".into()), 1.0),
                ],
                &[detail("db.t4g.micro")],
            )],
        ),
        (
            Kind::NatGateway,
            vec![one("nat-0a1", &[(Unit::NatGateway, 1.0)], &[])],
        ),
        (
            Kind::Address,
            vec![one(
                "eipalloc-0a1",
                &[(Unit::PublicAddress, 1.0)],
                &[detail("203.0.113.7")],
            )],
        ),
        (Kind::Vpc, vec![one("vpc-0a1", &[], &[])]),
        (
            Kind::Secret,
            vec![one("events-data-DbSecret-1", &[(Unit::Secret, 1.0)], &[])],
        ),
        (
            Kind::Key,
            vec![one(
                "0a1b2c3d-0000-0000-0000-000000000000",
                &[(Unit::Key, 1.0)],
                &[],
            )],
        ),
        (
            Kind::LogGroup,
            vec![one(
                "events-platform-TaskLogGroup-1",
                &[(Unit::StoredLogs, 0.12)],
                &[],
            )],
        ),
    ])
}

/// A deployment that somebody has forgotten.
fn forgotten() -> Inventory {
    let mut inventory = dev();
    let mut add = |kind: Kind, holding: Holding| {
        inventory
            .found
            .get_mut(&kind)
            .unwrap()
            .as_mut()
            .unwrap()
            .push(holding)
    };
    add(
        Kind::NatGateway,
        one("nat-0a2", &[(Unit::NatGateway, 1.0)], &[]),
    );
    add(
        Kind::Address,
        one(
            "eipalloc-0a2",
            &[(Unit::PublicAddress, 1.0)],
            &[Mark::Detail("203.0.113.8".into()), Mark::Idle],
        ),
    );
    add(
        Kind::Endpoint,
        one("vpce-0a1", &[(Unit::EndpointZone, 2.0)], &[]),
    );
    add(
        Kind::LogGroup,
        one(
            "/aws/rds/instance/events-data-database-1/postgresql",
            &[(Unit::StoredLogs, 3.0)],
            &[Mark::KeptForEver],
        ),
    );
    add(
        Kind::DatabaseSnapshot,
        one(
            "events-data-snapshot-1",
            &[(Unit::Snapshot, 20.0)],
            &[Mark::Detail("≤ 20 GB".into())],
        ),
    );
    add(
        Kind::Database,
        one(
            "events-data-old-1",
            &[
                (Unit::DatabaseStorage("gp3".into()), 40.0),
                (Unit::Database("db.m5.large".into()), 2.0),
                (Unit::ExtendedSupport, 4.0),
            ],
            &[Mark::Standby, Mark::Protected, Mark::SupportEnded(at())],
        ),
    );
    add(
        Kind::Bucket,
        one("events-platform-logs-1", &[(Unit::Unmeasured, 1.0)], &[]),
    );
    inventory
}

/// What the stacks leave behind.
fn remains() -> Inventory {
    inventory(vec![
        (
            Kind::DatabaseSnapshot,
            vec![one(
                "events-data-snapshot-1",
                &[(Unit::Snapshot, 20.0)],
                &[Mark::Detail("≤ 20 GB".into())],
            )],
        ),
        (
            Kind::WaitingSecret,
            vec![one("events-data-DbSecret-1", &[], &[Mark::DeletedAt(at())])],
        ),
        (
            Kind::LogGroup,
            vec![one(
                "/aws/rds/instance/events-data-database-1/postgresql",
                &[(Unit::StoredLogs, 3.0)],
                &[Mark::KeptForEver],
            )],
        ),
        (
            Kind::Bucket,
            vec![one(
                "events-platform-logs-1",
                &[(Unit::Unmeasured, 1.0)],
                &[],
            )],
        ),
    ])
}

fn denied(mut inventory: Inventory) -> Inventory {
    for (kind, operation) in [
        (Kind::NatGateway, "ec2:DescribeNatGateways"),
        (Kind::Bucket, "tag:GetResources"),
        (Kind::Key, "tag:GetResources"),
    ] {
        let why = Unobserved {
            operation: operation.into(),
            code: "AccessDenied".into(),
            message: "User: u is not authorized".into(),
        };
        inventory.found.insert(kind, Err(why));
    }
    inventory
}

#[test]
fn the_cost_is_told_with_what_can_be_saved() {
    for (name, inventory) in [
        ("dev", dev()),
        ("forgotten", forgotten()),
        ("denied", denied(dev())),
        ("gone", inventory(vec![])),
    ] {
        golden(&format!("cost.{name}"), |lang, screen| {
            render::cost(&CostView::new(&inventory, lang), screen)
        });
    }
    golden("cost.elsewhere", |lang, screen| {
        let elsewhere = Inventory {
            region: "eu-west-1".into(),
            ..dev()
        };
        let view = CostView::new(&elsewhere, lang);
        assert!(view.month_usd.is_none() && view.levers.is_empty());
        render::cost(&view, screen)
    });
    let view = CostView::new(&dev(), Lang::En);
    // The figure of COST.md for `dev`, and the logs.
    assert!(
        (view.month_usd.unwrap() - 118.9).abs() < 0.5,
        "{:?}",
        view.month_usd
    );
    assert!(
        view.lines[0].what == "NAT gateways"
            && view.lines.is_sorted_by(|a, b| a.month_usd >= b.month_usd)
    );
    assert!(view.levers.is_sorted_by(
        |a, b| a.saves_month_usd.unwrap_or(-1.0) >= b.saves_month_usd.unwrap_or(-1.0)
    ));
    let sum: f64 = view.lines.iter().filter_map(|line| line.month_usd).sum();
    assert!((sum - view.month_usd.unwrap()).abs() < 1e-9);
    let blind = CostView::new(&denied(dev()), Lang::En);
    assert_eq!(blind.not_seen.len(), 2, "{:#?}", blind.not_seen);
    assert!(blind.month_usd < view.month_usd);
}

#[test]
fn the_checklist_says_what_is_left_and_the_commands_in_their_order() {
    for (name, inventory) in [
        ("dev", dev()),
        ("forgotten", forgotten()),
        ("remains", remains()),
        ("denied", denied(remains())),
        ("gone", inventory(vec![])),
    ] {
        golden(&format!("cleanup.{name}"), |lang, screen| {
            render::cleanup(&CleanupView::new(&inventory, lang), screen)
        });
    }
    let whole = CleanupView::new(&forgotten(), Lang::En);
    assert!(whole.costs() && whole.incomplete);
    assert_eq!(
        whole.steps[0].command,
        "AWS_REGION=ap-northeast-1 cloudformation/teardown events --unprotect"
    );
    assert!(
        whole
            .steps
            .iter()
            .all(|step| !step.command.contains("delete-db-instance ")),
        "the stacks delete it"
    );
    let gone = CleanupView::new(&inventory(vec![]), Lang::En);
    assert!(!gone.costs() && gone.is_empty() && gone.steps.is_empty());
    // Without stacks each thing has its command, the network after what lies in it.
    let mut orphans = forgotten();
    orphans.found.insert(Kind::Stack, Ok(vec![]));
    let steps = CleanupView::new(&orphans, Lang::En).steps;
    let place = |words: &str| {
        steps
            .iter()
            .position(|step| step.command.contains(words))
            .unwrap_or_else(|| panic!("{words}"))
    };
    let order = [
        "delete-service",
        "delete-cluster",
        "delete-load-balancer",
        "--no-deletion-protection",
        "delete-nat-gateway",
        "release-address",
        "delete-vpc-endpoints",
        "delete-vpc ",
        "schedule-key-deletion",
    ];
    assert!(order.map(place).is_sorted(), "{steps:#?}");
    for (kind, count) in [("costs", 2), ("free", 1)] {
        let view = CleanupView::new(&remains(), Lang::En);
        assert!(
            view.items.iter().filter(|item| item.state == kind).count() >= count,
            "{kind}"
        );
    }
}

#[test]
fn the_checklist_is_that_of_teardown() {
    let source = include_str!("../../../../cloudformation/ops/leftovers.py");
    let (_, list) = source.split_once("CHECKLIST:").unwrap();
    let line = regex::Regex::new(r#"\("([^"]+)", "([^"]+)", \w+, (?:True|False)\)"#).unwrap();
    let theirs: Vec<(String, String)> = line
        .captures_iter(list)
        .map(|found| (found[1].to_owned(), found[2].to_owned()))
        .collect();
    assert!(theirs.len() >= 20, "{theirs:?}");
    let ours = Kind::ALL.map(|kind| (words_of(kind).en.to_owned(), words_of(kind).ja.to_owned()));
    let shared: Vec<&(String, String)> =
        ours.iter().filter(|words| theirs.contains(words)).collect();
    assert_eq!(
        shared,
        theirs.iter().collect::<Vec<_>>(),
        "the same words in the same order"
    );
    // What teardown deletes with one command, probe prints the same command for.
    let mut orphans = forgotten();
    orphans.found.insert(Kind::Stack, Ok(vec![]));
    for kind in [Kind::KeptBackup, Kind::Repository, Kind::Alarm] {
        orphans
            .found
            .insert(kind, Ok(vec![one("events-x", &[], &[])]));
    }
    let printed: String = CleanupView::new(&orphans, Lang::En)
        .steps
        .iter()
        .map(|step| step.command.clone() + "\n")
        .collect();
    let deletes = regex::Regex::new(r#""(\w+)", "(delete-[a-z-]+|release-address)""#).unwrap();
    let mut count = 0;
    for found in deletes
        .captures_iter(source)
        .filter(|found| &found[1] != "wafv2")
    {
        count += 1;
        assert!(
            printed.contains(&format!("aws {} {}", &found[1], &found[2])),
            "{} {}\n{printed}",
            &found[1],
            &found[2]
        );
    }
    assert!(count >= 8, "{count}");
}
