//! The application refuses the health check because it does not know the host name that the load balancer sends.

use crate::{
    case::{Case, proof},
    check::{Check, Finding, Severity},
    evidence::{stopped, unhealthy},
    reading::HealthFailure,
    remedy::read_logs,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-host-rejected",
    classes: &["health-check-host-header-rejected"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application rejects the Host header of the health check",
        ja: "アプリケーションがヘルスチェックの Host ヘッダーを拒否しています",
    },
    explains: &[
        "alb-health-check-path-wrong",
        "ecs-tasks-failing-health-checks",
        "alb-no-healthy-targets",
    ],
    find,
};

/// A health check asks with the target's address and port as its host:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>.
fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = case.logged(CHECK.classes)?;
    let Some(heard) = proof(
        &said,
        words!(
            "the health check's host, the task's own address, is accepted",
            "ヘルスチェックの Host (タスク自身の IP アドレス) が許可されている"
        ),
    ) else {
        return Ok(vec![]);
    };
    // Strangers with a wrong host are refused too, and rightly: only failing health checks make it a fault.
    let refused = unhealthy(case, |failure| {
        matches!(failure, HealthFailure::Code(400..500))
    })?;
    let replaced = stopped(case, |_, end| end.is_unhealthy())?;
    let now = refused.first().map(|refused| {
        let matcher = &refused.group.health_check.matcher;
        refused.evidence(words!("an answer of {matcher}", "{matcher} の応答"))
    });
    let Some(failing) = now.or(replaced.map(|stopped| stopped.evidence)) else {
        return Ok(vec![]);
    };
    let name = case
        .target_groups()?
        .values()
        .next()
        .map_or_else(String::new, |group| group.name.clone());
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "the application refuses the health checks of {name}, whose Host is the task's own address",
            "アプリケーションが {name} のヘルスチェックを拒否しています。Host がタスク自身の IP アドレスのためです"
        ),
        evidence: vec![heard, failing],
        fix: vec![read_logs(
            case,
            words!(
                "let the application accept any host on the health check's path only, or its own address (Django: ALLOWED_HOSTS)",
                "ヘルスチェックのパスだけ任意の Host を許可するか、タスク自身のアドレスを許可する (Django では ALLOWED_HOSTS)"
            ),
        )],
    }])
}
