//! A secret that the task definition injects does not exist.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::stopped,
    snapshot::{Observed, Secret},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "secrets-secret-missing",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a secret that the containers need does not exist or is marked for deletion",
        ja: "コンテナが必要とするシークレットが存在しないか、削除予定になっています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

/// The ways in which ECS says that there is no such secret: it cannot tell a partial ARN from a missing secret.
const NOT_FOUND: &[&str] = &["secret-arn-partial", "secret-scheduled-for-deletion"];

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let missing: Vec<&String> = case.missing_secrets().collect();
    let failed = stopped(case, |task, stop| {
        stop.is(NOT_FOUND)
            // A policy for exact ARNs denies a secret that does not exist before anybody looks for it.
            || stop.is(&["exec-role-missing-secret-permission"])
                && missing.iter().any(|arn| task.says(arn))
    });
    let mut evidence: Vec<Evidence> = missing
        .iter()
        .map(|arn| Evidence {
            source: "secretsmanager:DescribeSecret",
            saw: Words::verbatim(match case.secrets.get(*arn) {
                Some(Ok(Secret::Present {
                    deleted_at: Some(at),
                    ..
                })) => format!("{arn}: DeletedDate {at}"),
                _ => format!("{arn}: ResourceNotFoundException"),
            }),
            expected: words!("the secret exists", "シークレットが存在する"),
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
        if let Some(unobserved) = case
            .secrets
            .values()
            .find_map(|secret| secret.as_ref().err())
        {
            return Err(unobserved.clone());
        }
        return Ok(vec![]);
    }
    let used: Vec<String> = definition
        .secrets()
        .filter(|(_, secret)| {
            secret
                .secret_arn()
                .is_some_and(|arn| missing.is_empty() || missing.contains(&&arn))
        })
        .map(|(container, secret)| format!("{}/{}", container.name, secret.name))
        .collect();
    let used = used.join(", ");
    let subject = missing
        .first()
        .map_or_else(|| definition.arn.clone(), |arn| (*arn).clone());
    let region = &case.target.region;
    Ok(vec![Finding {
        message: words!(
            "{subject}, which the task definition injects as {used}, does not exist in {region} or is marked for deletion",
            "タスク定義が {used} として参照している {subject} が {region} に存在しないか、削除予定になっています"
        ),
        subject: subject.clone(),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "find the secret's real ARN, then correct valueFrom in the task definition",
                    "正しい ARN を調べ、タスク定義の valueFrom を直す"
                ),
                command: format!(
                    "aws secretsmanager list-secrets --query 'SecretList[].[Name,ARN]' --output table --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "or bring it back, if it was deleted within its recovery window",
                    "復旧期間内に削除されたものなら復元する"
                ),
                command: format!(
                    "aws secretsmanager restore-secret --secret-id {subject} --region {region}"
                ),
            },
        ],
    }])
}
