//! What the policy of a KMS key permits, together with the policies of a role.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html>

use super::{Context, Decision, Fit, decision, fits};
use crate::snapshot::{Policy, Statement, Text};

/// A role that wants to decrypt with a key.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequest<'a> {
    /// ARN of the role.
    pub role: &'a str,
    /// ARN of the key.
    pub key: &'a str,
    /// What else is known of the request.
    pub context: &'a Context<'a>,
}

/// Whether a role may decrypt, by the policy of the key and what the role's own policies decide.
///
/// The key's policy must name the role, or leave the decision to the account; in another account than the role's it
/// must do either, and the role's policies must allow it too.
pub fn decide_with_key(policy: &Policy, own: Decision, request: &KeyRequest<'_>) -> Decision {
    let (mut named, mut left, mut denies) = (Fit::No, Fit::No, Fit::No);
    for statement in &policy.statements {
        let fit = fits(statement, "kms:Decrypt", request.key, request.context);
        let of_role = fit.min(principals(statement, |one| is_role(one, request.role)));
        let of_account = fit.min(principals(statement, |one| is_account(one, request.role)));
        match statement.allow {
            true => (named, left) = (named.max(of_role), left.max(of_account)),
            false => denies = denies.max(of_role).max(of_account),
        }
    }
    let own = match own {
        Decision::Allowed => Fit::Yes,
        Decision::ImplicitDeny => Fit::No,
        Decision::Unknown => Fit::Maybe,
        Decision::ExplicitDeny => return Decision::ExplicitDeny,
    };
    let allows = match account(request.role) == account(request.key) {
        true => named.max(left.min(own)),
        false => named.max(left).min(own),
    };
    decision(allows, denies)
}

/// Whether one of a statement's principals is meant; without any, it names those that it is not about.
fn principals(statement: &Statement, is_meant: impl Fn(&str) -> Fit) -> Fit {
    let fit = |principal: &Text| match principal.contains("[redacted]") {
        true => Fit::Maybe,
        false => is_meant(principal),
    };
    match statement.principals.is_empty() {
        true => Fit::Maybe,
        false => statement
            .principals
            .iter()
            .map(fit)
            .max()
            .unwrap_or(Fit::No),
    }
}

fn is_role(principal: &str, role: &str) -> Fit {
    let name = role.rsplit('/').next().unwrap_or(role);
    // A session of the role is a task, and tasks come and go.
    let is_session = principal.contains(&format!(":assumed-role/{name}/"));
    match principal == "*" || principal == role {
        true => Fit::Yes,
        false if is_session => Fit::Maybe,
        false => Fit::No,
    }
}

fn is_account(principal: &str, role: &str) -> Fit {
    let own = account(role);
    let root = principal.ends_with(":root") && account(principal) == own;
    match root || principal == own {
        true => Fit::Yes,
        false => Fit::No,
    }
}

fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Test;

    const ROLE: &str = "arn:aws:iam::123456789012:role/app/exec";
    const ROOT: &str = "arn:aws:iam::123456789012:root";
    const KEY: &str = "arn:aws:kms:ap-northeast-1:123456789012:key/1";
    const OTHERS_KEY: &str = "arn:aws:kms:ap-northeast-1:210987654321:key/1";
    const SERVICE: &str = "secretsmanager.ap-northeast-1.amazonaws.com";

    fn statement(allow: bool, principal: &str) -> Statement {
        Statement {
            allow,
            actions: vec!["kms:*".into()],
            not_actions: vec![],
            resources: vec!["*".into()],
            not_resources: vec![],
            principals: vec![principal.into()],
            conditions: vec![],
            tests: vec![],
        }
    }

    fn through(service: &str, statement: Statement) -> Statement {
        let key = Text::from("kms:ViaService");
        Statement {
            conditions: vec![key.clone()],
            tests: vec![Test {
                key,
                values: vec![service.into()],
            }],
            ..statement
        }
    }

    fn decided(statements: Vec<Statement>, own: Decision, key: &str) -> Decision {
        let request = KeyRequest {
            role: ROLE,
            key,
            context: &[("kms:ViaService", SERVICE)],
        };
        decide_with_key(&Policy { statements }, own, &request)
    }

    #[test]
    fn a_key_names_the_role_or_leaves_it_to_the_account() {
        use Decision::{Allowed, ExplicitDeny, ImplicitDeny, Unknown};
        for (principal, key, by_allowed, by_nothing, by_unknown) in [
            (ROOT, KEY, Allowed, ImplicitDeny, Unknown),
            ("123456789012", KEY, Allowed, ImplicitDeny, Unknown),
            (ROLE, KEY, Allowed, Allowed, Allowed),
            ("*", KEY, Allowed, Allowed, Allowed),
            (
                "arn:aws:iam::210987654321:root",
                KEY,
                ImplicitDeny,
                ImplicitDeny,
                ImplicitDeny,
            ),
            (
                "arn:aws:iam::123456789012:role/app/other",
                KEY,
                ImplicitDeny,
                ImplicitDeny,
                ImplicitDeny,
            ),
            (
                "AROAEXAMPLEEXAMPLE",
                KEY,
                ImplicitDeny,
                ImplicitDeny,
                ImplicitDeny,
            ),
            (
                "arn:aws:sts::123456789012:assumed-role/exec/1",
                KEY,
                Unknown,
                Unknown,
                Unknown,
            ),
            (ROOT, OTHERS_KEY, Allowed, ImplicitDeny, Unknown),
            (ROLE, OTHERS_KEY, Allowed, ImplicitDeny, Unknown),
        ] {
            let decided = |own| decided(vec![statement(true, principal)], own, key);
            assert_eq!(decided(Allowed), by_allowed, "{principal} {key}");
            assert_eq!(decided(ImplicitDeny), by_nothing, "{principal} {key}");
            assert_eq!(decided(Unknown), by_unknown, "{principal} {key}");
            assert_eq!(decided(ExplicitDeny), ExplicitDeny, "{principal} {key}");
        }
    }

    #[test]
    fn a_deny_of_the_key_wins_and_a_conditional_one_may() {
        for (deny, expected) in [
            (statement(false, "*"), Decision::ExplicitDeny),
            (statement(false, ROOT), Decision::ExplicitDeny),
            (
                statement(false, "arn:aws:iam::123456789012:role/other"),
                Decision::Allowed,
            ),
            (through("ec2.*", statement(false, "*")), Decision::Allowed),
            (
                through("secrets*", statement(false, "*")),
                Decision::ExplicitDeny,
            ),
            (
                Statement {
                    conditions: vec!["aws:SourceVpc".into()],
                    ..statement(false, "*")
                },
                Decision::Unknown,
            ),
            (
                Statement {
                    principals: vec![],
                    ..statement(false, "*")
                },
                Decision::Unknown,
            ),
        ] {
            let decided = decided(
                vec![statement(true, ROLE), deny.clone()],
                Decision::Allowed,
                KEY,
            );
            assert_eq!(decided, expected, "{deny:?}");
        }
    }

    #[test]
    fn a_key_may_be_open_through_one_service_only() {
        for (service, expected) in [
            (SERVICE, Decision::Allowed),
            ("secretsmanager.*.amazonaws.com", Decision::Allowed),
            (
                "secretsmanager.us-east-1.amazonaws.com",
                Decision::ImplicitDeny,
            ),
            ("rds.ap-northeast-1.amazonaws.com", Decision::ImplicitDeny),
        ] {
            let statements = vec![through(service, statement(true, ROOT))];
            assert_eq!(
                decided(statements, Decision::Allowed, KEY),
                expected,
                "{service}"
            );
        }
        let unlike = Statement {
            conditions: vec!["kms:ViaService".into(), "kms:ViaService".into()],
            ..through(SERVICE, statement(true, ROOT))
        };
        assert_eq!(
            decided(vec![unlike], Decision::Allowed, KEY),
            Decision::Unknown,
            "a second condition on it"
        );
    }
}
