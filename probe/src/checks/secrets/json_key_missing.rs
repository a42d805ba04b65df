//! A secret exists but has no such JSON key as the task definition names.

use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    evidence::{name_of, stopped},
    snapshot::{Observed},
    words,
    words::Phrase,
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

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, stop| {
        stop.is(CHECK.classes)
    })?
    else {
        return Ok(vec![]);
    };
    let Some(key) = &failed.newest.2.object else {
        return Ok(vec![]);
    };
    // ECS's message names the key but not the secret: the task definition knows which it is.
    let definition = case.task_definition()?;
    let used: Vec<_> = definition
        .secrets()
        .filter(|(_, secret)| secret.json_key() == Some(key))
        .collect();
    let places = used
        .iter()
        .map(|(container, secret)| format!("{}/{}", container.name, secret.name))
        .collect::<Vec<_>>()
        .join(", ");
    let arn = used
        .iter()
        .find_map(|(_, secret)| secret.secret_arn())
        .unwrap_or_else(|| definition.arn.clone());
    let (name, region) = (name_of(&arn), &case.target.region);
    Ok(vec![Finding {
        message: words!(
            "the secret {name} has no JSON key {key}, which the task definition injects as {places}",
            "シークレット {name} に、タスク定義が {places} として参照している JSON キー {key} がありません"
        ),
        subject: arn.clone(),
        evidence: vec![failed.evidence],
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
                    used.first()
                        .map_or("DB_PASSWORD", |(_, secret)| secret.name.as_str())
                ),
            },
        ],
    }])
}
