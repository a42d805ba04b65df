//! Faults of the roles: who may do what.

use crate::{
    case::Case, check::Finding, evidence::name_of, execution_role::lacking, snapshot::Observed,
    supply::Need, words,
};

catalogue! {
    role_not_assumable,
    execution_role_missing,
    image_pull_denied,
    secret_read_denied,
    parameter_read_denied,
    key_decrypt_denied,
    logs_write_denied,
    policy_not_propagated,
}

/// What the execution role may not do of the needs of a start, and a policy of that name that allows it.
fn denied(
    case: &Case<'_>,
    needs: Vec<Need>,
    class: &'static str,
    policy: &str,
) -> Observed<Vec<Finding>> {
    let Some(lack) = lacking(case, needs, class)? else {
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
        fix: lack.fix(case, policy),
        evidence: lack.evidence,
    }])
}
