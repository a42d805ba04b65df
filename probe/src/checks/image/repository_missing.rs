//! The repository that the image's address names does not exist.

use super::cross_account_denied::is_refused;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    snapshot::{Image, Observed, TaskDefinition},
    supply::{container_of, ecr_image, home, images},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "image-repository-missing",
    classes: &["image-repository-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the repository of the image does not exist",
        ja: "イメージのリポジトリが存在しません",
    },
    explains: &[
        "iam-image-pull-denied",
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let said = case.said(&["image-repository-missing"]);
    let told = || {
        let said = said.as_deref().unwrap_or_default();
        proof(said, words!("the image is pulled", "イメージを取得できる"))
    };
    // The registry of another account answers "not found" where it means "not allowed".
    let is_foreign =
        |image: &str| ecr_image(image).is_some_and(|image| image.account != home(definition).1);
    let missing = images(case, definition).find(|(container, seen)| {
        matches!(seen, Some(Ok(Image::RepositoryMissing)))
            && !(is_foreign(&container.image) && is_refused(case))
    });
    if let Some((container, _)) = missing {
        let seen = Evidence {
            source: "ecr:DescribeImages",
            saw: Words::verbatim(format!("{}: RepositoryNotFoundException", container.image)),
            expected: words!("the repository exists", "リポジトリが存在する"),
        };
        let evidence = std::iter::once(seen).chain(told()).collect();
        return Ok(vec![finding(definition, &container.image, evidence)]);
    }
    // Other registries are not asked: there, and where ECR did not answer, only the message tells.
    let said = said.as_deref().map_err(Clone::clone)?;
    let named = said
        .first()
        .and_then(|said| container_of(case, definition, said));
    let is_confirmed = |image: &str| matches!(case.images.get(image), Some(Ok(_)));
    match (named, told()) {
        (Some(container), Some(evidence))
            if !is_foreign(&container.image) && !is_confirmed(&container.image) =>
        {
            Ok(vec![finding(definition, &container.image, vec![evidence])])
        }
        _ => match case.images.values().find_map(|seen| seen.as_ref().err()) {
            Some(unobserved) => Err(unobserved.clone()),
            None => Ok(vec![]),
        },
    }
}

fn finding(definition: &TaskDefinition, image: &str, evidence: Vec<Evidence>) -> Finding {
    let revision = revision_of(&definition.arn);
    let mut fix = vec![];
    let message = match ecr_image(image) {
        Some(ecr) => {
            let (repository, account, there) = (ecr.repository, ecr.account, ecr.region);
            fix.push(Fix {
                title: words!(
                    "see which repositories there are; a namespace, the account or the Region in the address may be wrong",
                    "存在するリポジトリを確認する (名前空間、アカウント、リージョンの誤りが多い)"
                ),
                command: format!(
                    "aws ecr describe-repositories --registry-id {account} --query 'repositories[].repositoryUri' --output table --region {there}"
                ),
            });
            words!(
                "the repository {repository}, from which {revision} pulls {image}, does not exist in account {account}, {there}",
                "{revision} のイメージ {image} のリポジトリ {repository} が、アカウント {account} の {there} に存在しません"
            )
        }
        None => {
            fix.push(Fix {
                title: words!(
                    "see whether the registry has it; a bare name means Docker Hub, an image in ECR needs its whole address",
                    "レジストリにあるか確認する (名前だけの場合は Docker Hub を指す。ECR のイメージには完全なアドレスが必要)"
                ),
                command: format!("docker manifest inspect {image}"),
            });
            words!(
                "the registry has no repository for {image}, which {revision} names, or it is private",
                "{revision} が参照しているイメージ {image} のリポジトリがレジストリに存在しないか、非公開です"
            )
        }
    };
    fix.push(Fix {
        title: words!(
            "then correct the address in the template, from the repository's own output, and deploy",
            "リポジトリの出力を参照するようテンプレートのアドレスを直し、デプロイする"
        ),
        command: "Image: !Sub \"${Repository.RepositoryUri}:${ImageTag}\"".into(),
    });
    Finding {
        subject: image.to_owned(),
        message,
        evidence,
        fix,
    }
}
