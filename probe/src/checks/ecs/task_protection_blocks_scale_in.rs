//! More tasks are protected than the service wants, so it cannot shrink or end a deployment.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-task-protection-blocks-scale-in",
    classes: &["task-protection-blocks-scale-in"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "protected tasks keep the service from scaling in",
        ja: "タスク保護により、サービスをスケールインできません",
    },
    explains: &["ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let said = told(case, &["task-protection-blocks-scale-in"])?;
    let expected = words!("ECS may stop them", "ECS が停止できる");
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let (running, desired) = (service.running, service.desired);
    let deploying = service.deployments.len() > 1;
    if running <= desired && !deploying {
        return Ok(vec![]); // the protection has ended since, and the tasks with it
    }
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let tasks = case.tasks().into_iter().flatten();
    let ids: Vec<&str> = tasks
        .filter(|(_, task)| task.last_status == "RUNNING" && task.stopping_at.is_none())
        .map(|(id, _)| id.as_str())
        .collect();
    let ids = ids.join(" ");
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "{running} tasks of {name} run although it wants {desired}: task protection forbids ECS to stop them",
            "{name} の必要数は {desired} ですが、タスク保護により ECS が停止できないため {running} 件が動作しています"
        ),
        evidence: vec![
            told,
            Evidence {
                source: "ecs:DescribeServices runningCount",
                saw: words!("{running} running", "実行中 {running}"),
                expected: words!("{desired} running", "実行中 {desired}"),
            },
        ],
        fix: vec![
            Fix {
                title: words!(
                    "see which tasks are protected, and until when",
                    "保護されているタスクと期限を確認する"
                ),
                command: format!(
                    "aws ecs get-task-protection --cluster {cluster} --tasks {ids} --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "end the protection of those whose work is done or may be cut off",
                    "処理が終わっている、または中断してよいタスクの保護を解除する"
                ),
                command: format!(
                    "aws ecs update-task-protection --cluster {cluster} --tasks <TASK_ID> --no-protection-enabled --region {region}"
                ),
            },
        ],
    }])
}
