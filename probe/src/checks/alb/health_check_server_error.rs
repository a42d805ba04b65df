//! The application answers the health check with a server error.

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
    id: "alb-health-check-server-error",
    classes: &["health-check-code-mismatch"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application answers the health check with a server error",
        ja: "アプリケーションがヘルスチェックにサーバーエラーを返しています",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let groups = unhealthy(case, |failure| {
        matches!(failure, HealthFailure::Code(500..600))
    })?;
    let finding = |unhealthy: Unhealthy<'_>| {
        let HealthFailure::Code(code) = unhealthy.failure else {
            return None;
        };
        let (name, path) = (&unhealthy.group.name, &unhealthy.group.health_check.path);
        Some(Finding {
            subject: name.clone(),
            message: words!(
                "the application answers {path}, the health check of the target group {name}, with {code}",
                "ターゲットグループ {name} のヘルスチェック {path} に、アプリケーションが {code} を返しています"
            ),
            evidence: vec![unhealthy.evidence(words!(
                "{path} answers without an error",
                "{path} がエラーなく応答する"
            ))],
            fix: vec![read_logs(
                case,
                words!(
                    "find the error in the application's log",
                    "アプリケーションのログでエラーを探す"
                ),
            )],
        })
    };
    Ok(groups.into_iter().filter_map(finding).collect())
}
