//! The key that encrypts a secret cannot be used: the execution role may not decrypt with it, or it is disabled.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    execution_role::{Decryption, Lack, decryption, lacking},
    snapshot::{Observed, Role},
    supply::{KeyUse, keys_in_use},
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
    let keys = keys_in_use(case, definition);
    if keys.is_empty() {
        // A secret or parameter that was not seen may have such a key: then only a message tells.
        let secret = case
            .secrets
            .values()
            .find_map(|secret| secret.as_ref().err());
        let parameter = case
            .parameters
            .values()
            .find_map(|parameter| parameter.as_ref().err());
        let said = case.said(&[CLASS])?;
        return match (
            proof(
                &said,
                words!("the secret is decrypted", "シークレットを復号できる"),
            ),
            secret.or(parameter),
        ) {
            (Some(evidence), Some(_)) => Ok(vec![told(case, evidence)]),
            (_, Some(unseen)) => Err(unseen.clone()),
            (_, None) => Ok(vec![]),
        };
    }
    let Some(role) = definition.execution_role.as_deref() else {
        return Ok(vec![]);
    };
    if matches!(case.roles.get(role), Some(Ok(Role::Missing))) {
        return Ok(vec![]);
    }
    let said = case.said(&[CLASS]);
    let is_told = said.as_ref().is_ok_and(|said| !said.is_empty());
    let (mut findings, mut needs) = (vec![], vec![]);
    let mut unknown = case
        .keys
        .values()
        .find_map(|seen| seen.as_ref().err())
        .cloned();
    for key in &keys {
        match decryption(case, role, key) {
            Decryption::Allowed => {}
            Decryption::OfKey(seen, is_forbidden) => {
                let heard = proof(
                    said.as_deref().unwrap_or_default(),
                    words!("the secret is decrypted", "シークレットを復号できる"),
                );
                let evidence = [Some(seen), heard].into_iter().flatten().collect();
                findings.push(refused(case, role, key, evidence, is_forbidden));
            }
            Decryption::OfRole => needs.extend(key.need()),
            Decryption::Unknown(unseen) | Decryption::Unforbidden(unseen) => {
                unknown = Some(unseen);
                // Only a start that failed proves the denial then.
                needs.extend(key.need().filter(|_| is_told));
            }
        }
    }
    let lacking = match findings.is_empty() {
        true => lacking(case, needs, CLASS)?,
        false => lacking(case, needs, CLASS).unwrap_or_default(),
    };
    findings.extend(lacking.map(|lack| lacks(case, &lack)));
    match (findings.is_empty(), unknown) {
        (true, Some(unseen)) => Err(unseen),
        _ => Ok(findings),
    }
}

fn lacks(case: &Case<'_>, lack: &Lack<'_>) -> Finding {
    let (name, keys, secrets) = (name_of(lack.role), lack.resources(), encrypted(case));
    Finding {
        subject: lack.role.to_owned(),
        message: words!(
            "the execution role {name} lacks kms:Decrypt on the key {keys}, which encrypts {secrets}",
            "タスク実行ロール {name} に、{secrets} を暗号化しているキー {keys} に対する kms:Decrypt の権限がありません"
        ),
        fix: lack.fix(case, "decrypt-secrets"),
        evidence: lack.evidence.clone(),
    }
}

/// What a key's own policy refuses: no policy of the role helps against it.
fn refused(
    case: &Case<'_>,
    role: &str,
    used: &KeyUse<'_>,
    evidence: Vec<Evidence>,
    is_forbidden: bool,
) -> Finding {
    let (key, name, secrets) = (name_of(used.key), name_of(role), used.encrypts.join(", "));
    let arn = used.arn.as_deref().unwrap_or(used.key);
    let region = used
        .service
        .split('.')
        .nth(1)
        .unwrap_or(&case.target.region);
    let get = format!(
        "aws kms get-key-policy --key-id {arn} --policy-name default --query Policy --output text --region {region}"
    );
    let put = format!(
        "aws kms put-key-policy --key-id {arn} --policy-name default --policy file://key-policy.json --region {region}"
    );
    let statement = format!(
        r#"{{"Sid":"ExecutionRoleDecrypts","Effect":"Allow","Principal":{{"AWS":"{role}"}},"Action":"kms:Decrypt","Resource":"*"}}"#
    );
    let fix = match is_forbidden {
        true => Fix {
            title: words!(
                "find the statement of the key's policy that denies it, take it back and put the policy again; allowing it elsewhere does not help",
                "キーポリシーから拒否している文を探して取り除き、設定し直す (別のポリシーで許可しても効果がない)"
            ),
            command: format!("{get} > key-policy.json && ${{EDITOR:-vi}} key-policy.json && {put}"),
        },
        false => Fix {
            title: words!(
                "add a statement for the execution role to the key's policy, and keep the others; nothing is changed for anybody else",
                "キーポリシーにタスク実行ロールを許可する文を加える (既存の文はそのまま残る)"
            ),
            command: format!(
                "{get} | jq '.Statement = ([.Statement] | flatten) + [{statement}]' > key-policy.json && {put}"
            ),
        },
    };
    Finding {
        subject: used.key.to_owned(),
        message: words!(
            "the policy of the key {key}, which encrypts {secrets}, does not let the execution role {name} decrypt with it",
            "{secrets} を暗号化しているキー {key} のキーポリシーで、タスク実行ロール {name} による復号が許可されていません"
        ),
        evidence,
        fix: vec![fix],
    }
}

/// Names of what customer managed keys encrypt.
fn encrypted(case: &Case<'_>) -> String {
    let keys = case
        .task_definition()
        .map(|definition| keys_in_use(case, definition));
    let names: Vec<&str> = keys
        .unwrap_or_default()
        .into_iter()
        .flat_map(|key| key.encrypts)
        .collect();
    names.join(", ")
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
        evidence.extend(proof(
            &said,
            words!("the secret is decrypted", "シークレットを復号できる"),
        ));
        let enable = Fix {
            title: words!(
                "make the key usable again; nothing is lost",
                "キーを再び使えるようにする (失われるものはない)"
            ),
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
