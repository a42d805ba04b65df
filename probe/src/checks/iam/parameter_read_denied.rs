//! The execution role may not read a parameter of Parameter Store that the task definition injects.

use super::denied;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    supply::parameter_needs,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "iam-parameter-read-denied",
    classes: &[CLASS],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role may not read a parameter that the containers need",
        ja: "タスク実行ロールにパラメータを読み取る権限がありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

const CLASS: &str = "exec-role-missing-ssm-permission";

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let needs = parameter_needs(case, case.task_definition()?);
    denied(case, needs, CLASS, "read-parameters")
}
