//! A role may do far more than a task needs: whoever breaks into the task has all of it.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{Observed, Role, Statement},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-role-too-wide",
    Phrase {
        en: "a role of the task may do far more than the task needs",
        ja: "タスクのロールに必要以上の権限があります",
    },
    find,
);

/// Actions that are worth much on every resource of an account.
const PRECIOUS: &[&str] = &[
    "dynamodb:getitem",
    "iam:passrole",
    "kms:decrypt",
    "rds-db:connect",
    "s3:deleteobject",
    "s3:getobject",
    "s3:putobject",
    "secretsmanager:getsecretvalue",
    "ssm:getparameter",
    "ssm:getparameters",
    "sts:assumerole",
];

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let mut findings = vec![];
    for (arn, role) in &case.roles {
        let Ok(Role::Present { policies, .. }) = role else {
            continue;
        };
        let role_name = arn.rsplit('/').next().unwrap_or(arn);
        for (policy, document) in policies {
            let Some(wide) = document.statements.iter().find_map(too_wide) else {
                continue;
            };
            findings.push(finding(
                arn,
                words!(
                    "the policy {policy} of the role {role_name} allows {wide} on Resource *: whoever gets into the task has all of it",
                    "ロール {role_name} のポリシー {policy} が、Resource * に対する {wide} を許可しています。タスクに侵入されると、そのすべてが悪用されます"
                ),
                (
                    "iam:GetRolePolicy, iam:GetPolicyVersion",
                    Words::verbatim(format!("{wide}, Resource *")),
                    words!(
                        "only the actions and resources that the task uses",
                        "タスクが使うアクションとリソースだけ"
                    ),
                ),
                vec![Fix {
                    title: words!(
                        "list the services that the role has really used, then allow only those",
                        "ロールが実際に使ったサービスを一覧し、必要な権限だけに絞る"
                    ),
                    command: format!(
                        "aws iam get-service-last-accessed-details --job-id \"$(aws iam generate-service-last-accessed-details --arn {arn} --query JobId --output text)\" --query 'ServicesLastAccessed[?LastAuthenticated].[ServiceNamespace,LastAuthenticated]' --output table"
                    ),
                }],
            ));
        }
    }
    Ok(findings)
}

/// What a statement allows too much of. A condition may narrow it, so such a statement is left alone.
fn too_wide(statement: &Statement) -> Option<String> {
    let everywhere = statement
        .resources
        .iter()
        .any(|resource| &**resource == "*")
        || !statement.not_resources.is_empty();
    if !statement.allow || !statement.conditions.is_empty() || !everywhere {
        return None;
    }
    if let Some(but) = statement.not_actions.first() {
        return Some(format!("NotAction {but}"));
    }
    let is_wide = |action: &str| {
        let action = action.to_ascii_lowercase();
        action == "*" || action.ends_with(":*") || PRECIOUS.contains(&action.as_str())
    };
    let action = statement.actions.iter().find(|action| is_wide(action))?;
    Some(format!("Action {action}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_precious_everywhere_and_without_condition_is_too_wide() {
        let statement = |action: &str, resource: &str, condition: Option<&str>| Statement {
            allow: true,
            actions: vec![action.into()],
            not_actions: vec![],
            resources: vec![resource.into()],
            not_resources: vec![],
            principals: vec![],
            conditions: condition.into_iter().map(Into::into).collect(),
            tests: vec![],
        };
        for (action, resource, condition, expected) in [
            ("*", "*", None, true),
            ("s3:*", "*", None, true),
            ("secretsmanager:GetSecretValue", "*", None, true),
            ("s3:*", "arn:aws:s3:::bucket/*", None, false),
            ("*", "*", Some("aws:ResourceTag/app"), false),
            ("ecr:GetAuthorizationToken", "*", None, false),
            ("logs:PutLogEvents", "*", None, false),
        ] {
            let found = too_wide(&statement(action, resource, condition));
            assert_eq!(found.is_some(), expected, "{action} on {resource}");
        }
        let deny = Statement {
            allow: false,
            ..statement("*", "*", None)
        };
        assert_eq!(too_wide(&deny), None);
    }
}
