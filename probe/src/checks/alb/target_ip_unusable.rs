//! A target's address belongs to a load balancer: it cannot be a target.

use crate::{
    case::{Case, proof},
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-target-ip-unusable",
    classes: &["target-ip-unusable"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a target's address is in use by a load balancer",
        ja: "ターゲットの IP アドレスがロードバランサーに使われています",
    },
    explains: &["ecs-tasks-failing-health-checks", "alb-no-healthy-targets"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let groups = case.target_groups()?;
    let region = &case.target.region;
    let said = case.said(&["target-ip-unusable"])?;
    let Some(evidence) = proof(&said, words!("the address of a task", "タスクの IP アドレス")) else {
        return Ok(vec![]);
    };
    let (Some(first), Some((arn, group))) = (said.first(), groups.iter().next()) else {
        return Ok(vec![]);
    };
    let (target, name) = (&first.by, &group.name);
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "{target} cannot be a target of {name}: the address belongs to a load balancer",
            "{target} は {name} のターゲットになれません。ロードバランサーの IP アドレスです"
        ),
        evidence: vec![evidence],
        fix: vec![Fix {
                title: words!("take the address out of the target group; ECS registers its tasks by itself", "その IP アドレスを登録解除する (タスクは ECS が自動で登録する)"),
                command: format!("aws elbv2 deregister-targets --target-group-arn {arn} --targets Id={} --region {region}", target.split(':').next().unwrap_or(target)),
            }],
    }])
}
