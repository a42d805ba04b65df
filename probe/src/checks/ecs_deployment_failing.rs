//! A deployment does not get its tasks up.

use crate::{
    check::{Check, Evidence, Finding, Severity},
    evidence::revision_of,
    snapshot::{Observed, Snapshot},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-deployment-failing",
    class: Some("circuit-breaker-triggered"),
    severity: Severity::Warning,
    fault: Phrase {
        en: "the deployment does not get its tasks up",
        ja: "デプロイが新しいタスクを起動できていません",
    },
    explains: &[],
    find,
};

fn find(snapshot: &Snapshot) -> Observed<Vec<Finding>> {
    let service = snapshot.service()?;
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
        fix: vec![super::read_tasks(snapshot)],
    }])
}
