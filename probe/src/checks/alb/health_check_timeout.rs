//! Health checks get no answer in time: the application is too slow, or packets are dropped on the way.

use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    evidence::{Unhealthy, unhealthy},
    reading::HealthFailure,
    remedy::read_logs,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-timeout",
    classes: &["health-check-timeout"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application does not answer the health check in time",
        ja: "アプリケーションがヘルスチェックに時間内に応答していません",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let groups = unhealthy(case, |failure| failure == HealthFailure::Timeout)?;
    let finding = |unhealthy: Unhealthy<'_>| {
        let (arn, name, check) = (
            unhealthy.arn,
            &unhealthy.group.name,
            &unhealthy.group.health_check,
        );
        let (path, seconds, longer) = (
            &check.path,
            check.timeout_seconds,
            (check.timeout_seconds * 2).min(120),
        );
        let interval = check.interval_seconds.max(longer + 5);
        Finding {
            subject: name.clone(),
            message: words!(
                "targets of {name} do not answer {path} within {seconds} s",
                "{name} のターゲットが {path} に {seconds} 秒以内に応答していません"
            ),
            evidence: vec![unhealthy.evidence(words!(
                "an answer within {seconds} s",
                "{seconds} 秒以内の応答"
            ))],
            fix: vec![
                read_logs(
                    case,
                    words!(
                        "find out what the application waits for",
                        "アプリケーションが何を待っているか調べる"
                    ),
                ),
                Fix {
                    title: words!(
                        "or give it more time, if being slow is right",
                        "時間がかかるのが想定どおりなら、待ち時間を延ばす"
                    ),
                    command: format!(
                        "aws elbv2 modify-target-group --target-group-arn {arn} --health-check-timeout-seconds {longer} --health-check-interval-seconds {interval} --region {region}"
                    ),
                },
            ],
        }
    };
    Ok(groups.into_iter().map(finding).collect())
}
