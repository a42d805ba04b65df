//! The health check asks for a path that the application does not serve.

use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    evidence::{Unhealthy, unhealthy},
    reading::HealthFailure,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-path-wrong",
    classes: &["health-check-code-mismatch"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the health check asks for a path that the application does not answer with success",
        ja: "ヘルスチェックのパスに、アプリケーションが正常なステータスを返していません",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let groups = unhealthy(case, |failure| {
        matches!(failure, HealthFailure::Code(100..500))
    })?;
    let finding = |unhealthy: Unhealthy<'_>| {
        let HealthFailure::Code(code) = unhealthy.failure else {
            return None;
        };
        let (arn, name, path) = (
            unhealthy.arn,
            &unhealthy.group.name,
            &unhealthy.group.health_check.path,
        );
        let matcher = &unhealthy.group.health_check.matcher;
        Some(Finding {
            subject: name.clone(),
            message: words!(
                "the target group {name} checks {path}, which the application answers with {code} instead of {matcher}",
                "ターゲットグループ {name} のヘルスチェックパス {path} に、アプリケーションが {matcher} ではなく {code} を返しています"
            ),
            evidence: vec![unhealthy.evidence(words!(
                "{path} answers {matcher}",
                "{path} が {matcher} を返す"
            ))],
            fix: vec![if path == "/health" {
                crate::checks::read_logs(case)
            } else {
                Fix {
                    title: words!(
                        "check the path that the application serves for this (/health for the event service)",
                        "アプリケーションがヘルスチェック用に提供しているパスを指定する (イベントサービスでは /health)"
                    ),
                    command: format!(
                        "aws elbv2 modify-target-group --target-group-arn {arn} --health-check-path /health --region {region}"
                    ),
                }
            }],
        })
    };
    Ok(groups.into_iter().filter_map(finding).collect())
}
