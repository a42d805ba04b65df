//! `probe cost` and `probe cleanup`: a deployment as it runs, its traps, what is left of it, and what was not seen.

mod cleanup;
mod cost;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use probe::snapshot::{Fargate, Holding, Inventory, Kind, Mark, Observed, Unit, Unobserved};

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
