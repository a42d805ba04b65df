//! The task's disk is full: the image does not fit, or the containers filled it.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "image-disk-full",
    classes: &["disk-full"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the task's ephemeral storage is full",
        ja: "タスクのエフェメラルストレージがいっぱいです",
    },
    explains: &[
        "image-pull-failed",
        "ecs-container-exited",
        "ecs-tasks-failing-health-checks",
        "alb-health-check-server-error",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// What Fargate gives without being asked, and the most that it gives, in GiB.
const DEFAULT: i32 = 20;
const MOST: i32 = 200;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = case.said(&["disk-full"])?;
    let Some(told) = proof(&said, words!("space left", "空き容量がある")) else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let revision = revision_of(&definition.arn);
    let size = definition.ephemeral_storage_gib.unwrap_or(DEFAULT);
    let more = (size * 2).clamp(DEFAULT + 1, MOST);
    let image = definition
        .containers
        .first()
        .map_or("", |container| container.image.as_str());
    let mut fix = super::go_back(case);
    fix.push(Fix {
        title: words!(
            "give the tasks more ephemeral storage in the template, and deploy",
            "テンプレートでエフェメラルストレージを増やし、デプロイする"
        ),
        command: format!(
            "TaskDefinition:\n  Properties:\n    EphemeralStorage:\n      SizeInGiB: {more}"
        ),
    });
    fix.push(Fix {
        title: words!(
            "and see which layers of the image are large: unpacked they need several times their size",
            "イメージの大きなレイヤーを調べる (展開すると数倍の容量が必要)"
        ),
        command: format!("docker history {image}"),
    });
    Ok(vec![Finding {
        subject: definition.arn.clone(),
        message: words!(
            "a task of {revision} ran out of its {size} GiB of ephemeral storage",
            "{revision} のタスクのエフェメラルストレージ ({size} GiB) がいっぱいになりました"
        ),
        evidence: vec![
            told,
            Evidence {
                source: "ecs:DescribeTaskDefinition ephemeralStorage",
                saw: match definition.ephemeral_storage_gib {
                    Some(size) => words!("{size} GiB", "{size} GiB"),
                    None => words!("not set: {DEFAULT} GiB", "指定なし: {DEFAULT} GiB"),
                },
                expected: words!(
                    "more than image and files need",
                    "イメージとファイルに十分な容量"
                ),
            },
        ],
        fix,
    }])
}
