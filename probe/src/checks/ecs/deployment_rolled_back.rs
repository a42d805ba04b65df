//! The newest deployment was rolled back: all looks well, but what runs is not what was released.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    reading::rolled_back,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-deployment-rolled-back",
    classes: &["circuit-breaker-triggered"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the newest deployment was rolled back",
        ja: "最新のデプロイがロールバックされています",
    },
    explains: &[],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(back) = rolled_back(case)? else {
        // Without the history of deployments the events alone can deny it, and ECS keeps only some.
        case.service_deployments()?;
        return Ok(vec![]);
    };
    let service = case.service()?;
    let (wanted, runs) = (
        revision_of(&back.wanted),
        revision_of(&service.task_definition),
    );
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let running = service.running;
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "{name} runs {runs}, not {wanted}, which was deployed last: that deployment was rolled back",
            "{name} で動いているのは {runs} です。最後にデプロイされた {wanted} はロールバックされました"
        ),
        evidence: vec![
            Evidence {
                source: back.source,
                saw: Words::verbatim(format!("{wanted}: {}", back.words)),
                expected: Words::verbatim("SUCCESSFUL"),
            },
            Evidence {
                source: "ecs:DescribeServices taskDefinition",
                saw: words!(
                    "{runs}, {running} tasks running",
                    "{runs}、実行中 {running}"
                ),
                expected: Words::verbatim(wanted),
            },
        ],
        fix: vec![
            Fix {
                title: words!(
                    "see what changed between the two revisions",
                    "2 つのリビジョンの違いを確認する"
                ),
                command: format!(
                    "diff <(aws ecs describe-task-definition --task-definition {runs} --query taskDefinition --region {region}) <(aws ecs describe-task-definition --task-definition {wanted} --query taskDefinition --region {region})"
                ),
            },
            Fix {
                title: words!(
                    "read why its tasks failed, where they are older than an hour (users are served meanwhile)",
                    "1 時間以上前に失敗したタスクの停止理由を確認する (利用者への影響はない)"
                ),
                command: format!(
                    "aws logs filter-log-events --log-group-name /aws/events/ecs-stopped-tasks/{cluster} --start-time {} --query 'events[].message' --output json --region {region} | jq '.[] | fromjson | .detail | {{stoppedAt, stoppedReason, containers: [.containers[] | {{name, exitCode, reason}}]}}'",
                    back.since
                        .map_or(case.taken_at - chrono::TimeDelta::days(1), |since| since)
                        .timestamp_millis()
                ),
            },
        ],
    }])
}
