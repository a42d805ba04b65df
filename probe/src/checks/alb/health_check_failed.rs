//! Health checks fail without a status code: the connection is refused or reset, or the answer is not HTTP.

use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    evidence::{Unhealthy, unhealthy},
    reading::HealthFailure,
    remedy::read_logs,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-failed",
    classes: &["health-check-failed-generic"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the health check cannot connect to the application",
        ja: "ヘルスチェックがアプリケーションに接続できません",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let groups = unhealthy(case, |failure| {
        matches!(failure, HealthFailure::NoAnswer | HealthFailure::Other)
    })?;
    let mappings = &case.service()?.load_balancers;
    let finding = |unhealthy: Unhealthy<'_>| {
        let name = &unhealthy.group.name;
        let port = mappings
            .iter()
            .find(|mapping| mapping.target_group == *unhealthy.arn)
            .map_or(0, |mapping| mapping.port);
        Finding {
            subject: name.clone(),
            message: words!(
                "nothing answers the health check of {name} at port {port} of the targets",
                "{name} のターゲットのポート {port} で、ヘルスチェックに応答するものがありません"
            ),
            evidence: vec![unhealthy.evidence(words!(
                "the application listens at 0.0.0.0:{port}",
                "アプリケーションが 0.0.0.0:{port} で待ち受ける"
            ))],
            fix: vec![read_logs(
                case,
                words!(
                    "see whether the application listens at port {port} on every address, not only on localhost",
                    "アプリケーションが localhost だけでなく全アドレスのポート {port} で待ち受けているか確認する"
                ),
            )],
        }
    };
    Ok(groups.into_iter().map(finding).collect())
}
