//! Deployments that stop, roll back or cannot move.

use crate::reading::rule::{Rule, fault};

pub(super) const RULES: &[Rule] = &[
    fault("circuit-breaker-triggered", &["circuit breaker|circuit_breaker|circuitbreaker"])
        .unless("alarm detected|was disabled|is enabled|opossum|resilience")
        .weak(),
    fault("circuit-breaker-triggered", &["deployment", "rolling back|rolled back|deployment failed: tasks failed to start|tasks failed to start|rollback"])
        .unless("alarm|completed|successfully")
        .weak(),
    fault("circuit-breaker-triggered", &["service deployment", "failed|stopped"])
        .unless("alarm|0 failed")
        .last(),
    fault("deployment-config-deadlock", &["minimumhealthypercent|maximumpercent|minimum healthy percent|maximum percent|service deployment configuration|deployment configuration|minimumhealthy"])
        .unless("steady state|completed|protect"),
    fault("task-protection-blocks-scale-in", &["protected|under protection|tasks protection|task protection|scale-in protection|protection enabled|protectionenabled|task_protected|scale in protection"])
        .unless("deletion protection|termination protection|secret"),
    fault("deployment-alarm-rollback", &["alarm detected|cloudwatch alarm|alarms detected|deployment alarm|alarm", "deploy|rollback|rolling back|roll back"])
        .unless("ok state|insufficient_data")
        .strong()
        .certain(),
    fault("lb-container-mapping-mismatch", &["container", "does not exist in the task definition|not exist in the task definition|isn't in the task definition|did not have a container port|should be specified in|did not have a container|did not define|not defined in the task definition|in the task definition|not found in the task definition|container port"])
        .unless("log group|could not find|size|is unhealthy|memory|execution role|host port|log driver")
        .certain(),
];
