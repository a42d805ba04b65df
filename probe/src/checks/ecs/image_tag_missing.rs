//! The image does not exist in the registry: no such tag, or no such repository.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{revision_of, stopped},
    reading::{Place, classify},
    snapshot::{Image, Observed},
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
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

/// The ways in which ECS says that there is no such image.
const MISSING: &[&str] = &[
    "image-tag-missing",
    "image-repository-missing",
    "ecr-cross-account-policy-missing",
];

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let failed = stopped(case, |_, stop| stop.is(MISSING));
    let missing: Vec<(&String, &Image)> = case
        .images
        .iter()
        .filter_map(|(reference, image)| Some((reference, image.as_ref().ok()?)))
        .filter(|(_, image)| !matches!(image, Image::Present { .. }))
        .collect();
    let mut evidence: Vec<Evidence> = missing
        .iter()
        .map(|(reference, image)| Evidence {
            source: "ecr:DescribeImages",
            saw: Words::verbatim(match image {
                Image::RepositoryMissing => format!("{reference}: RepositoryNotFoundException"),
                _ => format!("{reference}: ImageNotFoundException"),
            }),
            expected: words!("the image exists", "イメージが存在する"),
        })
        .collect();
    evidence.extend(
        failed
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|failed| failed.evidence.clone()),
    );
    if evidence.is_empty() {
        failed?;
        case.task_definition()?;
        if let Some(unobserved) = case
            .images
            .values()
            .find_map(|image| image.as_ref().err())
        {
            return Err(unobserved.clone());
        }
        return Ok(vec![]);
    }
    let definition = case.task_definition()?;
    let image = missing.first().map(|(reference, _)| (*reference).clone());
    // Where ECR was not asked, the container whose own reason says so names the image.
    let by_reason = || {
        let (_, task, _) = &failed.as_ref().ok()?.as_ref()?.newest;
        let told = |name: &String| {
            let reason = task
                .containers
                .get(name)
                .and_then(|container| container.reason.as_deref());
            reason
                .and_then(|reason| classify(reason, Some(Place::ContainerReason)).fault())
                .is_some_and(|class| MISSING.contains(&class))
        };
        definition
            .containers
            .iter()
            .find(|container| told(&container.name))
            .map(|container| container.image.clone())
    };
    let image = image
        .or_else(by_reason)
        .or_else(|| {
            definition
                .containers
                .first()
                .map(|container| container.image.clone())
        })
        .unwrap_or_default();
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
