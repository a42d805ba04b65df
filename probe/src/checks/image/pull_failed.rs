//! The image could not be pulled, and what ECS says does not tell why: often its words were cut off.

use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    evidence::{revision_of, stopped},
    reading::classify,
    snapshot::{Observed, Task},
    supply::ecr_image,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "image-pull-failed",
    classes: &["image-pull-failed-unspecified"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the image could not be pulled, and ECS does not say why",
        ja: "イメージを取得できませんでした (ECS は理由を示していません)",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

/// Whether a task's end is a failed pull whose words tell nothing more.
fn is_unexplained(task: &Task) -> bool {
    let reasons = task
        .containers
        .values()
        .filter_map(|container| container.reason.as_deref());
    let texts: Vec<&str> = task
        .stopped_reason
        .as_deref()
        .into_iter()
        .chain(reasons)
        .collect();
    let classes = || texts.iter().filter_map(|text| classify(text, None).fault());
    classes().any(|class| class == "image-pull-failed-unspecified")
        && classes().all(|class| class == "image-pull-failed-unspecified")
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |task, _| is_unexplained(task))? else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let (revision, region) = (revision_of(&definition.arn), &case.target.region);
    let id = failed.newest.0;
    let task = failed.newest.1;
    let named = definition
        .containers
        .iter()
        .find(|container| task.says(&container.image));
    let container = named.or(definition.containers.first());
    let image = container.map_or("?", |container| container.image.as_str());
    let look = match ecr_image(image) {
        Some(ecr) => format!(
            "aws ecr describe-images --registry-id {} --repository-name {} --query 'sort_by(imageDetails,&imagePushedAt)[-5:].[imageTags,imageSizeInBytes]' --region {}",
            ecr.account, ecr.repository, ecr.region
        ),
        None => format!("docker manifest inspect {image}"),
    };
    let cluster = &case.target.cluster;
    Ok(vec![Finding {
        subject: image.to_owned(),
        message: words!(
            "{image}, which {revision} names, could not be pulled, and ECS does not say why",
            "{revision} が参照しているイメージ {image} を取得できませんでした (理由は示されていません)"
        ),
        evidence: vec![failed.evidence],
        fix: vec![
            Fix {
                title: words!(
                    "read the whole reason: the container's own is longer than the task's",
                    "理由の全文を読む (コンテナ側の理由のほうが長い)"
                ),
                command: format!(
                    "aws ecs describe-tasks --cluster {cluster} --tasks {id} --query 'tasks[].[stoppedReason,containers[].reason]' --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "then see whether the registry has the image, and how large it is",
                    "レジストリにイメージがあるか、サイズはどれくらいかを確認する"
                ),
                command: look,
            },
        ],
    }])
}
