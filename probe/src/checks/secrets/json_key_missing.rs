//! A secret exists but has no such JSON key as the task definition names.

use super::region_of;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{name_of, stopped},
    snapshot::{
        ContainerDefinition, Observed, Secret, SecretReference, SecretShape, TaskDefinition,
    },
    supply::places,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "secrets-json-key-missing",
    classes: &["secret-json-key-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a secret lacks a JSON key that the containers need",
        ja: "シークレットに、コンテナが必要とする JSON キーがありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

/// The keys of a secret, where they were looked at.
fn keys<'a>(case: &'a Case<'_>, arn: &str) -> Option<&'a Vec<String>> {
    match case.secrets.get(arn)? {
        Ok(Secret::Present {
            shape: Some(Ok(SecretShape::Keys(keys))),
            ..
        }) => Some(keys),
        _ => None,
    }
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let mut wanted: Vec<(String, &str)> = definition
        .secrets()
        .filter_map(|(_, reference)| Some((reference.secret_arn()?, reference.json_key()?)))
        .collect();
    if wanted.is_empty() {
        return Ok(vec![]);
    }
    wanted.sort();
    wanted.dedup();
    let failed = stopped(case, |_, stop| stop.is(CHECK.classes));
    let told = failed.as_ref().ok().and_then(Option::as_ref);
    let said_key = told.and_then(|failed| failed.newest.2.object.as_deref());
    let mut findings = vec![];
    for (arn, key) in wanted {
        // ECS's message names the key but not the secret: every secret that is asked for it is suspect, unless its
        // keys were seen.
        let keys = keys(case, &arn);
        let is_missing = match keys {
            Some(keys) => !keys.iter().any(|there| there == key),
            None => said_key == Some(key),
        };
        if !is_missing {
            continue;
        }
        let seen = keys.map(|keys| Evidence {
            source: "secretsmanager:GetSecretValue (key names only)",
            saw: Words::verbatim(keys.join(", ")),
            expected: Words::verbatim(key),
        });
        let told = told
            .filter(|_| said_key == Some(key))
            .map(|failed| failed.evidence.clone());
        let users: Vec<_> = users(definition, &arn, key).collect();
        findings.push(finding(
            case,
            &arn,
            key,
            &users,
            seen.into_iter().chain(told).collect(),
        ));
    }
    if findings.is_empty() {
        failed?;
    }
    Ok(findings)
}

fn users<'a>(
    definition: &'a TaskDefinition,
    arn: &'a str,
    key: &'a str,
) -> impl Iterator<Item = (&'a ContainerDefinition, &'a SecretReference)> {
    definition.secrets().filter(move |(_, reference)| {
        reference.json_key() == Some(key) && reference.secret_arn().as_deref() == Some(arn)
    })
}

fn finding(
    case: &Case<'_>,
    arn: &str,
    key: &str,
    users: &[(&ContainerDefinition, &SecretReference)],
    evidence: Vec<Evidence>,
) -> Finding {
    let (name, region) = (name_of(arn), region_of(case, arn));
    let places = places(users.iter().copied());
    Finding {
        message: words!(
            "the secret {name} has no JSON key {key}, which the task definition injects as {places}",
            "シークレット {name} に、タスク定義が {places} として参照している JSON キー {key} がありません"
        ),
        subject: arn.to_owned(),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "see which keys there are (names only)",
                    "存在するキーの名前だけを確認する"
                ),
                command: format!(
                    "aws secretsmanager get-secret-value --secret-id {arn} --query SecretString --output text --region {region} | jq keys"
                ),
            },
            Fix {
                title: words!(
                    "then correct the key in the task definition (service.yaml) or add it to the secret",
                    "タスク定義 (service.yaml) のキー名を直すか、シークレットにキーを追加する"
                ),
                command: format!(
                    "Secrets:\n  - Name: {}\n    ValueFrom: {arn}:<key>::",
                    users
                        .first()
                        .map_or("DB_PASSWORD", |(_, reference)| reference.name.as_str())
                ),
            },
        ],
    }
}
