//! The image lies in another account whose repository does not let this account pull: it says "not found" or 403.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    execution_role::{Answer, answer},
    snapshot::{Image, Observed},
    supply::{ecr_image, home, image_needs, images},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "image-cross-account-denied",
    classes: &["ecr-cross-account-policy-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the repository in another account does not let this account pull",
        ja: "別アカウントのリポジトリが、このアカウントからの取得を許可していません",
    },
    explains: &[
        "iam-image-pull-denied",
        "ecs-image-tag-missing",
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// How the registry of another account says no.
const REFUSALS: &[&str] = &[
    "ecr-cross-account-policy-missing",
    "exec-role-missing-ecr-permission",
    "image-repository-missing",
    "image-tag-missing",
    "image-pull-failed-unspecified",
];

/// Whether a task was refused, where whoever runs `probe` may have been told "not found".
pub(super) fn is_refused(case: &Case<'_>) -> bool {
    let refusals = [
        "ecr-cross-account-policy-missing",
        "exec-role-missing-ecr-permission",
    ];
    case.said(&refusals).is_ok_and(|said| !said.is_empty())
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let (partition, home) = home(definition);
    // What ECR showed of it is no matter of permission, unless the task itself was refused.
    let foreign = images(case, definition).find_map(|(container, seen)| {
        let image = ecr_image(&container.image).filter(|image| image.account != home)?;
        let is_told = matches!(seen, Some(Ok(Image::TagMissing | Image::RepositoryMissing)));
        (!is_told || is_refused(case)).then_some((container, image))
    });
    let Some((container, image)) = foreign else {
        return Ok(vec![]);
    };
    let said = case.said(REFUSALS)?;
    let about = |text: &str| text.contains(image.account) || text.contains(image.repository);
    let mine: Vec<_> = said.into_iter().filter(|said| about(said.text)).collect();
    let told = proof(&mine, words!("the image is pulled", "イメージを取得できる"));
    let role = definition.execution_role.as_deref().unwrap_or_default();
    // Both sides must allow: a denial by the role's own policies is another fault.
    let is_own = image_needs(definition)
        .iter()
        .any(|need| matches!(answer(case, role, need), Answer::Denied(..)));
    let (Some(told), false) = (told, is_own) else {
        return Ok(vec![]);
    };
    let (address, repository, owner, there) = (
        &container.image,
        image.repository,
        image.account,
        image.region,
    );
    let name = name_of(role);
    Ok(vec![Finding {
        subject: address.clone(),
        message: words!(
            "{repository} lies in account {owner}, whose repository policy does not let the execution role {name} of account {home} pull",
            "{repository} はアカウント {owner} にあり、そのリポジトリポリシーがアカウント {home} のタスク実行ロール {name} による取得を許可していません"
        ),
        evidence: vec![
            told,
            Evidence {
                source: "ecs:DescribeTaskDefinition containerDefinitions[].image",
                saw: words!(
                    "{address}: account {owner}",
                    "{address}: アカウント {owner}"
                ),
                expected: words!(
                    "account {home}, or a repository policy that names it",
                    "アカウント {home}、またはそれを許可するリポジトリポリシー"
                ),
            },
        ],
        fix: vec![
            Fix {
                title: words!(
                    "with credentials of account {owner}: read the repository policy, because the next command replaces it",
                    "アカウント {owner} の認証情報で、リポジトリポリシーを確認する (次のコマンドは全体を置き換える)"
                ),
                command: format!(
                    "aws ecr get-repository-policy --registry-id {owner} --repository-name {repository} --region {there}"
                ),
            },
            Fix {
                title: words!(
                    "there too: let this account pull; the next task starts",
                    "同じく、このアカウントからの取得を許可する (次のタスクから起動する)"
                ),
                command: format!(
                    r#"aws ecr set-repository-policy --registry-id {owner} --repository-name {repository} --policy-text '{{"Version":"2012-10-17","Statement":[{{"Sid":"pull-from-{home}","Effect":"Allow","Principal":{{"AWS":"arn:{partition}:iam::{home}:root"}},"Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}}]}}' --region {there}"#
                ),
            },
        ],
    }])
}
