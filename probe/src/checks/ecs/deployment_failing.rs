//! A deployment does not get its tasks up.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    evidence::{revision_of, stopped},
    reading::rolled_back,
    snapshot::Observed,
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
    explains: &["ecs-deployment-rolled-back"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    if let Some(back) = rolled_back(case)? {
        return given_up(case, &back.wanted);
    }
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

/// The tasks for which a deployment was rolled back. Where nobody knows of any, the roll-back itself has to speak.
fn given_up(case: &Case<'_>, wanted: &str) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |task, _| task.task_definition == wanted)? else {
        return Ok(vec![]);
    };
    let revision = revision_of(wanted);
    Ok(vec![Finding {
        subject: wanted.to_owned(),
        message: words!(
            "tasks of {revision} failed until its deployment was given up",
            "{revision} のタスクが失敗し、デプロイが中止されました"
        ),
        evidence: vec![failed.evidence],
        fix: vec![crate::checks::read_tasks(case)],
    }])
}
