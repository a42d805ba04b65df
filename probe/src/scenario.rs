//! Exercises: snapshots of broken stacks inside the binary, each a merge patch (RFC 7396) over the healthy one.

use serde_json::Value;

use crate::snapshot::Snapshot;

const HEALTHY: &str = include_str!("../scenarios/healthy.json");

macro_rules! scenarios {
    ($($name:literal),* $(,)?) => {
        const PATCHES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../scenarios/", $name, ".json")))),*];
    };
}

scenarios!(
    "alb-health-check-failed",
    "alb-health-check-path-wrong",
    "alb-health-check-port-wrong",
    "alb-health-check-server-error",
    "alb-health-check-timeout",
    "alb-no-healthy-targets",
    "ecs-container-exited",
    "ecs-container-out-of-memory",
    "ecs-deployment-failing",
    "ecs-grace-period-too-short",
    "ecs-image-tag-missing",
    "ecs-service-under-capacity",
    "ecs-tasks-failing-health-checks",
    "iam-image-pull-denied",
    "iam-secret-read-denied",
    "network-database-port-closed",
    "network-target-port-closed",
    "secrets-json-key-missing",
    "secrets-secret-missing",
    "service-database-unreachable",
);

/// The names of all exercises, `healthy` first.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once("healthy").chain(PATCHES.iter().map(|(name, _)| *name))
}

/// The snapshot of an exercise; `None` for an unknown name.
///
/// # Errors
/// When the embedded data is not a snapshot: a defect of this program.
pub fn snapshot(name: &str) -> Option<serde_json::Result<Snapshot>> {
    let patch = match name {
        "healthy" => "{}",
        _ => PATCHES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some(patched(patch))
}

fn patched(patch: &str) -> serde_json::Result<Snapshot> {
    let mut snapshot: Value = serde_json::from_str(HEALTHY)?;
    json_patch::merge(&mut snapshot, &serde_json::from_str(patch)?);
    serde_json::from_value(snapshot)
}
