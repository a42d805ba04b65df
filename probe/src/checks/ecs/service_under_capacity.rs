//! Fewer tasks run than the service wants.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    evidence::starting,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-service-under-capacity",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "fewer tasks run than the service wants",
        ja: "動作中のタスクが必要数に足りません",
    },
    explains: &["alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let (running, desired, pending) = (service.running, service.desired, service.pending);
    if running >= desired {
        return Ok(vec![]);
    }
    let coming = i32::try_from(starting(case)?)
        .unwrap_or(i32::MAX)
        .min(pending);
    if running + coming >= desired {
        return Ok(vec![]); // a deployment or scale-out under way
    }
    let name = &case.target.service;
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
        fix: vec![crate::checks::read_tasks(case)],
    }])
}
