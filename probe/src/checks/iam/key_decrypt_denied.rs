//! The key that encrypts a secret cannot be used: the execution role may not decrypt with it, or it is disabled.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    execution_role::{Answer, answer, lacking},
    snapshot::{Observed, Secret},
    supply::key_needs,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "iam-key-decrypt-denied",
    classes: &[CLASS],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the execution role cannot decrypt a secret with its customer managed key",
        ja: "タスク実行ロールが、シークレットを暗号化しているカスタマーマネージドキーで復号できません",
    },
    explains: &[
        "iam-secret-read-denied",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

const CLASS: &str = "exec-role-missing-kms-decrypt";

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let disabled = disabled(case);
    if !disabled.is_empty() {
        return Ok(disabled);
    }
    let needs = key_needs(case, definition);
    if needs.is_empty() {
        // A secret that was not seen may have such a key: then only a message tells.
        let unseen = case.secrets.values().find_map(|secret| secret.as_ref().err());
        let said = case.said(&[CLASS])?;
        return match (proof(&said, words!("the secret is decrypted", "シークレットを復号できる")), unseen) {
            (Some(evidence), Some(_)) => Ok(vec![told(case, evidence)]),
            (_, Some(unseen)) => Err(unseen.clone()),
            (_, None) => Ok(vec![]),
        };
    }
    // The key's own policy may allow what the role's policies do not: only a start that failed proves the denial.
    let role = definition.execution_role.as_deref().unwrap_or_default();
    let is_forbidden = needs
        .iter()
        .any(|need| matches!(answer(case, role, need), Answer::Denied(_, true)));
    if !is_forbidden && case.said(&[CLASS])?.is_empty() {
        return Ok(vec![]);
    }
    let Some(lack) = lacking(case, needs, CLASS)? else {
        return Ok(vec![]);
    };
    let (name, keys) = (name_of(lack.role), lack.resources());
    let secrets = encrypted(case);
    Ok(vec![Finding {
        subject: lack.role.to_owned(),
        message: words!(
            "the execution role {name} lacks kms:Decrypt on the key {keys}, which encrypts {secrets}",
            "タスク実行ロール {name} に、{secrets} を暗号化しているキー {keys} に対する kms:Decrypt の権限がありません"
        ),
        fix: lack.fix(case, "decrypt-secrets"),
        evidence: lack.evidence,
    }])
}

/// Names of the secrets that a customer managed key encrypts.
fn encrypted(case: &Case<'_>) -> String {
    let name = |secret: &Observed<Secret>| match secret {
        Ok(Secret::Present { name, key: Some(_), .. }) => Some(name.clone()),
        _ => None,
    };
    case.secrets.values().filter_map(name).collect::<Vec<_>>().join(", ")
}

fn told(case: &Case<'_>, evidence: Evidence) -> Finding {
    let region = &case.target.region;
    Finding {
        subject: case.target.service.clone(),
        message: words!(
            "KMS refuses to decrypt a secret for the execution role",
            "KMS がタスク実行ロールによるシークレットの復号を拒否しています"
        ),
        evidence: vec![evidence],
        fix: vec![Fix {
            title: words!(
                "see which key encrypts each secret, then allow kms:Decrypt on it",
                "各シークレットを暗号化しているキーを調べ、kms:Decrypt を許可する"
            ),
            command: format!(
                "aws secretsmanager list-secrets --query 'SecretList[].[Name,KmsKeyId]' --output table --region {region}"
            ),
        }],
    }
}

/// Keys that decrypt nothing for anybody.
fn disabled(case: &Case<'_>) -> Vec<Finding> {
    let region = &case.target.region;
    let finding = |(key, state): (&String, &str)| {
        let (name, secrets) = (name_of(key), encrypted(case));
        let said = case.said(&[CLASS]).unwrap_or_default();
        let mut evidence = vec![Evidence {
            source: "kms:DescribeKey KeyState",
            saw: Words::verbatim(format!("{key}: {state}")),
            expected: Words::verbatim("Enabled"),
        }];
        evidence.extend(proof(&said, words!("the secret is decrypted", "シークレットを復号できる")));
        let enable = Fix {
            title: words!("make the key usable again; nothing is lost", "キーを再び使えるようにする (失われるものはない)"),
            command: format!("aws kms enable-key --key-id {key} --region {region}"),
        };
        let cancel = Fix {
            title: words!(
                "first stop its deletion: what it encrypts cannot be read once it is gone",
                "先に削除を取り消す (削除されると、暗号化したものは二度と読めない)"
            ),
            command: format!("aws kms cancel-key-deletion --key-id {key} --region {region}"),
        };
        Finding {
            subject: key.clone(),
            message: words!(
                "the key {name}, which encrypts {secrets}, is {state}",
                "{secrets} を暗号化しているキー {name} の状態が {state} です"
            ),
            evidence,
            fix: match state {
                "PendingDeletion" => vec![cancel, enable],
                _ => vec![enable],
            },
        }
    };
    case.keys
        .iter()
        .filter_map(|(key, seen)| Some((key, seen.as_ref().ok()?.state.as_str())))
        .filter(|(_, state)| *state != "Enabled")
        .map(finding)
        .collect()
}
