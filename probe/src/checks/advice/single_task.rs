//! Only one task answers: when it ends, nobody does until the next one is ready.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{Observed, Subject},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = advice(
    "advice-single-task",
    Phrase {
        en: "one task alone serves the users",
        ja: "タスクが 1 つしかありません",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let (seen, scaling) = (case.service()?, case.scaling()?);
    let fewest = scaling.as_ref().map_or(seen.desired, |scaling| scaling.min);
    // Without a load balancer nobody waits for an answer: one worker may be meant.
    if seen.desired != 1 || fewest > 1 || seen.load_balancers.is_empty() {
        return Ok(vec![]);
    }
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    let command = match scaling {
        Some(scaling) => format!(
            "aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/{cluster}/{service} --min-capacity 2 --max-capacity {} --region {region}",
            scaling.max.max(2)
        ),
        None => format!(
            "aws ecs update-service --cluster {cluster} --service {service} --desired-count 2 --region {region}"
        ),
    };
    Ok(vec![finding(
        service,
        words!(
            "{service} runs one task: while it is replaced after a failure, nothing answers",
            "{service} のタスクは 1 つだけです。障害で停止すると、代わりのタスクが起動するまで応答できません"
        ),
        (
            "ecs:DescribeServices desiredCount",
            words!("1", "1"),
            words!(
                "at least 2, in two Availability Zones",
                "2 以上 (2 つのアベイラビリティーゾーン)"
            ),
        ),
        vec![Fix {
            title: words!("run two tasks at least", "タスクを 2 つ以上にする"),
            command,
        }],
    )])
}
