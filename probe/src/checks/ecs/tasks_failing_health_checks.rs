//! ECS stops tasks because health checks find them unhealthy.

use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    evidence::stopped,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-tasks-failing-health-checks",
    classes: &["health-check-failed-generic"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "ECS stops tasks that fail their health checks",
        ja: "ヘルスチェックに失敗したタスクを ECS が停止しています",
    },
    explains: &[
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, stop| stop.is_unhealthy())? else {
        return Ok(vec![]);
    };
    let name = &case.target.service;
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "ECS replaces tasks of {name} again and again because they fail their health checks",
            "{name} のタスクがヘルスチェックに失敗し、ECS が繰り返し置き換えています"
        ),
        evidence: vec![failed.evidence],
        fix: vec![crate::checks::read_logs(case)],
    }])
}
