//! A container was killed for exceeding its memory limit.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{last_lines, revision_of, stopped},
    snapshot::{Observed},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-container-out-of-memory",
    classes: &["container-oom", "container-oom-child-process"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a container is killed for exceeding its memory limit",
        ja: "コンテナがメモリ上限を超えて強制終了されています",
    },
    explains: &[
        "alb-health-check-failed",
        "alb-health-check-timeout",
        "alb-no-healthy-targets",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, stop| stop.is(CHECK.classes))?
    else {
        return Ok(vec![]);
    };
    let (task, _, end) = &failed.newest;
    let container = end.container.as_deref().unwrap_or_default();
    let definition = case.task_definition()?;
    let (revision, region) = (revision_of(&definition.arn), &case.target.region);
    let memory: u32 = definition
        .memory
        .as_deref()
        .and_then(|memory| memory.parse().ok())
        .unwrap_or(512);
    let double = memory * 2;
    let mut evidence = vec![failed.evidence];
    evidence.push(Evidence {
        source: "ecs:DescribeTaskDefinition memory",
        saw: words!(
            "{memory} MiB for the whole task",
            "タスク全体で {memory} MiB"
        ),
        expected: words!(
            "enough for the container's peak",
            "コンテナのピークに足りる量"
        ),
    });
    evidence.extend(last_lines(case, task, 3));
    Ok(vec![Finding {
        subject: definition.arn.clone(),
        message: words!(
            "the container {container} of {revision} exceeded the {memory} MiB of its task",
            "{revision} のコンテナ {container} が、タスクのメモリ {memory} MiB を超えました"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "give the task more memory in service.yaml (the pair must be one that Fargate offers)",
                    "service.yaml でタスクのメモリを増やす (Fargate が対応する CPU とメモリの組み合わせにする)"
                ),
                command: format!(
                    "TaskDefinition:\n  Type: AWS::ECS::TaskDefinition\n  Properties:\n    Memory: \"{double}\""
                ),
            },
            Fix {
                title: words!(
                    "or register a revision with more memory now",
                    "すぐに、メモリを増やしたリビジョンを登録する場合"
                ),
                command: format!(
                    "aws ecs describe-task-definition --task-definition {revision} --query taskDefinition --region {region} | jq '.memory=\"{double}\" | del(.taskDefinitionArn,.revision,.status,.requiresAttributes,.compatibilities,.registeredAt,.registeredBy)' > task-definition.json && aws ecs register-task-definition --cli-input-json file://task-definition.json --region {region}"
                ),
            },
        ],
    }])
}
