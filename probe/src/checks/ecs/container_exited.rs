//! The application ends by itself with an error, and takes its task with it.

use super::sidecar_exited::is_sidecar;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    evidence::{last_lines, revision_of, stopped},
    reading::{End, exit_meaning},
    remedy,
    snapshot::Observed,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-container-exited",
    classes: &["app-exited-nonzero"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application exits by itself",
        ja: "アプリケーションが自ら終了しています",
    },
    explains: &[
        "alb-health-check-failed",
        "alb-no-healthy-targets",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let by_itself = |end: &End| end.is(CHECK.classes) && !is_sidecar(case, end);
    let Some(failed) = stopped(case, |_, end| by_itself(end))? else {
        return Ok(vec![]);
    };
    let (id, task, end) = &failed.newest;
    let (Some(container), Some(code)) = (&end.container, end.exit_code) else {
        return Ok(vec![]);
    };
    let revision = revision_of(&task.task_definition);
    let meaning = exit_meaning(code);
    let (en, ja) = (&meaning.en, &meaning.ja);
    let mut evidence = vec![failed.evidence];
    evidence.extend(last_lines(case, id, 5));
    let mut fix = vec![remedy::read_task(case, id)];
    fix.extend(remedy::go_back(case));
    Ok(vec![Finding {
        subject: task.task_definition.clone(),
        message: Words {
            en: format!(
                "the essential container {container} of {revision} ends with exit code {code} ({en})"
            ),
            ja: format!(
                "{revision} の必須コンテナ {container} が終了コード {code} で終了しています ({ja})"
            ),
        },
        evidence,
        fix,
    }])
}
