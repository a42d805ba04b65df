//! What each scenario is diagnosed as, and how its report reads.

use std::collections::BTreeSet;

use probe::{
    check::Severity,
    checks::all,
    diagnose::{Verdict, diagnose},
    scenario,
    snapshot::{Snapshot, Unobserved},
};

use super::golden;
use crate::{causes, healthy};

#[test]
fn the_healthy_stack_is_healthy() {
    let diagnosis = diagnose(&healthy());
    assert_eq!(diagnosis.verdict(), Verdict::Healthy, "{diagnosis:#?}");
    assert!(diagnosis.advice.is_empty(), "{:#?}", diagnosis.advice);
}

#[test]
fn every_scenario_has_its_own_fault_as_the_only_root_cause() {
    let mut wrong = vec![];
    for check in all().filter(|check| check.severity != Severity::Advice) {
        let snapshot = scenario::snapshot(check.id).unwrap().unwrap();
        let diagnosis = diagnose(&snapshot);
        let causes = causes(&diagnosis);
        if causes != [check.id] {
            wrong.push((check.id, causes));
            continue;
        }
        golden(check.id, &snapshot, &diagnosis);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn several_independent_faults_are_all_named() {
    for name in scenario::names() {
        if name.contains('+') {
            let snapshot = scenario::snapshot(name).unwrap().unwrap();
            let diagnosis = diagnose(&snapshot);
            let causes = BTreeSet::from_iter(causes(&diagnosis));
            assert_eq!(causes, name.split('+').collect(), "{name}");
        }
    }
}

#[test]
fn advice_is_given_and_is_no_fault() {
    for check in all().filter(|check| check.severity == Severity::Advice) {
        let snapshot = scenario::snapshot(check.id).unwrap().unwrap();
        let diagnosis = diagnose(&snapshot);
        let given: Vec<&str> = diagnosis.advice.iter().map(|(by, _)| by.id).collect();
        assert_eq!(given, [check.id]);
        golden(check.id, &snapshot, &diagnosis);
        assert_eq!(diagnosis.verdict(), Verdict::Healthy, "{}", check.id);
    }
}

#[test]
fn a_missing_section_is_unknown_and_never_healthy() {
    let gone = || Unobserved {
        operation: "x:Y".into(),
        code: "AccessDenied".into(),
        message: "no".into(),
    };
    type Removal = (&'static str, fn(&mut Snapshot, Unobserved));
    let removals: [Removal; 12] = [
        ("service", |s, u| s.service = Err(u)),
        ("task_definition", |s, u| s.task_definition = Err(u)),
        ("tasks", |s, u| s.tasks = Err(u)),
        ("target_groups", |s, u| s.target_groups = Err(u)),
        ("load_balancers", |s, u| s.load_balancers = Err(u)),
        ("subnets", |s, u| s.subnets = Err(u)),
        ("security_groups", |s, u| s.security_groups = Err(u)),
        ("database", |s, u| s.database = Err(u)),
        ("permissions", |s, u| s.permissions = Err(u)),
        ("logs", |s, u| s.logs = Err(u)),
        ("secrets", |s, u| {
            s.secrets
                .values_mut()
                .for_each(|secret| *secret = Err(u.clone()))
        }),
        ("images", |s, u| {
            s.images
                .values_mut()
                .for_each(|image| *image = Err(u.clone()))
        }),
    ];
    for (section, remove) in removals {
        let mut snapshot = healthy();
        remove(&mut snapshot, gone());
        let diagnosis = diagnose(&snapshot);
        assert_eq!(
            diagnosis.verdict(),
            Verdict::Undetermined,
            "without {section}"
        );
    }
}
