//! The image has the tag `latest` or none: nobody can tell what runs, and going back is not possible.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-image-tag-latest",
    Phrase {
        en: "an image is named by the tag latest",
        ja: "イメージを latest タグで指定しています",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let moving = definition
        .containers
        .iter()
        .filter(|container| moves(&container.image));
    let about = |container: &crate::snapshot::ContainerDefinition| {
        let (name, image) = (&container.name, &container.image);
        let repository = image.strip_suffix(":latest").unwrap_or(image);
        finding(
            &definition.arn,
            words!(
                "the container {name} runs {image}: the tag may be another image tomorrow, and there is no earlier one to go back to",
                "コンテナ {name} のイメージは {image} です。タグの指す中身が変わり得るため、何が動いているか特定できず、以前のイメージにも戻せません"
            ),
            (
                "ecs:DescribeTaskDefinition containerDefinitions[].image",
                Words::verbatim(image),
                words!(
                    "a tag that is used once, or a digest",
                    "使い回さないタグ、またはダイジェスト"
                ),
            ),
            vec![Fix {
                title: words!(
                    "name the image by a tag that is used once, for example the commit",
                    "コミットハッシュなど、使い回さないタグで指定する"
                ),
                command: format!(
                    "ContainerDefinitions:\n  - Name: {name}\n    Image: !Sub \"{repository}:${{ImageTag}}\""
                ),
            }],
        )
    };
    Ok(moving.map(about).collect())
}

/// Whether a reference may mean another image tomorrow.
fn moves(reference: &str) -> bool {
    let last = reference.rsplit('/').next().unwrap_or(reference);
    !last.contains('@') && last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_tag_and_a_digest_is_fixed() {
        for (reference, expected) in [
            ("nginx", true),
            ("registry.example:5000/app", true),
            ("registry.example:5000/app:latest", true),
            ("registry.example:5000/app:v1", false),
            ("app:latest@sha256:00", false),
            ("app@sha256:00", false),
        ] {
            assert_eq!(moves(reference), expected, "{reference}");
        }
    }
}
