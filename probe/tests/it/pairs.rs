//! Two independent faults at once on the deployed stack: both are named, and nothing else.

use std::collections::BTreeSet;

use serde_json::json;

use crate::lab::{Lab, ids};

/// Pairs whose parts do not hide each other: a task that does not start shows nothing of what it would do once
/// started, so the other half is a fault of what still runs or of what stands around it.
const PAIRS: &[[&str; 2]] = &[
    ["alb-health-check-path-wrong", "iam-secret-read-denied"],
    [
        "alb-health-check-path-wrong",
        "network-database-port-closed",
    ],
    ["alb-health-check-path-wrong", "secrets-secret-missing"],
    ["alb-health-check-port-wrong", "ecs-container-out-of-memory"],
    ["alb-health-check-port-wrong", "iam-image-pull-denied"],
    [
        "alb-health-check-port-wrong",
        "network-database-port-closed",
    ],
    ["alb-health-check-server-error", "secrets-json-key-missing"],
    ["alb-health-check-timeout", "secrets-secret-missing"],
    [
        "ecs-container-out-of-memory",
        "network-database-port-closed",
    ],
    ["ecs-grace-period-too-short", "network-database-port-closed"],
    ["ecs-image-tag-missing", "iam-image-pull-denied"],
    ["ecs-image-tag-missing", "iam-secret-read-denied"],
    ["ecs-image-tag-missing", "network-database-port-closed"],
    ["ecs-image-tag-missing", "network-target-port-closed"],
    ["ecs-image-tag-missing", "secrets-json-key-missing"],
    ["iam-image-pull-denied", "iam-secret-read-denied"],
    ["iam-image-pull-denied", "network-database-port-closed"],
    ["iam-image-pull-denied", "secrets-secret-missing"],
    ["iam-secret-read-denied", "network-database-port-closed"],
    ["iam-secret-read-denied", "network-target-port-closed"],
    ["network-database-port-closed", "network-target-port-closed"],
    ["network-database-port-closed", "secrets-json-key-missing"],
    ["network-database-port-closed", "secrets-secret-missing"],
    ["network-target-port-closed", "secrets-json-key-missing"],
    ["network-client-port-closed", "rds-password-wrong"],
    ["network-client-port-closed", "rds-storage-full"],
    ["ecs-container-out-of-memory", "network-client-port-closed"],
    ["alb-target-group-not-attached", "rds-not-available"],
    ["network-client-port-closed", "secrets-json-key-missing"],
    ["iam-parameter-read-denied", "network-client-port-closed"],
    ["image-platform-mismatch", "network-client-port-closed"],
    ["alb-target-group-not-attached", "image-repository-missing"],
    // One could explain the other, and what the application itself says tells them apart.
    ["ecs-container-exited", "network-database-port-closed"],
    [
        "alb-health-check-server-error",
        "network-database-port-closed",
    ],
    // A task that ended does not make one of another revision unhealthy.
    [
        "alb-health-check-server-error",
        "ecs-container-out-of-memory",
    ],
    ["alb-health-check-timeout", "ecs-container-out-of-memory"],
    ["alb-health-check-failed", "ecs-container-out-of-memory"],
    ["alb-health-check-failed", "ecs-container-exited"],
];

#[test]
fn two_independent_faults_are_both_named_and_no_third() {
    let lab = Lab::deployed();
    let mut wrong = vec![];
    for pair in PAIRS {
        lab.lab("reset", &json!({}));
        lab.lab("deploy", &json!({}));
        lab.lab("break", &json!({ "scenario": pair }));
        let (code, report) = lab.diagnose(&[]);
        let causes = BTreeSet::from_iter(ids(&report["causes"]));
        if code != 1 || causes != BTreeSet::from(*pair) {
            wrong.push(format!("{}: exit {code}, {causes:?}", pair.join("+")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        PAIRS.len()
    );
}
