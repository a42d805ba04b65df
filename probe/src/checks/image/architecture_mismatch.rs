//! The image was pulled, but its program is for another CPU: it cannot be executed.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Severity},
    evidence::revision_of,
    reading::current_failures,
    snapshot::{Image, Observed},
    supply::images,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "image-architecture-mismatch",
    classes: &["image-arch-mismatch-runtime"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the program in the image is for another CPU",
        ja: "イメージ内のプログラムが別の CPU 用です",
    },
    explains: &[
        "ecs-container-exited",
        "ecs-tasks-failing-health-checks",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

const CLASS: &[&str] = &["image-arch-mismatch-runtime"];

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = case.said(CLASS)?;
    let Some(told) = proof(&said, words!("the program runs", "プログラムが動作する"))
    else {
        // The log of a program that never ran is empty but for this line.
        let has_exited = current_failures(case)?
            .iter()
            .any(|(_, _, stop)| stop.is(&["app-exited-nonzero"]));
        if has_exited {
            case.logs()?;
        }
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let (revision, architecture) = (
        revision_of(&definition.arn),
        super::architecture(definition),
    );
    let other = if architecture == "amd64" {
        "linux/arm64"
    } else {
        "linux/amd64"
    };
    // With several containers, the one that the message names; a program of its own is in none of their names.
    let container = definition
        .containers
        .iter()
        .find(|container| said.iter().any(|said| said.text.contains(&container.name)))
        .or(definition.containers.first());
    let image = container.map_or("?", |container| container.image.as_str());
    let mut evidence = vec![
        told,
        Evidence {
            source: "ecs:DescribeTaskDefinition runtimePlatform.cpuArchitecture",
            saw: Words::verbatim(definition.cpu_architecture.as_deref().unwrap_or("X86_64")),
            expected: words!(
                "the CPU that the image was built for",
                "イメージをビルドした CPU"
            ),
        },
    ];
    let platforms = images(case, definition).find_map(|(_, seen)| match seen {
        Some(Ok(Image::Present { platforms, .. })) if !platforms.is_empty() => Some(platforms),
        _ => None,
    });
    // The manifest may promise what the files do not hold: a binary copied from another machine.
    evidence.extend(platforms.map(|platforms| Evidence {
        source: "ecr:BatchGetImage platform",
        saw: Words::verbatim(platforms.join(", ")),
        expected: Words::verbatim(format!("linux/{architecture}")),
    }));
    Ok(vec![Finding {
        subject: image.to_owned(),
        message: words!(
            "the program in {image} is not for linux/{architecture}, on which {revision} runs",
            "{image} 内のプログラムは、{revision} が動作する linux/{architecture} 用ではありません"
        ),
        evidence,
        fix: super::rebuild(case, definition, image, other),
    }])
}
