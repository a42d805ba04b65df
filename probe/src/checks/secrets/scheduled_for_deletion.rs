//! A secret that the task definition injects is in its recovery window: it exists, but nobody can read it.

use super::region_of;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    remedy::start_again,
    snapshot::{Observed, Secret},
    supply::{places, readers},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "secrets-scheduled-for-deletion",
    classes: &["secret-scheduled-for-deletion"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a secret that the containers need is scheduled for deletion",
        ja: "コンテナが必要とするシークレットの削除が予定されています",
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
    let said = case.said(&["secret-scheduled-for-deletion"]);
    let marked = |secret: &Observed<Secret>| match secret {
        Ok(Secret::Present { deleted_at, .. }) => *deleted_at,
        _ => None,
    };
    let proof = |said: &[&crate::case::Said<'_>]| {
        proof(
            said,
            words!("the secret can be read", "シークレットを読める"),
        )
    };
    let finding = |arn: &String, evidence| {
        self::finding(
            case,
            arn,
            &places(readers(definition, arn).into_iter()),
            evidence,
        )
    };
    let found: Vec<_> = case
        .secrets
        .iter()
        .filter_map(|(arn, secret)| Some((arn, marked(secret)?)))
        .collect();
    if !found.is_empty() {
        let proof = proof(said.as_deref().unwrap_or_default());
        let finding = |(arn, at)| {
            let seen = Evidence {
                source: "secretsmanager:DescribeSecret DeletedDate",
                saw: Words::verbatim(format!("{arn}: {at}")),
                expected: words!("no DeletedDate", "DeletedDate がない"),
            };
            finding(arn, std::iter::once(seen).chain(proof.clone()).collect())
        };
        return Ok(found.into_iter().map(finding).collect());
    }
    // Where Secrets Manager could not be asked, only ECS tells.
    let unseen = case
        .secrets
        .iter()
        .find_map(|(arn, secret)| Some((arn, secret.as_ref().err()?)));
    let Some((arn, unseen)) = unseen else {
        return Ok(vec![]);
    };
    let said = said?;
    let is_named = |arn: &&String| said.iter().any(|said| said.text.contains(arn.as_str()));
    match proof(&said) {
        Some(evidence) => Ok(vec![finding(
            case.secrets.keys().find(is_named).unwrap_or(arn),
            vec![evidence],
        )]),
        None => Err(unseen.clone()),
    }
}

fn finding(case: &Case<'_>, arn: &str, used: &str, evidence: Vec<Evidence>) -> Finding {
    let (name, region) = (name_of(arn), region_of(case, arn));
    Finding {
        message: words!(
            "{name}, which the task definition injects as {used}, is scheduled for deletion and cannot be read",
            "タスク定義が {used} として参照しているシークレット {name} は削除が予定されていて、読み取れません"
        ),
        subject: arn.to_owned(),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "bring the secret back, with its old value and ARN",
                    "シークレットを元の値と ARN のまま復元する"
                ),
                command: format!(
                    "aws secretsmanager restore-secret --secret-id {arn} --region {region}"
                ),
            },
            start_again(
                case,
                words!(
                    "then start new tasks at once, because ECS waits longer after each failure",
                    "続いて、すぐに新しいタスクを起動する (失敗が続くと ECS の再試行間隔が延びるため)"
                ),
            ),
        ],
    }
}
