//! The program has the rights of the execution role: to pull images, or to read the secrets that ECS gives it anyway.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    permission::{Decision, decide},
    snapshot::{Observed, Policy, Role},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-roles-mixed-up",
    Phrase {
        en: "the task role has what only the execution role needs",
        ja: "タスク実行ロールの権限がタスクロールにも与えられています",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let (Some(task), Some(execution)) = (&definition.task_role, &definition.execution_role) else {
        return Ok(vec![]);
    };
    let name = task.rsplit('/').next().unwrap_or(task);
    if task == execution {
        return Ok(vec![finding(
            &definition.arn,
            words!(
                "{name} is both the execution role and the task role: the program may pull images and read every secret that ECS reads for it",
                "{name} がタスク実行ロールとタスクロールを兼ねています。アプリケーションがイメージの取得やシークレットの読み取りまで行えてしまいます"
            ),
            (
                "ecs:DescribeTaskDefinition taskRoleArn, executionRoleArn",
                words!(
                    "taskRoleArn = executionRoleArn = {task}",
                    "taskRoleArn = executionRoleArn = {task}"
                ),
                words!("two roles", "別々のロール"),
            ),
            vec![Fix {
                title: words!(
                    "give the program a role of its own, with what it calls itself and nothing else",
                    "アプリケーション専用のロールを作り、自身が呼び出す API だけを許可する"
                ),
                command: "TaskRole:\n  Type: AWS::IAM::Role\n  Properties:\n    AssumeRolePolicyDocument:\n      Version: \"2012-10-17\"\n      Statement:\n        - Effect: Allow\n          Principal: { Service: ecs-tasks.amazonaws.com }\n          Action: sts:AssumeRole\nTaskDefinition:\n  Properties:\n    TaskRoleArn: !GetAtt TaskRole.Arn".to_owned(),
            }],
        )]);
    }
    let Some(Ok(Role::Present { policies, .. })) = case.roles.get(task) else {
        return Ok(vec![]);
    };
    let secrets = definition
        .secrets()
        .filter_map(|(_, secret)| secret.secret_arn())
        .map(|arn| ("secretsmanager:GetSecretValue", arn));
    let asked = [("ecr:GetAuthorizationToken", "*".to_owned())]
        .into_iter()
        .chain(secrets);
    for (action, resource) in asked {
        let Some((policy, _)) = policies.iter().find(|(_, policy)| {
            decide([&named(policy)], action, &resource, &[]) == Decision::Allowed
        }) else {
            continue;
        };
        return Ok(vec![finding(
            task,
            words!(
                "the task role {name} may {action} by the policy {policy}: ECS does that with the execution role, the program needs no such right",
                "タスクロール {name} のポリシー {policy} が {action} を許可しています。これは ECS がタスク実行ロールで行う操作で、アプリケーションには不要です"
            ),
            (
                "iam:GetRolePolicy, iam:GetPolicyVersion",
                Words::verbatim(format!("{action} on {resource}")),
                words!(
                    "allowed to the execution role only",
                    "タスク実行ロールだけに許可"
                ),
            ),
            vec![Fix {
                title: words!(
                    "see what the policy {policy} allows, then take it from the task role if the program does not call {action} itself",
                    "ポリシー {policy} の内容を確認し、アプリケーション自身が {action} を呼び出していなければタスクロールから外す"
                ),
                command: format!(
                    "aws iam list-attached-role-policies --role-name {name}\naws iam list-role-policies --role-name {name}"
                ),
            }],
        )]);
    }
    Ok(vec![])
}

/// A policy without the statements that allow everything: those are the advice on wide roles.
fn named(policy: &Policy) -> Policy {
    let everything = |action: &crate::snapshot::Text| &**action == "*";
    Policy {
        statements: policy
            .statements
            .iter()
            .filter(|statement| !statement.actions.iter().any(everything))
            .cloned()
            .collect(),
    }
}
