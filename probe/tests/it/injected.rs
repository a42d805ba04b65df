//! Every other fault that the local AWS can be given, beside those of `live.rs`: each alone is the only root cause.

use serde_json::json;

use crate::lab::{Lab, ids};

/// Not here: `ecs-deployment-rolled-back`, a symptom of what made the deployment fail (see `live.rs`), and
/// `ecs-host-port-in-use`, which Fargate does not know.
const FAULTS: &[&str] = &[
    "alb-health-check-disabled",
    "alb-health-check-failed",
    "alb-health-check-host-rejected",
    "alb-internal-error",
    "alb-keep-alive-too-short",
    "alb-target-group-not-attached",
    "alb-target-invalid-state",
    "alb-target-ip-unusable",
    "alb-target-not-registered",
    "alb-zone-not-enabled",
    "capacity-ec2-placement-failed",
    "capacity-ecs-throttled",
    "capacity-spot-architecture-unsupported",
    "ecs-target-group-arn-invalid",
    "ecs-task-size-invalid",
    "iam-execution-role-missing",
    "iam-key-decrypt-denied",
    "iam-key-decrypt-denied, by the policy of the key",
    "iam-logs-write-denied",
    "iam-parameter-read-denied",
    "iam-policy-not-propagated",
    "iam-role-not-assumable",
    "image-architecture-mismatch",
    "image-cross-account-denied",
    "image-disk-full",
    "image-platform-mismatch",
    "image-pull-failed",
    "image-rate-limited",
    "image-reference-invalid",
    "image-registry-login-failed",
    "image-repository-missing",
    "logs-group-missing",
    "network-layer-download-blocked",
    "network-subnet-zone-unsupported",
    "rds-certificate-not-trusted",
    "rds-client-too-old",
    "rds-connection-refused",
    "rds-connections-exhausted",
    "rds-database-missing",
    "rds-endpoint-is-replica",
    "rds-host-unset",
    "rds-hostname-wrong",
    "rds-iam-login-denied",
    "rds-iam-role-blocks-password",
    "rds-idle-in-transaction",
    "rds-memory-low",
    "rds-not-available",
    "rds-parameters-invalid",
    "rds-password-not-encoded",
    "rds-password-wrong",
    "rds-restarted",
    "rds-schema-permission-denied",
    "rds-ssl-required",
    "rds-still-read-only",
    "rds-storage-full",
    "secrets-arn-ambiguous",
    "secrets-not-json",
    "secrets-parameter-missing",
    "secrets-scheduled-for-deletion",
    "secrets-version-missing",
    "storage-efs-mount-not-ready",
];

#[test]
fn each_injected_fault_is_the_only_root_cause() {
    let mut wrong = vec![];
    for fault in FAULTS {
        let lab = Lab::deployed();
        lab.break_it(fault);
        let (code, report) = lab.diagnose(&[]);
        let first = &report["causes"][0];
        let is_proven = first["evidence"][0]["saw"].is_string();
        let is_mended = first["fix"][0]["command"].is_string();
        let id = fault.split(',').next().unwrap();
        if code != 1
            || ids(&report["causes"]) != [id]
            || !is_proven
            || !is_mended
            || report["unknown"] != json!([])
        {
            wrong.push((*fault, code, report));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
