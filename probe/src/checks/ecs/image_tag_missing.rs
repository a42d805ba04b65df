//! The image does not exist in the registry: the repository has no such tag or digest.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    snapshot::{Image, Observed},
    supply::{container_of, images},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-image-tag-missing",
    classes: &["image-tag-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the image of the task definition does not exist",
        ja: "タスク定義のイメージが存在しません",
    },
    explains: &[
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let said = case.said(&["image-tag-missing"]);
    let told = proof(
        said.as_deref().unwrap_or_default(),
        words!("the image is pulled", "イメージを取得できる"),
    );
    let missing =
        images(case, definition).find(|(_, seen)| matches!(seen, Some(Ok(Image::TagMissing))));
    let (image, evidence) = match missing {
        Some((container, _)) => {
            let seen = Evidence {
                source: "ecr:DescribeImages",
                saw: Words::verbatim(format!("{}: ImageNotFoundException", container.image)),
                expected: words!("the image exists", "イメージが存在する"),
            };
            (
                container.image.clone(),
                std::iter::once(seen).chain(told).collect(),
            )
        }
        None => {
            // Other registries are not asked: there, and where ECR did not answer, only the message tells.
            let said = said?;
            let named = said
                .first()
                .and_then(|said| container_of(case, definition, said));
            let unconfirmed =
                named.filter(|container| !matches!(case.images.get(&container.image), Some(Ok(_))));
            match (unconfirmed, told) {
                (Some(container), Some(told)) => (container.image.clone(), vec![told]),
                _ => {
                    let unseen = case.images.values().find_map(|image| image.as_ref().err());
                    return unseen.map_or(Ok(vec![]), |unobserved| Err(unobserved.clone()));
                }
            }
        }
    };
    let region = &case.target.region;
    let (registry, path) = image.split_once('/').unwrap_or_default();
    let is_ecr = registry.contains(".dkr.ecr.");
    let repository = if is_ecr {
        path.split([':', '@']).next().unwrap_or_default()
    } else {
        ""
    };
    let (cluster, service) = (&case.target.cluster, &case.target.service);
    let title = words!(
        "see which tags there are, then push the missing one or deploy one of these",
        "存在するタグを調べ、足りないものをプッシュするか、存在するタグでデプロイする"
    );
    let command = match repository {
        "" => format!("docker manifest inspect {image}"),
        _ => format!(
            "aws ecr describe-images --repository-name {repository} --query 'sort_by(imageDetails,&imagePushedAt)[-5:].imageTags' --region {region}"
        ),
    };
    let mut fix = vec![Fix { title, command }];
    let previous = case
        .service()?
        .deployments
        .iter()
        .find(|deployment| deployment.status == "ACTIVE");
    if let Some(previous) = previous {
        fix.push(Fix {
            title: words!("or go back to the revision that still runs", "動作中のリビジョンに戻す"),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {service} --task-definition {} --region {region}",
                revision_of(&previous.task_definition)
            ),
        });
    }
    let revision = revision_of(&definition.arn);
    Ok(vec![Finding {
        message: words!(
            "{image}, which {revision} names, does not exist",
            "{revision} が参照しているイメージ {image} が存在しません"
        ),
        subject: image,
        evidence,
        fix,
    }])
}
