//! The execution role may not write to the log group: the log driver starts before the container and fails.

use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    evidence::name_of,
    execution_role::lacking,
    snapshot::Observed,
    supply::log_needs,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "iam-logs-write-denied",
    classes: &["exec-role-missing-logs-permission"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role may not write the containers' logs",
        ja: "タスク実行ロールにログを書き込む権限がありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let Some(lack) = lacking(case, log_needs(case, definition), "exec-role-missing-logs-permission")? else {
        return Ok(vec![]);
    };
    let (name, actions, resources) = (name_of(lack.role), lack.actions(), lack.resources());
    Ok(vec![Finding {
        subject: lack.role.to_owned(),
        message: match lack.swapped.map(name_of) {
            Some(task_role) => words!(
                "the execution role {name} lacks {actions} on {resources}; the task role {task_role} has it, which ECS does not use for this",
                "タスク実行ロール {name} に、{resources} に対する {actions} の権限がありません (タスクロール {task_role} には付いていますが、ここでは使われません)"
            ),
            None => words!(
                "the execution role {name} lacks {actions} on {resources}",
                "タスク実行ロール {name} に、{resources} に対する {actions} の権限がありません"
            ),
        },
        fix: lack.fix(case, "write-logs"),
        evidence: lack.evidence,
    }])
}
