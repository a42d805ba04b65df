//! The execution role may not pull the image from ECR.

use std::collections::BTreeSet;

use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    evidence::{denials, name_of, stopped},
    snapshot::{Observed, Permission},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "iam-image-pull-denied",
    classes: &["exec-role-missing-ecr-permission"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role may not pull the image",
        ja: "タスク実行ロールにイメージを取得する権限がありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let permissions = case.permissions();
    let denied: Vec<&Permission> = permissions
        .iter()
        .flat_map(|permissions| permissions.iter())
        .filter(|permission| permission.action.starts_with("ecr:") && !permission.is_allowed())
        .collect();
    let failed = stopped(case, |_, stop| stop.is(CHECK.classes));
    let mut evidence = denials(&denied);
    evidence.extend(
        failed
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|failed| failed.evidence.clone()),
    );
    if evidence.is_empty() {
        failed?;
        permissions?;
        return Ok(vec![]);
    }
    let definition = case.task_definition()?;
    let role = definition.execution_role.as_deref().unwrap_or_default();
    let (name, region) = (name_of(role), &case.target.region);
    let missing: Vec<&str> = denied
        .iter()
        .map(|permission| permission.action.as_str())
        .collect();
    let list = if missing.is_empty() {
        "ecr:*".to_owned()
    } else {
        missing.join(", ")
    };
    let repositories: BTreeSet<&str> = permissions
        .iter()
        .flat_map(|permissions| permissions.iter())
        .filter(|permission| permission.action == "ecr:BatchGetImage")
        .map(|permission| permission.resource.as_str())
        .collect();
    let resources = match repositories.is_empty() {
        true => "\"*\"".to_owned(),
        false => repositories
            .iter()
            .map(|arn| format!("\"{arn}\""))
            .collect::<Vec<_>>()
            .join(","),
    };
    Ok(vec![Finding {
        subject: role.to_owned(),
        message: words!(
            "the execution role {name} lacks {list}",
            "タスク実行ロール {name} に {list} の権限がありません"
        ),
        evidence,
        fix: vec![Fix {
            title: words!(
                "let the execution role pull from this repository",
                "タスク実行ロールにこのリポジトリからの取得を許可する"
            ),
            command: format!(
                "aws iam put-role-policy --role-name {name} --policy-name pull-image --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"ecr:GetAuthorizationToken\",\"Resource\":\"*\"}},{{\"Effect\":\"Allow\",\"Action\":[\"ecr:BatchCheckLayerAvailability\",\"ecr:BatchGetImage\",\"ecr:GetDownloadUrlForLayer\"],\"Resource\":[{resources}]}}]}}' --region {region}"
            ),
        }],
    }])
}
