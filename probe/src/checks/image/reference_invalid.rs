//! The image address is no valid reference: no registry is even asked.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "image-reference-invalid",
    classes: &["image-reference-invalid"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the image address of the task definition is not valid",
        ja: "タスク定義のイメージの指定が正しくありません",
    },
    explains: &[
        "image-repository-missing",
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// Why a reference cannot be valid; `None` where it can.
/// <https://github.com/distribution/reference>
fn flaw(image: &str) -> Option<Words> {
    let named = image.split('@').next().unwrap_or(image);
    let (path, tag) = match named.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (named, None),
    };
    // A host has a dot or a port; it alone may have capitals.
    let repository = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => path,
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if image.contains("://") {
        return Some(words!("it begins with a scheme", "スキームが付いている"));
    }
    if repository.is_empty() || path.split('/').any(str::is_empty) {
        return Some(words!("a part of it is empty", "空の部分がある"));
    }
    if let Some(capital) = repository.chars().find(char::is_ascii_uppercase) {
        return Some(words!(
            "a repository has no capital {capital}",
            "リポジトリ名に大文字 {capital} がある"
        ));
    }
    let odd = |c: &char| !is_word(*c) && !"-./".contains(*c);
    if let Some(odd) = repository.chars().find(odd) {
        return Some(words!(
            "a repository has no {odd:?}",
            "リポジトリ名に {odd:?} がある"
        ));
    }
    let is_tag =
        |tag: &str| tag.starts_with(is_word) && tag.chars().all(|c| is_word(c) || "-.".contains(c));
    match tag {
        Some("") => Some(words!("its tag is empty", "タグが空である")),
        Some(tag) if !is_tag(tag) => {
            Some(words!("{tag:?} is no tag", "{tag:?} はタグとして使えない"))
        }
        _ => None,
    }
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let said = case.said(&["image-reference-invalid"]);
    let told = proof(
        said.as_deref().unwrap_or_default(),
        words!("the image is pulled", "イメージを取得できる"),
    );
    let mut flaws: Vec<(&str, Option<Evidence>)> = vec![];
    for container in &definition.containers {
        if let Some(flaw) = flaw(&container.image) {
            let image = &container.image;
            let (en, ja) = (flaw.en, flaw.ja);
            let seen = Evidence {
                source: "ecs:DescribeTaskDefinition containerDefinitions[].image",
                saw: words!("{image:?}: {en}", "{image:?}: {ja}"),
                expected: Words::verbatim("registry/repository:tag"),
            };
            flaws.push((image, Some(seen)));
        }
    }
    if flaws.is_empty() {
        // The registry's own grammar may be narrower than this one: then the newest message tells.
        if let (Some(_), Some(container)) = (&told, definition.containers.first()) {
            flaws.push((&container.image, None));
        }
    }
    if flaws.is_empty() {
        said?;
        return Ok(vec![]);
    }
    let revision = revision_of(&definition.arn);
    let finding = |(image, seen): (&str, Option<Evidence>)| {
        let mut fix = super::go_back(case);
        fix.push(Fix {
            title: words!(
                "write the whole address into the template, in lower case and without a scheme, and deploy",
                "テンプレートに、小文字でスキームのない完全なアドレスを書いてデプロイする"
            ),
            command: "Image: !Sub \"${Repository.RepositoryUri}:${ImageTag}\"".into(),
        });
        Finding {
            subject: image.to_owned(),
            message: words!(
                "{image:?}, the image of {revision}, is not a valid reference",
                "{revision} のイメージの指定 {image:?} が正しくありません"
            ),
            evidence: seen.into_iter().chain(told.clone()).collect(),
            fix,
        }
    };
    Ok(flaws.into_iter().map(finding).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_registry_could_hold_is_a_flaw() {
        for (image, is_flawed) in [
            ("nginx", false),
            ("nginx:1.27", false),
            ("localhost:5000/a/b__c:v1_2", false),
            (
                "1.dkr.ecr.eu-west-1.amazonaws.com/team/web@sha256:00",
                false,
            ),
            ("public.ecr.aws/nginx/nginx:stable", false),
            ("Dockerfile", true),
            ("https://1.dkr.ecr.eu-west-1.amazonaws.com/web:v1", true),
            ("1.dkr.ecr.eu-west-1.amazonaws.com/web:", true),
            ("1.dkr.ecr.eu-west-1.amazonaws.com/:v1", true),
            ("1.dkr.ecr.eu-west-1.amazonaws.com/my web:v1", true),
            ("web:feature/login", false), // a path behind a host with a port
            ("example.com/web:-v1", true),
            ("", true),
        ] {
            assert_eq!(flaw(image).is_some(), is_flawed, "{image}");
        }
    }
}
