//! A target has stopped or is gone, and is still registered.

use crate::{
    case::{Case, proof},
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-target-invalid-state",
    classes: &["target-invalid-state"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "a target has stopped and is still registered",
        ja: "停止したターゲットが登録されたままになっています",
    },
    explains: &["alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let groups = case.target_groups()?;
    let region = &case.target.region;
    let said = case.said(&["target-invalid-state"])?;
    let Some(evidence) = proof(&said, words!("a running target", "実行中のターゲット")) else {
        return Ok(vec![]);
    };
    let (Some(first), Some((arn, group))) = (said.first(), groups.iter().next()) else {
        return Ok(vec![]);
    };
    let (target, name) = (&first.by, &group.name);
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "{target} is registered with {name}, but has stopped",
            "{target} は停止していますが、{name} に登録されたままです"
        ),
        evidence: vec![evidence],
        fix: vec![Fix {
                title: words!("take it out of the target group", "ターゲットグループから登録解除する"),
                command: format!("aws elbv2 deregister-targets --target-group-arn {arn} --targets Id={} --region {region}", target.split(':').next().unwrap_or(target)),
            }],
    }])
}
