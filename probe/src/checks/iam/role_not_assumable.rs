//! A role of the task definition does not exist, or does not trust ECS tasks.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{name_of, revision_of},
    snapshot::{Observed, Policy, Role, Unobserved},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "iam-role-not-assumable",
    classes: &["role-not-assumable"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "ECS cannot assume a role of the task definition",
        ja: "ECS がタスク定義のロールを引き受けられません",
    },
    explains: &[
        "iam-image-pull-denied",
        "iam-secret-read-denied",
        "iam-parameter-read-denied",
        "iam-logs-write-denied",
        "iam-key-decrypt-denied",
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// The principal that starts tasks.
const TASKS: &str = "ecs-tasks.amazonaws.com";

/// Whether a trust policy lets ECS tasks in.
fn trusts_tasks(trust: &Policy) -> bool {
    let names_tasks = |statement: &&crate::snapshot::Statement| {
        statement
            .principals
            .iter()
            .any(|principal| [TASKS, "*"].contains(&&**principal))
            && statement
                .actions
                .iter()
                .any(|action| ["sts:AssumeRole", "sts:*", "*"].contains(&&**action))
    };
    let named = || trust.statements.iter().filter(names_tasks);
    named().any(|statement| statement.allow)
        && !named().any(|statement| !statement.allow && statement.conditions.is_empty())
}

/// What is wrong with a role, and what its field in the task definition is called.
struct Broken<'a> {
    arn: &'a str,
    field: &'static str,
    /// Who is trusted; `None` where there is no such role.
    trusted: Option<String>,
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let said = case.said(&["role-not-assumable"]);
    let (mut broken, mut unseen) = (vec![], None);
    for (field, arn) in [
        ("executionRoleArn", definition.execution_role.as_deref()),
        ("taskRoleArn", definition.task_role.as_deref()),
    ] {
        let Some(arn) = arn else { continue };
        let told = || {
            let said = said.as_ref().ok()?;
            said.iter()
                .any(|said| said.text.contains(arn))
                .then_some(())
        };
        match case.roles.get(arn) {
            Some(Ok(Role::Missing)) => broken.push(Broken {
                arn,
                field,
                trusted: None,
            }),
            Some(Ok(Role::Present { trust, .. })) if !trusts_tasks(trust) => {
                let principals = trust
                    .statements
                    .iter()
                    .flat_map(|statement| &statement.principals);
                let names: Vec<&str> = principals.map(|principal| &**principal).collect();
                broken.push(Broken {
                    arn,
                    field,
                    trusted: Some(names.join(", ")),
                });
            }
            Some(Ok(Role::Present { .. })) => {}
            unread => {
                if told().is_some() {
                    broken.push(Broken {
                        arn,
                        field,
                        trusted: Some("?".into()),
                    });
                }
                unseen = Some(
                    unread
                        .and_then(|role| role.as_ref().err().cloned())
                        .unwrap_or_else(|| Unobserved {
                            operation: "iam:GetRole".into(),
                            code: "NotCollected".into(),
                            message: format!("{} was not read", name_of(arn)).into(),
                        }),
                );
            }
        }
    }
    if broken.is_empty() {
        said?;
        return unseen.map_or(Ok(vec![]), Err);
    }
    let said = said.unwrap_or_default();
    let revision = revision_of(&definition.arn);
    let region = &case.target.region;
    let finding = |role: Broken<'_>| {
        let Broken {
            arn,
            field,
            trusted,
        } = role;
        let name = name_of(arn);
        let mine: Vec<_> = said
            .iter()
            .copied()
            .filter(|said| said.text.contains(arn))
            .collect();
        let mut evidence = vec![Evidence {
            source: match trusted {
                Some(_) => "iam:GetRole AssumeRolePolicyDocument",
                None => "iam:GetRole",
            },
            saw: match &trusted {
                Some(principals) => {
                    words!("trusts {principals}", "信頼するプリンシパル: {principals}")
                }
                None => Words::verbatim(format!("{arn}: NoSuchEntity")),
            },
            expected: words!("the role trusts {TASKS}", "{TASKS} を信頼するロール"),
        }];
        evidence.extend(proof(
            &mine,
            words!("ECS assumes the role", "ECS がロールを引き受ける"),
        ));
        Finding {
            subject: arn.to_owned(),
            message: match trusted {
                Some(_) => words!(
                    "{name}, the {field} of {revision}, does not trust {TASKS}, so ECS cannot assume it",
                    "{revision} の {field} である {name} の信頼ポリシーに {TASKS} がなく、ECS が引き受けられません"
                ),
                None => words!(
                    "{name}, the {field} of {revision}, does not exist",
                    "{revision} の {field} であるロール {name} が存在しません"
                ),
            },
            evidence,
            fix: match trusted {
                Some(_) => trust(name, region),
                None => name_another(name, field, region),
            },
        }
    };
    Ok(broken.into_iter().map(finding).collect())
}

fn trust(name: &str, region: &str) -> Vec<Fix> {
    vec![
        Fix {
            title: words!(
                "read the trust policy first: the next command replaces it whole",
                "先に信頼ポリシーを確認する (次のコマンドは全体を置き換える)"
            ),
            command: format!(
                "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument --region {region}"
            ),
        },
        Fix {
            title: words!(
                "let ECS tasks assume the role; the next task starts within a few minutes",
                "ECS タスクによるロールの引き受けを許可する (数分以内に次のタスクが起動する)"
            ),
            command: format!(
                r#"aws iam update-assume-role-policy --role-name {name} --policy-document '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{TASKS}"}},"Action":"sts:AssumeRole"}}]}}' --region {region}"#
            ),
        },
        Fix {
            title: words!(
                "and in the template of the role",
                "ロールのテンプレートでも直す"
            ),
            command: format!(
                "AssumeRolePolicyDocument:\n  Version: \"2012-10-17\"\n  Statement:\n    - Effect: Allow\n      Principal:\n        Service: {TASKS}\n      Action: sts:AssumeRole"
            ),
        },
    ]
}

fn name_another(name: &str, field: &str, region: &str) -> Vec<Fix> {
    let property = match field {
        "taskRoleArn" => "TaskRoleArn: !GetAtt TaskRole.Arn",
        _ => "ExecutionRoleArn: !GetAtt ExecutionRole.Arn",
    };
    vec![
        Fix {
            title: words!(
                "look for the role that was meant (the name may have changed)",
                "本来のロールを探す (名前が変わっていることがある)"
            ),
            command: format!(
                "aws iam list-roles --query \"Roles[?contains(AssumeRolePolicyDocument.Statement[].Principal.Service[], '{TASKS}')].Arn\" --region {region}"
            ),
        },
        Fix {
            title: words!(
                "refer to the role in the template instead of writing its name, then deploy; do not make {name} anew by hand",
                "テンプレートではロール名を直接書かずに参照し、デプロイする ({name} を手作業で作り直さない)"
            ),
            command: format!("TaskDefinition:\n  Properties:\n    {property}"),
        },
    ]
}
