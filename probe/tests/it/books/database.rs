//! `probe db`: what it shows of a database that is well, of one in trouble, and of one that was not seen whole.

use chrono::{DateTime, TimeDelta, Utc};
use probe::{
    render,
    snapshot::{Database, Event, Keeping, Maintenance, Snapshot, Support, Unobserved, Upkeep},
    views::DatabaseView,
    words::Lang,
};

use crate::views::{golden, of};

fn at(day: &str) -> DateTime<Utc> {
    format!("{day}T00:00:00Z").parse().unwrap()
}

fn upkeep() -> Upkeep {
    Upkeep {
        maintenance: Ok(vec![]),
        authority_valid_until: Ok(Some(at("2061-05-22"))),
        support: Ok(Some(Support {
            standard_until: at("2029-02-28"),
            extended_until: Some(at("2032-02-29")),
        })),
    }
}

fn database(snapshot: &mut Snapshot) -> &mut Database {
    snapshot.database.as_mut().unwrap().as_mut().unwrap()
}

/// The database of the exercises with a standby, and how it is kept.
fn kept() -> Snapshot {
    let mut snapshot = of("healthy");
    let definition = snapshot.task_definition.as_mut().unwrap();
    definition.containers[0].database.as_mut().unwrap().pool = Some(4);
    let database = database(&mut snapshot);
    database.multi_az = true;
    database.keeping = Some(Keeping {
        arn: format!("arn:aws:rds:ap-northeast-1:123456789012:db:{}", database.id),
        zone: Some("ap-northeast-1a".into()),
        standby_zone: Some("ap-northeast-1c".into()),
        storage_type: Some("gp3".into()),
        max_storage_gib: Some(100),
        backup_days: 7,
        deletion_protection: true,
        maintenance_window: Some("sat:18:00-sat:19:00".into()),
        lifecycle_support: Some("open-source-rds-extended-support-disabled".into()),
        pending_changes: vec![],
    });
    snapshot
}

#[test]
fn a_database_that_is_well_is_shown_whole() {
    golden("db.healthy", |lang, screen| {
        let view = DatabaseView::new(&kept(), Some(&upkeep()), lang);
        assert!(view.concerns.is_empty(), "{:#?}", view.concerns);
        let text = render::database(&view, screen);
        assert!(
            screen.width != Some(120) || text.lines().count() <= 24,
            "{text}"
        );
        text
    });
}

fn troubled() -> (Snapshot, Upkeep) {
    let mut snapshot = kept();
    let now = snapshot.taken_at;
    let definition = snapshot.task_definition.as_mut().unwrap();
    definition.containers[0].database.as_mut().unwrap().pool = Some(12);
    let database = database(&mut snapshot);
    database.multi_az = false;
    database.certificate_valid_until = Some(now + TimeDelta::days(12));
    database
        .parameters
        .as_mut()
        .unwrap()
        .as_mut()
        .unwrap()
        .insert("rds.force_ssl".into(), "0".into());
    let metrics = database.metrics.as_mut().unwrap().as_mut().unwrap();
    metrics.insert("DatabaseConnections".into(), 91.0);
    metrics.insert("FreeStorageSpace".into(), 1.2e9);
    for status in database.parameter_groups.values_mut() {
        *status = "pending-reboot".into();
    }
    let restarted = |hours| Event {
        at: now - TimeDelta::hours(hours),
        message: "DB instance restarted".into(),
    };
    database.events = Some(Ok(vec![restarted(2), restarted(30)]));
    let keeping = database.keeping.as_mut().unwrap();
    keeping.standby_zone = None;
    keeping.max_storage_gib = None;
    keeping.backup_days = 0;
    keeping.lifecycle_support = Some("open-source-rds-extended-support".into());
    keeping.pending_changes = vec!["DBInstanceClass db.t4g.small".into()];
    let upkeep = Upkeep {
        maintenance: Ok(vec![Maintenance {
            action: "system-update".into(),
            description: Some("New Operating System update is available".into()),
            applied_at: Some(now + TimeDelta::days(5)),
            forced_after: Some(now + TimeDelta::days(12)),
            agreed: None,
        }]),
        authority_valid_until: Ok(Some(now + TimeDelta::days(100))),
        support: Ok(Some(Support {
            standard_until: now - TimeDelta::days(40),
            extended_until: Some(now + TimeDelta::days(1_000)),
        })),
    };
    (snapshot, upkeep)
}

#[test]
fn what_is_wrong_with_a_database_is_said_with_what_to_do() {
    golden("db.troubled", |lang, screen| {
        let (snapshot, upkeep) = troubled();
        render::database(&DatabaseView::new(&snapshot, Some(&upkeep), lang), screen)
    });
    let (snapshot, upkeep) = troubled();
    let view = DatabaseView::new(&snapshot, Some(&upkeep), Lang::En);
    // Each fault alone is said, and no other.
    let said = |change: &dyn Fn(&mut Snapshot, &mut Upkeep)| {
        let (mut well, mut plans) = (kept(), self::upkeep());
        change(&mut well, &mut plans);
        let view = DatabaseView::new(&well, Some(&plans), Lang::En);
        let said = view.concerns.into_iter().map(|concern| concern.message);
        said.collect::<Vec<_>>().join(" | ")
    };
    let bad = database(&mut snapshot.clone()).clone();
    let plans = upkeep;
    for (words, change) in [
        (
            "91 of 100 connections",
            Box::new(|s: &mut Snapshot, _: &mut Upkeep| {
                database(s)
                    .metrics
                    .as_mut()
                    .unwrap()
                    .as_mut()
                    .unwrap()
                    .insert("DatabaseConnections".into(), 91.0)
                    .map_or((), |_| ())
            }) as Box<dyn Fn(&mut Snapshot, &mut Upkeep)>,
        ),
        (
            "RDS lets it grow up to 100 GiB",
            Box::new(|s, _| {
                database(s)
                    .metrics
                    .as_mut()
                    .unwrap()
                    .as_mut()
                    .unwrap()
                    .insert("FreeStorageSpace".into(), 1.2e9)
                    .map_or((), |_| ())
            }),
        ),
        (
            "wait for a restart",
            Box::new({
                let bad = bad.clone();
                move |s, _| database(s).parameter_groups = bad.parameter_groups.clone()
            }),
        ),
        (
            "without TLS",
            Box::new({
                let bad = bad.clone();
                move |s, _| database(s).parameters = bad.parameters.clone()
            }),
        ),
        (
            "ends on",
            Box::new({
                let bad = bad.clone();
                move |s, _| database(s).certificate_valid_until = bad.certificate_valid_until
            }),
        ),
        (
            "no automated backups",
            Box::new(|s, _| database(s).keeping.as_mut().unwrap().backup_days = 0),
        ),
        (
            "deletion protection is off",
            Box::new(|s, _| database(s).keeping.as_mut().unwrap().deletion_protection = false),
        ),
        (
            "RDS upgrades it by itself",
            Box::new({
                let plans = plans.clone();
                move |_, u| u.support = plans.support.clone()
            }),
        ),
        (
            "maintenance waits: system-update",
            Box::new({
                let plans = plans.clone();
                move |_, u| u.maintenance = plans.maintenance.clone()
            }),
        ),
        (
            "the certificate authority rds-ca",
            Box::new({
                let plans = plans.clone();
                move |_, u| u.authority_valid_until = plans.authority_valid_until.clone()
            }),
        ),
    ] {
        let said = said(&change);
        assert!(
            said.contains(words) && !said.contains(" | "),
            "{words}: {said}"
        );
    }
    assert_eq!(said(&|_, _| {}), "");
    assert!(
        view.concerns
            .is_sorted_by_key(|concern| concern.severity == "advice")
    );
    assert_eq!(view.concerns[0].severity, "critical");
}

#[test]
fn what_was_not_seen_of_a_database_is_a_line_and_no_zero() {
    let denied = |operation: &str| Unobserved {
        operation: operation.into(),
        code: "AccessDenied".into(),
        message: "User: u is not authorized".into(),
    };
    golden("db.denied", |lang, screen| {
        let mut snapshot = kept();
        let database = database(&mut snapshot);
        database.metrics = Some(Err(denied("cloudwatch:GetMetricData")));
        database.events = Some(Err(denied("rds:DescribeEvents")));
        let upkeep = Upkeep {
            maintenance: Err(denied("rds:DescribePendingMaintenanceActions")),
            authority_valid_until: Err(denied("rds:DescribeCertificates")),
            support: Err(denied("rds:DescribeDBMajorEngineVersions")),
        };
        let view = DatabaseView::new(&snapshot, Some(&upkeep), lang);
        assert_eq!((view.not_seen.len(), &view.maintenance), (5, &None));
        render::database(&view, screen)
    });
    golden("db.none", |lang, screen| {
        let mut snapshot = of("healthy");
        snapshot.database = Ok(None);
        render::database(&DatabaseView::new(&snapshot, None, lang), screen)
    });
}
