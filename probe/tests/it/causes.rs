//! Properties of the causal graph over arbitrary outcomes.

use std::collections::BTreeSet;

use probe::{
    apart::Apart,
    check::{Finding, Severity},
    checks::all,
    diagnose::{Diagnosis, Examined, Outcome, arrange},
    snapshot::Unobserved,
    words::Words,
};
use proptest::prelude::*;

use crate::causes;

fn finding() -> Finding {
    Finding {
        subject: "x".into(),
        message: Words::verbatim("x"),
        evidence: vec![],
        fix: vec![],
    }
}

fn outcomes() -> impl Strategy<Value = Vec<Outcome>> {
    let unknown = Unobserved {
        operation: "x:Y".into(),
        code: "AccessDenied".into(),
        message: "".into(),
    };
    let outcome = prop_oneof![
        3 => Just(Outcome::Healthy),
        2 => Just(Outcome::Faulty(vec![finding()])),
        1 => Just(Outcome::Unknown(unknown)),
    ];
    prop::collection::vec(outcome, all().count())
}

fn examined(outcomes: &[Outcome]) -> Vec<Examined> {
    all()
        .zip(outcomes)
        .map(|(check, outcome)| Examined {
            check,
            class: check.class(),
            outcome: outcome.clone(),
        })
        .collect()
}

fn shown(diagnosis: &Diagnosis) -> BTreeSet<(&str, BTreeSet<&str>)> {
    let symptoms = |cause: &probe::diagnose::Cause| {
        cause
            .symptoms
            .iter()
            .map(|symptom| symptom.check.id)
            .collect()
    };
    diagnosis
        .causes
        .iter()
        .map(|cause| (cause.check.id, symptoms(cause)))
        .collect()
}

proptest! {
    #[test]
    fn whatever_fired_is_a_cause_or_hangs_under_one(outcomes in outcomes()) {
        let fired: BTreeSet<&str> = all().zip(&outcomes)
            .filter(|(check, outcome)| check.severity != Severity::Advice && matches!(outcome, Outcome::Faulty(_)))
            .map(|(check, _)| check.id)
            .collect();
        let diagnosis = arrange(examined(&outcomes), &Apart::new());
        let causes = BTreeSet::from_iter(causes(&diagnosis));
        let symptoms: BTreeSet<&str> =
            diagnosis.causes.iter().flat_map(|cause| &cause.symptoms).map(|symptom| symptom.check.id).collect();
        prop_assert_eq!(causes.union(&symptoms).copied().collect::<BTreeSet<_>>(), fired);
        prop_assert!(causes.is_disjoint(&symptoms));
    }

    #[test]
    fn the_order_of_the_catalogue_does_not_matter(outcomes in outcomes(), seed in any::<u64>()) {
        let straight = arrange(examined(&outcomes), &Apart::new());
        let mut shuffled = examined(&outcomes);
        let count = shuffled.len();
        for i in 0..count {
            shuffled.swap(i, (seed.rotate_left(i as u32) % count as u64) as usize);
        }
        let other = arrange(shuffled, &Apart::new());
        prop_assert_eq!(shown(&straight), shown(&other));
    }
}

fn causes_of(fired: &[&str], unknown: &[&str]) -> Vec<&'static str> {
    let outcome = |id: &str| {
        if fired.contains(&id) {
            Outcome::Faulty(vec![finding()])
        } else if unknown.contains(&id) {
            Outcome::Unknown(Unobserved {
                operation: "x:Y".into(),
                code: "z".into(),
                message: "".into(),
            })
        } else {
            Outcome::Healthy
        }
    };
    let outcomes: Vec<Outcome> = all().map(|check| outcome(check.id)).collect();
    causes(&arrange(examined(&outcomes), &Apart::new()))
}

#[test]
fn an_explanation_runs_through_the_unknown_but_not_through_the_healthy() {
    let (cause, link, symptom) = (
        "network-database-port-closed",
        "ecs-container-exited",
        "ecs-service-under-capacity",
    );
    assert_eq!(causes_of(&[cause, link, symptom], &[]), [cause]);
    assert_eq!(causes_of(&[cause, symptom], &[link]), [cause]);
    assert_eq!(
        causes_of(&[cause, symptom], &[]),
        [cause, symptom],
        "a healthy link refutes the story"
    );
}

#[test]
fn independent_causes_are_all_named() {
    let causes = causes_of(
        &[
            "network-database-port-closed",
            "iam-secret-read-denied",
            "service-database-unreachable",
        ],
        &[],
    );
    assert_eq!(
        causes,
        ["network-database-port-closed", "iam-secret-read-denied"]
    );
}
