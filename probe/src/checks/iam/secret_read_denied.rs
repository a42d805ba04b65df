//! The execution role may not read a secret that the task definition injects.

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
    id: "iam-secret-read-denied",
    classes: &["exec-role-missing-secret-permission"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role may not read a secret that the containers need",
        ja: "タスク実行ロールにシークレットを読み取る権限がありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let permissions = case.permissions();
    let denied: Vec<&Permission> = permissions
        .iter()
        .flat_map(|permissions| permissions.iter())
        .filter(|permission| {
            permission.action == "secretsmanager:GetSecretValue" && !permission.is_allowed()
        })
        .filter(|permission| {
            case
                .missing_secrets()
                .all(|arn| *arn != permission.resource)
        })
        .collect();
    // IAM denies before Secrets Manager can say that there is no such secret: that fault has a check of its own.
    let missing: Vec<&String> = case.missing_secrets().collect();
    let failed = stopped(case, |task, stop| {
        stop.is(CHECK.classes) && !missing.iter().any(|arn| task.says(arn))
    });
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
    let mut secrets: BTreeSet<String> = denied
        .iter()
        .map(|permission| permission.resource.clone())
        .collect();
    if secrets.is_empty() {
        secrets = definition
            .secrets()
            .filter_map(|(_, secret)| secret.secret_arn())
            .collect();
    }
    let list = secrets
        .iter()
        .map(|arn| name_of(arn))
        .collect::<Vec<_>>()
        .join(", ");
    let resources = secrets
        .iter()
        .map(|arn| format!("\"{arn}\""))
        .collect::<Vec<_>>()
        .join(",");
    Ok(vec![Finding {
        subject: role.to_owned(),
        message: words!(
            "the execution role {name} lacks secretsmanager:GetSecretValue on {list}",
            "タスク実行ロール {name} に、{list} に対する secretsmanager:GetSecretValue の権限がありません"
        ),
        evidence,
        fix: vec![Fix {
            title: words!(
                "let the execution role read exactly these secrets",
                "タスク実行ロールにこのシークレットだけの読み取りを許可する"
            ),
            command: format!(
                "aws iam put-role-policy --role-name {name} --policy-name read-secrets --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":[{resources}]}}]}}' --region {region}"
            ),
        }],
    }])
}
