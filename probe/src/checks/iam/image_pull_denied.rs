//! The execution role may not pull the image from ECR.

use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    evidence::name_of,
    execution_role::lacking,
    snapshot::Observed,
    supply::image_needs,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "iam-image-pull-denied",
    classes: &["exec-role-missing-ecr-permission"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role may not pull the image",
        ja: "タスク実行ロールにイメージを取得する権限がありません",
    },
    explains: &[
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "image-pull-failed",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let Some(lack) = lacking(
        case,
        image_needs(definition),
        "exec-role-missing-ecr-permission",
    )?
    else {
        return Ok(vec![]);
    };
    let (name, actions) = (name_of(lack.role), lack.actions());
    Ok(vec![Finding {
        subject: lack.role.to_owned(),
        message: match lack.swapped.map(name_of) {
            Some(task_role) => words!(
                "the execution role {name} lacks {actions}; the task role {task_role} has it, which ECS does not use for this",
                "タスク実行ロール {name} に {actions} の権限がありません (タスクロール {task_role} には付いていますが、ここでは使われません)"
            ),
            None => words!(
                "the execution role {name} lacks {actions}",
                "タスク実行ロール {name} に {actions} の権限がありません"
            ),
        },
        fix: lack.fix(case, "pull-image"),
        evidence: lack.evidence,
    }])
}
