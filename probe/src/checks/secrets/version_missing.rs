//! The task definition names a version of a secret, by staging label or id, that does not exist.

use super::region_of;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    snapshot::{Observed, Secret},
    supply::places,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "secrets-version-missing",
    classes: &["secret-version-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a secret has no such version as the containers need",
        ja: "コンテナが必要とするバージョンがシークレットにありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let said = case.said(&["secret-version-missing"]);
    let (mut findings, mut unseen) = (vec![], None);
    for (container, reference) in definition.secrets() {
        let Some(arn) = reference.secret_arn() else {
            continue;
        };
        let (stage, id) = (reference.version_stage(), reference.version_id());
        let Some(wanted) = stage.or(id) else { continue };
        // One version that several variables take their values from is one fault.
        if findings.iter().any(|known: &Finding| known.subject == arn) {
            continue;
        }
        let there = match case.secrets.get(&arn) {
            Some(Ok(Secret::Present {
                stages, versions, ..
            })) => {
                let has = |list: &[String], wanted: Option<&str>| {
                    wanted.is_none_or(|wanted| list.iter().any(|there| there == wanted))
                };
                if has(stages, stage) && has(versions, id) {
                    continue;
                }
                [stages.join(", "), versions.join(", ")].join("; ")
            }
            Some(Ok(Secret::Missing)) => continue,
            Some(Err(unobserved)) => {
                unseen = Some(unobserved.clone());
                if !said
                    .as_ref()
                    .is_ok_and(|said| said.iter().any(|said| said.text.contains(wanted)))
                {
                    continue;
                }
                String::from("?")
            }
            None => continue,
        };
        let (name, region) = (name_of(&arn), region_of(case, &arn));
        let used = places([(container, reference)].into_iter());
        let mut evidence = vec![Evidence {
            source: "secretsmanager:DescribeSecret VersionIdsToStages",
            saw: Words::verbatim(format!("{name}: {there}")),
            expected: Words::verbatim(wanted),
        }];
        evidence.extend(crate::case::proof(
            said.as_deref().unwrap_or_default(),
            words!("the version is found", "バージョンが見つかる"),
        ));
        findings.push(Finding {
            message: words!(
                "the secret {name} has no version {wanted}, which the task definition injects as {used}",
                "シークレット {name} に、タスク定義が {used} として参照しているバージョン {wanted} がありません"
            ),
            subject: arn.clone(),
            evidence,
            fix: vec![
                Fix {
                    title: words!(
                        "see which versions and labels there are",
                        "存在するバージョンとラベルを確認する"
                    ),
                    command: format!(
                        "aws secretsmanager list-secret-version-ids --secret-id {arn} --query 'Versions[].[VersionId,VersionStages,CreatedDate]' --region {region}"
                    ),
                },
                Fix {
                    title: words!(
                        "then leave stage and version id empty in the template, which means AWSCURRENT, and deploy",
                        "テンプレートでステージとバージョン ID を空にし (AWSCURRENT を意味する)、デプロイする"
                    ),
                    command: format!(
                        "Secrets:\n- Name: {}\n  ValueFrom: {arn}:{}::",
                        reference.name,
                        reference.json_key().unwrap_or_default()
                    ),
                },
            ],
        });
    }
    match (findings.is_empty(), unseen) {
        (true, Some(unobserved)) => Err(unobserved),
        _ => Ok(findings),
    }
}
