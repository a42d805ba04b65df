//! A JSON key is asked of a secret whose value is no JSON.

use std::collections::BTreeSet;

use super::region_of;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    snapshot::{Observed, Secret, SecretShape},
    supply::{places, readers},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "secrets-not-json",
    classes: &["secret-not-json"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a JSON key is asked of a secret that is not JSON",
        ja: "JSON ではないシークレットに対して JSON キーが参照されています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let asked: BTreeSet<String> = definition
        .secrets()
        .filter(|(_, reference)| reference.json_key().is_some())
        .filter_map(|(_, reference)| reference.secret_arn())
        .collect();
    let shape = |arn: &String| match case.secrets.get(arn) {
        Some(Ok(Secret::Present { shape, .. })) => {
            shape.as_ref().and_then(|shape| shape.as_ref().ok())
        }
        _ => None,
    };
    let said = case.said(&["secret-not-json"]);
    let told = proof(
        said.as_deref().unwrap_or_default(),
        words!("the value is a JSON object", "値が JSON オブジェクトである"),
    );
    let proven: Vec<&String> = asked
        .iter()
        .filter(|arn| shape(arn) == Some(&SecretShape::NotJson))
        .collect();
    // ECS's message does not name the secret: it is one of those that are asked for a key and were not looked into.
    let suspects: Vec<&String> = match proven.is_empty() {
        true => asked
            .iter()
            .filter(|arn| told.is_some() && shape(arn).is_none())
            .collect(),
        false => proven,
    };
    if suspects.is_empty() {
        said?;
        return Ok(vec![]);
    }
    let names: Vec<&str> = suspects.iter().map(|arn| name_of(arn)).collect();
    let names = names.join(", ");
    let users = suspects
        .iter()
        .flat_map(|arn| readers(definition, arn))
        .filter(|(_, reference)| reference.json_key().is_some());
    let used = places(users);
    let seen = suspects
        .iter()
        .any(|arn| shape(arn).is_some())
        .then(|| Evidence {
            source: "secretsmanager:GetSecretValue (shape only)",
            saw: words!(
                "{names}: not a JSON object",
                "{names}: JSON オブジェクトではない"
            ),
            expected: Words::verbatim("{\"…\": \"…\"}"),
        });
    let arn = suspects
        .first()
        .map(|arn| (*arn).clone())
        .unwrap_or_default();
    let region = region_of(case, &arn);
    let fix = vec![
        Fix {
            title: words!(
                "see whether it is JSON, without printing it",
                "内容を表示せずに JSON かどうかを確認する"
            ),
            command: format!(
                "aws secretsmanager get-secret-value --secret-id {arn} --query SecretString --output text --region {region} | jq -e 'type == \"object\"' > /dev/null && echo JSON || echo 'not JSON'"
            ),
        },
        Fix {
            title: words!(
                "then go back to its previous version if that was JSON (probe explain secrets-not-json has the command), or store it as JSON, from a file so that no quote is lost in the shell (and delete the file)",
                "以前のバージョンが JSON だった場合はそれに戻す (コマンドは probe explain secrets-not-json を参照)。そうでなければ、シェルで引用符が失われないよう、ファイルから JSON として保存する (ファイルは後で削除する)"
            ),
            command: format!(
                "aws secretsmanager put-secret-value --secret-id {arn} --secret-string file://secret.json --region {region}"
            ),
        },
        Fix {
            title: words!(
                "or, if it is meant to be plain text, ask for no key in the template",
                "プレーンテキストが正しい場合は、テンプレートでキーを指定しない"
            ),
            command: format!("Secrets:\n- Name: DB_PASSWORD\n  ValueFrom: {arn}"),
        },
    ];
    Ok(vec![Finding {
        message: words!(
            "the value of {names} is no JSON, but the task definition injects keys of it as {used}",
            "{names} の値が JSON ではありませんが、タスク定義が {used} としてキーを参照しています"
        ),
        subject: arn,
        evidence: seen.into_iter().chain(told).collect(),
        fix,
    }])
}
