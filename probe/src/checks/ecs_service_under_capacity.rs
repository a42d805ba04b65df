//! Fewer tasks run than the service wants.

use chrono::TimeDelta;

use crate::{
    check::{Check, Evidence, Finding, Severity},
    snapshot::{Observed, Snapshot},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-service-under-capacity",
    class: None,
    severity: Severity::Critical,
    fault: Phrase {
        en: "fewer tasks run than the service wants",
        ja: "動作中のタスクが必要数に足りません",
    },
    explains: &["alb-no-healthy-targets"],
    find,
};

/// A deployment or scale-out that young may still be starting its tasks.
const STARTING: TimeDelta = TimeDelta::minutes(5);

fn find(snapshot: &Snapshot) -> Observed<Vec<Finding>> {
    let service = snapshot.service()?;
    let (running, desired, pending) = (service.running, service.desired, service.pending);
    let young = service.primary().is_some_and(|deployment| {
        deployment.failed == 0
            && deployment
                .created_at
                .is_some_and(|created| snapshot.taken_at - created < STARTING)
    });
    if running >= desired || (pending > 0 && young) {
        return Ok(vec![]);
    }
    let name = &snapshot.target.service;
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "ECS reports {running} of {desired} tasks of {name} running",
            "{name} のタスクは {desired} 件中 {running} 件だけが動作しています"
        ),
        evidence: vec![Evidence {
            source: "ecs:DescribeServices runningCount",
            saw: words!(
                "{running} running, {pending} pending",
                "実行中 {running}、保留中 {pending}"
            ),
            expected: words!("{desired} running", "実行中 {desired}"),
        }],
        fix: vec![super::read_tasks(snapshot)],
    }])
}
