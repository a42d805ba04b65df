//! The image was not built for the platform of the task: the pull fails.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Severity},
    evidence::revision_of,
    snapshot::{Image, Observed, TaskDefinition},
    supply::{container_of, images},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "image-platform-mismatch",
    classes: &["image-platform-mismatch"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the image has no variant for the platform of the task",
        ja: "イメージに、タスクのプラットフォーム用のものが含まれていません",
    },
    explains: &[
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// The platform that the task asks for, as registries write it; Fargate's default is Linux on X86_64.
fn wanted(definition: &TaskDefinition) -> String {
    let os = match definition.operating_system.as_deref() {
        Some(os) if os.to_uppercase().starts_with("WINDOWS") => "windows",
        _ => "linux",
    };
    format!("{os}/{}", super::architecture(definition))
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let wanted = wanted(definition);
    let said = case.said(&["image-platform-mismatch"]);
    let told = proof(
        said.as_deref().unwrap_or_default(),
        words!(
            "the image has a variant for {wanted}",
            "イメージに {wanted} 用のものがある"
        ),
    );
    let mut findings = vec![];
    for (container, seen) in images(case, definition) {
        let Some(Ok(Image::Present { platforms, .. })) = seen else {
            continue;
        };
        // `linux/arm64/v8` is `linux/arm64`.
        let fits = |platform: &String| platform.starts_with(&wanted);
        if platforms.is_empty() || platforms.iter().any(fits) {
            continue;
        }
        let platforms = platforms.join(", ");
        let seen = Evidence {
            source: "ecr:BatchGetImage platform",
            saw: Words::verbatim(format!("{}: {platforms}", container.image)),
            expected: Words::verbatim(wanted.clone()),
        };
        let evidence = std::iter::once(seen).chain(told.clone()).collect();
        findings.push(finding(
            case,
            definition,
            &container.image,
            &platforms,
            evidence,
        ));
    }
    if !findings.is_empty() {
        return Ok(findings);
    }
    let said = said?;
    let named = said
        .first()
        .and_then(|said| container_of(case, definition, said));
    let seen = named.and_then(|container| case.images.get(&container.image));
    match (named, told) {
        // ECR shows that it has the platform by now.
        (Some(_), Some(_)) if matches!(seen, Some(Ok(Image::Present { platforms, .. })) if !platforms.is_empty()) => {
            Ok(vec![])
        }
        (Some(container), Some(told)) => Ok(vec![finding(
            case,
            definition,
            &container.image,
            "?",
            vec![told],
        )]),
        _ => Ok(vec![]),
    }
}

fn finding(
    case: &Case<'_>,
    definition: &TaskDefinition,
    image: &str,
    platforms: &str,
    evidence: Vec<Evidence>,
) -> Finding {
    let (revision, wanted) = (revision_of(&definition.arn), wanted(definition));
    Finding {
        subject: image.to_owned(),
        message: match platforms {
            "?" => words!(
                "{image}, which {revision} names, has no variant for {wanted}",
                "{revision} が参照しているイメージ {image} に {wanted} 用のものがありません"
            ),
            _ => words!(
                "{image} is built for {platforms}, but {revision} runs on {wanted}",
                "イメージ {image} は {platforms} 用ですが、{revision} は {wanted} で動作します"
            ),
        },
        evidence,
        fix: super::rebuild(case, definition, image, platforms),
    }
}
