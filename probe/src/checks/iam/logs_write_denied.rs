//! The execution role may not write to the log group: the log driver starts before the container and fails.

use super::denied;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    snapshot::Observed,
    supply::log_needs,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "iam-logs-write-denied",
    classes: &[CLASS],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role may not write the containers' logs",
        ja: "タスク実行ロールにログを書き込む権限がありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

const CLASS: &str = "exec-role-missing-logs-permission";

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let needs = log_needs(case, case.task_definition()?);
    denied(case, needs, CLASS, "write-logs")
}
