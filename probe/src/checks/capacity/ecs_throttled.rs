//! ECS slows the service down: it starts too many tasks, or too many calls are made in the account.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "capacity-ecs-throttled",
    classes: &["ecs-throttled"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "ECS is throttled and starts tasks late",
        ja: "ECS の操作がスロットリングされ、タスクの起動が遅れています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["ecs-throttled"])?;
    let expected = words!("calls are let through", "呼び出しが受け付けられる");
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let (name, region) = (&case.target.service, &case.target.region);
    let (cluster, taken_at) = (&case.target.cluster, case.taken_at.format("%FT%TZ"));
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "AWS throttles what ECS does for {name}: it goes on by itself, but late",
            "{name} に対する ECS の操作が AWS にスロットリングされています。自動で再試行されますが、遅れます"
        ),
        evidence: vec![told],
        fix: vec![
            Fix {
                title: words!(
                    "wait, and watch the events: it ends when the burst does",
                    "待って、イベントを見守る。集中した呼び出しが収まれば解消する"
                ),
                command: format!(
                    "aws ecs describe-services --cluster {cluster} --services {name} --query 'services[0].events[:10].[createdAt,message]' --output table --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "find who makes so many calls of ECS in the account",
                    "アカウント内で ECS を大量に呼び出しているものを探す"
                ),
                command: format!(
                    "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=ecs.amazonaws.com --end-time {taken_at} --max-results 50 --query 'Events[].[EventTime,EventName,Username]' --output table --region {region}"
                ),
            },
        ],
    }])
}
