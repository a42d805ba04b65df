//! No listener forwards to the service's target group: its tasks run, and nobody can reach them.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "alb-target-group-not-attached",
    classes: &["target-group-not-attached"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "no listener forwards to the service's target group",
        ja: "サービスのターゲットグループに転送するリスナーがありません",
    },
    explains: &[
        "ecs-deployment-failing",
        "ecs-service-under-capacity",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let balancers = case.load_balancers()?;
    let mut forwarded_to = vec![];
    for balancer in balancers.values() {
        forwarded_to.extend(balancer.listeners()?.iter().flat_map(|l| &l.target_groups));
    }
    let mut findings = vec![];
    for (arn, group) in case.target_groups()? {
        if forwarded_to.contains(&arn) {
            continue;
        }
        let name = &group.name;
        let mut evidence = vec![Evidence {
            source: "elasticloadbalancing:DescribeRules",
            saw: words!(
                "no default action and no rule of any listener names {name}",
                "どのリスナーのデフォルトアクションにもルールにも {name} がありません"
            ),
            expected: words!("a rule that forwards to {name}", "{name} に転送するルール"),
        }];
        evidence.extend(proof(
            &case.said(&["target-group-not-attached"])?,
            words!(
                "the target group is in use",
                "ターゲットグループが使用されている"
            ),
        ));
        findings.push(Finding {
            subject: name.clone(),
            message: words!(
                "no listener forwards to the target group {name}, so no request reaches the tasks",
                "ターゲットグループ {name} に転送するリスナーがないため、リクエストがタスクに届きません"
            ),
            evidence,
            fix: vec![
                Fix {
                    title: words!(
                        "find the listener that clients use",
                        "クライアントが使うリスナーを確認する"
                    ),
                    command: listeners(balancers.keys().next(), region),
                },
                Fix {
                    title: words!(
                        "let it forward to the target group (a service behind a rule of its own: aws elbv2 create-rule)",
                        "そのリスナーからターゲットグループに転送する (専用のルールを使う場合は aws elbv2 create-rule)"
                    ),
                    command: format!(
                        "aws elbv2 modify-listener --listener-arn <LISTENER_ARN> --default-actions Type=forward,TargetGroupArn={arn} --region {region}"
                    ),
                },
            ],
        });
    }
    Ok(findings)
}

fn listeners(balancer: Option<&String>, region: &str) -> String {
    match balancer {
        Some(arn) => {
            format!("aws elbv2 describe-listeners --load-balancer-arn {arn} --region {region}")
        }
        None => format!("aws elbv2 describe-load-balancers --region {region}"),
    }
}
