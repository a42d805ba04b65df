//! A deployment does not get its tasks up.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    evidence::revision_of,
    snapshot::{Observed},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-deployment-failing",
    classes: &["circuit-breaker-triggered"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the deployment does not get its tasks up",
        ja: "デプロイが新しいタスクを起動できていません",
    },
    explains: &[],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let Some(primary) = service.primary() else {
        return Ok(vec![]);
    };
    let state = primary.rollout_state.as_deref().unwrap_or_default();
    if state == "COMPLETED" || (primary.failed == 0 && state != "FAILED") {
        return Ok(vec![]);
    }
    let (failed, revision) = (primary.failed, revision_of(&primary.task_definition));
    let reason = primary.rollout_reason.as_deref().unwrap_or_default();
    Ok(vec![Finding {
        subject: primary.id.clone(),
        message: words!(
            "the deployment of {revision} has {failed} failed tasks",
            "{revision} のデプロイで {failed} 件のタスクが失敗しています"
        ),
        evidence: vec![Evidence {
            source: "ecs:DescribeServices deployments[].rolloutState",
            saw: Words::verbatim(
                format!("{state}, failedTasks {failed} {reason}")
                    .trim_end()
                    .to_owned(),
            ),
            expected: Words::verbatim("COMPLETED"),
        }],
        fix: vec![crate::checks::read_tasks(case)],
    }])
}
