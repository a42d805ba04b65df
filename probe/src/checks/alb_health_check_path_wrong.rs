//! The health check asks for a path that the application does not serve.

use crate::{
    check::{Check, Finding, Fix, Severity},
    evidence::unhealthy,
    reading::health_check_code,
    snapshot::{Observed, Snapshot, Target},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-path-wrong",
    class: Some("health-check-code-mismatch"),
    severity: Severity::Critical,
    fault: Phrase {
        en: "the health check asks for a path that the application does not answer with success",
        ja: "ヘルスチェックのパスに、アプリケーションが正常なステータスを返していません",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(snapshot: &Snapshot) -> Observed<Vec<Finding>> {
    let region = &snapshot.target.region;
    let groups = unhealthy(snapshot, |target| matches!(code(target), Some(300..500)))?;
    let finding = |unhealthy: crate::evidence::Unhealthy<'_>| {
        let (arn, name, path) = (unhealthy.arn, &unhealthy.group.name, &unhealthy.group.health_check.path);
        let matcher = &unhealthy.group.health_check.matcher;
        let code = code(unhealthy.targets[0]).unwrap_or_default();
        Finding {
            subject: name.clone(),
            message: words!(
                "the target group {name} checks {path}, which the application answers with {code} instead of {matcher}",
                "ターゲットグループ {name} のヘルスチェックパス {path} に、アプリケーションが {matcher} ではなく {code} を返しています"
            ),
            evidence: vec![unhealthy.evidence(words!("{path} answers {matcher}", "{path} が {matcher} を返す"))],
            fix: vec![Fix {
                title: words!(
                    "check the path that the application serves for this (/health for the event service)",
                    "アプリケーションがヘルスチェック用に提供しているパスを指定する (イベントサービスでは /health)"
                ),
                command: format!("aws elbv2 modify-target-group --target-group-arn {arn} --health-check-path /health --region {region}"),
            }],
        }
    };
    Ok(groups.into_iter().map(finding).collect())
}

fn code(target: &Target) -> Option<u16> {
    health_check_code(target.description.as_deref()?)
}
