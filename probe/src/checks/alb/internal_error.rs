//! The load balancer itself fails to check the health.

use super::told;
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-internal-error",
    classes: &["elb-internal-error"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the load balancer reports an internal error",
        ja: "ロードバランサーが内部エラーを報告しています",
    },
    explains: &["alb-health-check-failed", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a result of the health check", "ヘルスチェックの結果");
    told(case, CHECK.classes, expected, |told| {
        let (target, name) = (told.target, told.name);
        let message = words!(
            "the load balancer could not check {target} of {name}: an error of its own",
            "ロードバランサーの内部エラーのため、{name} の {target} のヘルスチェックができませんでした"
        );
        let (arn, region) = (told.arn, &case.target.region);
        let fix = Fix {
            title: words!(
                "look again in five minutes; if it stays, replace the tasks",
                "5 分後にもう一度確認し、続くようならタスクを入れ替える"
            ),
            command: format!(
                "aws elbv2 describe-target-health --target-group-arn {arn} --region {region}"
            ),
        };
        (message, fix)
    })
}
