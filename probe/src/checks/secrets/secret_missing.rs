//! A secret that the task definition injects does not exist.

use super::{elsewhere, region_of};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{failed_naming, stopped},
    snapshot::{Observed, Secret},
    supply::{home, places, readers},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "secrets-secret-missing",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a secret that the containers need does not exist",
        ja: "コンテナが必要とするシークレットが存在しません",
    },
    explains: &[
        "iam-secret-read-denied",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let finding = |arn: &str, evidence| {
        let used = places(readers(definition, arn).into_iter());
        self::finding(case, arn, &used, home(definition).1, evidence)
    };
    let missing: Vec<Finding> = case
        .secrets
        .iter()
        .filter(|(_, secret)| matches!(secret, Ok(Secret::Missing)))
        .map(|(arn, _)| {
            let seen = Evidence {
                source: "secretsmanager:DescribeSecret",
                saw: Words::verbatim(format!("{arn}: ResourceNotFoundException")),
                expected: words!("the secret exists", "シークレットが存在する"),
            };
            finding(
                arn,
                std::iter::once(seen)
                    .chain(failed_naming(case, arn))
                    .collect(),
            )
        })
        .collect();
    // Where Secrets Manager could not be asked, only ECS tells.
    let unseen = case
        .secrets
        .iter()
        .find_map(|(arn, secret)| Some((arn, secret.as_ref().err()?)));
    let (false, Some((arn, unseen))) = (!missing.is_empty(), unseen) else {
        return Ok(missing);
    };
    let Some(told) = stopped(case, |_, stop| stop.is(&["secret-arn-partial"]))? else {
        return Err(unseen.clone());
    };
    let named = case
        .secrets
        .keys()
        .find(|arn| told.newest.1.says(arn))
        .unwrap_or(arn);
    Ok(vec![finding(named, vec![told.evidence])])
}

fn finding(
    case: &Case<'_>,
    arn: &str,
    used: &str,
    account: &str,
    mut evidence: Vec<Evidence>,
) -> Finding {
    let there = region_of(case, arn);
    let owner = arn.split(':').nth(4).unwrap_or(account);
    evidence.extend(elsewhere(case, account, there, owner));
    Finding {
        message: words!(
            "{arn}, which the task definition injects as {used}, does not exist",
            "タスク定義が {used} として参照している {arn} が存在しません"
        ),
        subject: arn.to_owned(),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "find the secret's real ARN, then correct valueFrom in the task definition",
                    "正しい ARN を調べ、タスク定義の valueFrom を直す"
                ),
                command: format!(
                    "aws secretsmanager list-secrets --query 'SecretList[].[Name,ARN]' --output table --region {there}"
                ),
            },
            Fix {
                title: words!(
                    "in the template, refer to the secret instead of writing its ARN",
                    "テンプレートでは ARN を直接書かず、シークレットを参照する"
                ),
                command:
                    "Secrets:\n- Name: DB_PASSWORD\n  ValueFrom: !Sub \"${DbSecret}:password::\""
                        .into(),
            },
        ],
    }
}
