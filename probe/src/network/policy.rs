//! Whether the policy of a VPC endpoint lets a call through.

use crate::snapshot::{Policy, Statement};

/// Whether a policy allows an action on a resource, as far as it can be said without knowing the conditions:
/// a statement with conditions may allow, and never counts as denying.
pub(super) fn allows(policy: &Policy, action: &str, resource: &str) -> bool {
    let about = |statement: &&Statement| {
        let acts = match statement.not_actions.is_empty() {
            true => any(&statement.actions, &action.to_lowercase(), true),
            false => !any(&statement.not_actions, &action.to_lowercase(), true),
        };
        let touches = match statement.not_resources.is_empty() {
            true => statement.resources.is_empty() || any(&statement.resources, resource, false),
            false => !any(&statement.not_resources, resource, false),
        };
        acts && touches
    };
    let about: Vec<&Statement> = policy.statements.iter().filter(about).collect();
    let denies = |statement: &&Statement| !statement.allow && statement.conditions.is_empty();
    about.iter().any(|statement| statement.allow) && !about.iter().any(denies)
}

fn any(patterns: &[crate::snapshot::Text], text: &str, fold: bool) -> bool {
    patterns.iter().any(|pattern| match fold {
        true => matches(pattern.to_lowercase().as_bytes(), text.as_bytes()),
        false => matches(pattern.as_bytes(), text.as_bytes()),
    })
}

/// `*` stands for any text, `?` for one character.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some(b'*'), _) => {
            matches(&pattern[1..], text) || !text.is_empty() && matches(pattern, &text[1..])
        }
        (Some(b'?'), Some(_)) => matches(&pattern[1..], &text[1..]),
        (Some(a), Some(b)) => a == b && matches(&pattern[1..], &text[1..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<crate::snapshot::Text> {
        list.iter().map(|text| (*text).into()).collect()
    }

    fn statement(allow: bool, actions: &[&str], resources: &[&str]) -> Statement {
        Statement {
            allow,
            actions: texts(actions),
            not_actions: vec![],
            resources: texts(resources),
            not_resources: vec![],
            principals: texts(&["*"]),
            conditions: vec![],
            tests: vec![],
        }
    }

    #[test]
    fn a_policy_allows_what_a_statement_allows_and_none_denies() {
        let layer = "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/layer";
        let all = statement(true, &["*"], &["*"]);
        let bucket = |name: &str| format!("arn:aws:s3:::{name}/*");
        let only = |name: &str| statement(true, &["s3:GetObject"], &[&bucket(name)]);
        let conditional = Statement {
            conditions: vec!["aws:PrincipalOrgID".into()],
            ..statement(false, &["*"], &["*"])
        };
        let but_get = Statement {
            actions: vec![],
            not_actions: vec!["s3:Get*".into()],
            ..statement(true, &[], &["*"])
        };
        let elsewhere = |name: &str| Statement {
            resources: vec![],
            not_resources: texts(&[&bucket(name)]),
            ..statement(true, &["*"], &[])
        };
        for (statements, expected) in [
            (vec![elsewhere("my-backups")], true),
            (vec![elsewhere("prod-*")], false),
            (vec![all.clone()], true),
            (vec![], false),
            (
                vec![only("prod-ap-northeast-1-starport-layer-bucket")],
                true,
            ),
            (vec![only("prod-*-starport-layer-bucket")], true),
            (vec![only("my-backups")], false),
            (vec![statement(true, &["S3:getobject"], &["*"])], true),
            (vec![statement(true, &["s3:Put*"], &["*"])], false),
            (
                vec![all.clone(), statement(false, &["s3:*"], &["*"])],
                false,
            ),
            (vec![all.clone(), conditional], true),
            (vec![but_get], false),
            (vec![statement(true, &["s3:Get?bject"], &[])], true),
        ] {
            let policy = Policy { statements };
            assert_eq!(
                allows(&policy, "s3:GetObject", layer),
                expected,
                "{policy:?}"
            );
        }
        let token = Policy {
            statements: vec![statement(
                true,
                &["ecr:*"],
                &["arn:aws:ecr:*:1:repository/a"],
            )],
        };
        assert!(allows(
            &token,
            "ecr:BatchGetImage",
            "arn:aws:ecr:eu-west-1:1:repository/a"
        ));
        assert!(!allows(
            &token,
            "ecr:BatchGetImage",
            "arn:aws:ecr:eu-west-1:1:repository/b"
        ));
        assert!(
            !allows(&token, "ecr:GetAuthorizationToken", "*"),
            "it names no repository"
        );
    }
}
