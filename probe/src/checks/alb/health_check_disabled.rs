//! The target group's health check is off: the load balancer cannot tell a broken task from a working one.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "alb-health-check-disabled",
    classes: &["health-check-disabled"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the health check of the target group is off",
        ja: "ターゲットグループのヘルスチェックが無効になっています",
    },
    explains: &["alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let off = case
        .target_groups()?
        .iter()
        .filter(|(_, group)| !group.health_check.enabled);
    let finding = |(arn, group): (&String, &crate::snapshot::TargetGroup)| {
        let name = &group.name;
        Finding {
            subject: name.clone(),
            message: words!(
                "the health check of {name} is off, so requests also go to tasks that do not work",
                "{name} のヘルスチェックが無効のため、動作していないタスクにもリクエストが送られます"
            ),
            evidence: vec![Evidence {
                source: "elasticloadbalancing:DescribeTargetGroups HealthCheckEnabled",
                saw: Words::verbatim("false"),
                expected: Words::verbatim("true"),
            }],
            fix: vec![Fix {
                title: words!("turn it on", "ヘルスチェックを有効にする"),
                command: format!(
                    "aws elbv2 modify-target-group --target-group-arn {arn} --health-check-enabled --region {region}"
                ),
            }],
        }
    };
    Ok(off.map(finding).collect())
}
