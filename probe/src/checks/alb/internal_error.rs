//! The load balancer itself fails to check the health.

use crate::{
    case::{Case, proof},
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
    let groups = case.target_groups()?;
    let region = &case.target.region;
    let said = case.said(&["elb-internal-error"])?;
    let Some(evidence) = proof(&said, words!("a result of the health check", "ヘルスチェックの結果")) else {
        return Ok(vec![]);
    };
    let (Some(first), Some((arn, group))) = (said.first(), groups.iter().next()) else {
        return Ok(vec![]);
    };
    let (target, name) = (&first.by, &group.name);
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "the load balancer could not check {target} of {name}: an error of its own",
            "ロードバランサーの内部エラーのため、{name} の {target} のヘルスチェックができませんでした"
        ),
        evidence: vec![evidence],
        fix: vec![Fix {
                title: words!("look again in five minutes; if it stays, replace the tasks", "5 分後にもう一度確認し、続くようならタスクを入れ替える"),
                command: format!("aws elbv2 describe-target-health --target-group-arn {arn} --region {region}"),
            }],
    }])
}
