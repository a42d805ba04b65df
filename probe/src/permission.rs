//! What policy documents permit. Pure: documents in, answer out.
//!
//! For when the simulation of IAM is refused, and for the policies of keys, which it does not know. It knows the
//! policies of the role and of the key alone: no permission boundary, no policy of the organisation, no grant.

mod key;

use crate::snapshot::{Policy, Statement, Text};

pub use key::{KeyRequest, decide_with_key};

/// What is known of a request beside action and resource: keys of conditions, and their values.
pub type Context<'a> = [(&'a str, &'a str)];

/// The answer, in the words of the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it and none denies it.
    Allowed,
    /// No statement allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
    /// It hangs on a condition, a policy variable or a text that was blanked.
    Unknown,
}

impl Decision {
    /// The simulator's word; `None` where it is not known.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Allowed => Some("allowed"),
            Self::ImplicitDeny => Some("implicitDeny"),
            Self::ExplicitDeny => Some("explicitDeny"),
            Self::Unknown => None,
        }
    }

    /// What it is worth where other policies could not be read: they may allow or deny more, but take no denial back.
    #[must_use]
    pub fn of_a_part(self) -> Self {
        match self {
            Self::ExplicitDeny => self,
            _ => Self::Unknown,
        }
    }
}

/// Whether the policies of a role permit an action on a resource.
pub fn decide<'a>(
    policies: impl IntoIterator<Item = &'a Policy>,
    action: &str,
    resource: &str,
    context: &Context<'_>,
) -> Decision {
    let (mut allows, mut denies) = (Fit::No, Fit::No);
    for statement in policies.into_iter().flat_map(|policy| &policy.statements) {
        let fit = fits(statement, action, resource, context);
        match statement.allow {
            true => allows = allows.max(fit),
            false => denies = denies.max(fit),
        }
    }
    decision(allows, denies)
}

fn decision(allows: Fit, denies: Fit) -> Decision {
    match (allows, denies) {
        (_, Fit::Yes) => Decision::ExplicitDeny,
        (Fit::No, _) => Decision::ImplicitDeny,
        (Fit::Yes, Fit::No) => Decision::Allowed,
        (Fit::Maybe, _) | (_, Fit::Maybe) => Decision::Unknown,
    }
}

/// Whether a statement speaks of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    Maybe,
    Yes,
}

impl Fit {
    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

fn fits(statement: &Statement, action: &str, resource: &str, context: &Context<'_>) -> Fit {
    let lower = action.to_ascii_lowercase();
    let of_action = match statement.not_actions.is_empty() {
        true => any(&statement.actions, |pattern| {
            matches(&pattern.to_ascii_lowercase(), &lower)
        }),
        false => any(&statement.not_actions, |pattern| {
            matches(&pattern.to_ascii_lowercase(), &lower)
        })
        .not(),
    };
    let of_resource = match statement.not_resources.is_empty() {
        true => any(&statement.resources, |pattern| matches(pattern, resource)),
        false => any(&statement.not_resources, |pattern| {
            matches(pattern, resource)
        })
        .not(),
    };
    of_action
        .min(of_resource)
        .min(conditions(statement, context))
}

/// Whether the conditions hold; a condition whose values were not kept may.
fn conditions(statement: &Statement, context: &Context<'_>) -> Fit {
    let holds = |key: &Text| {
        let same = |other: &Text| other.eq_ignore_ascii_case(key);
        let times = statement.conditions.iter().filter(|key| same(key)).count();
        let tests: Vec<_> = statement
            .tests
            .iter()
            .filter(|test| same(&test.key))
            .collect();
        match context
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            Some((_, value)) if tests.len() == times => {
                let fits = tests
                    .iter()
                    .map(|test| any(&test.values, |pattern| matches(pattern, value)));
                fits.min().unwrap_or(Fit::Maybe)
            }
            _ => Fit::Maybe,
        }
    };
    statement
        .conditions
        .iter()
        .map(holds)
        .min()
        .unwrap_or(Fit::Yes)
}

fn any(patterns: &[Text], matches: impl Fn(&str) -> bool) -> Fit {
    let fit = |pattern: &Text| {
        if matches(pattern) {
            Fit::Yes
        } else if pattern.contains("${") || pattern.contains("[redacted]") {
            Fit::Maybe
        } else {
            Fit::No
        }
    };
    patterns.iter().map(fit).max().unwrap_or(Fit::No)
}

/// Whether a text fits a pattern, in which `*` stands for anything and `?` for one character.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and what it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&expected) if expected == b'?' || expected == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf";

    fn statement(allow: bool, actions: &[&str], resources: &[&str]) -> Statement {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).into()).collect();
        Statement {
            allow,
            actions: texts(actions),
            not_actions: vec![],
            resources: texts(resources),
            not_resources: vec![],
            principals: vec![],
            conditions: vec![],
            tests: vec![],
        }
    }

    fn decided(statements: Vec<Statement>) -> Decision {
        decide(
            [&Policy { statements }],
            "secretsmanager:GetSecretValue",
            SECRET,
            &[],
        )
    }

    #[test]
    fn wildcards_and_letter_case_are_read_as_iam_reads_them() {
        for (action, resource, expected) in [
            ("secretsmanager:GetSecretValue", SECRET, Decision::Allowed),
            ("SecretsManager:getsecretvalue", "*", Decision::Allowed),
            (
                "secretsmanager:Get*",
                "arn:aws:*:secret:db-??????",
                Decision::Allowed,
            ),
            (
                "*",
                "arn:aws:secretsmanager:*:*:secret:*",
                Decision::Allowed,
            ),
            (
                "secretsmanager:Get*",
                "arn:aws:*:secret:DB-*",
                Decision::ImplicitDeny,
            ),
            (
                "secretsmanager:GetSecretValue",
                "arn:aws:*:secret:db",
                Decision::ImplicitDeny,
            ),
            ("secretsmanager:DescribeSecret", "*", Decision::ImplicitDeny),
            ("ssm:*", "*", Decision::ImplicitDeny),
        ] {
            let answer = decided(vec![statement(true, &[action], &[resource])]);
            assert_eq!(answer, expected, "{action} {resource}");
        }
        assert_eq!(decided(vec![]), Decision::ImplicitDeny);
    }

    #[test]
    fn a_deny_wins_wherever_it_stands() {
        let allow = statement(true, &["*"], &["*"]);
        let deny = statement(false, &["secretsmanager:*"], &["*"]);
        assert_eq!(
            decided(vec![deny.clone(), allow.clone()]),
            Decision::ExplicitDeny
        );
        assert_eq!(decided(vec![allow, deny]), Decision::ExplicitDeny);
    }

    #[test]
    fn exceptions_are_every_other_action_and_resource() {
        let but = |not_action: &str| Statement {
            not_actions: vec![not_action.into()],
            ..statement(true, &[], &["*"])
        };
        assert_eq!(decided(vec![but("iam:*")]), Decision::Allowed);
        assert_eq!(
            decided(vec![but("secretsmanager:*")]),
            Decision::ImplicitDeny
        );
        let elsewhere = |not_resource: &str| Statement {
            not_resources: vec![not_resource.into()],
            ..statement(true, &["*"], &[])
        };
        assert_eq!(
            decided(vec![elsewhere("arn:aws:s3:::*")]),
            Decision::Allowed
        );
        assert_eq!(decided(vec![elsewhere(SECRET)]), Decision::ImplicitDeny);
    }

    #[test]
    fn what_hangs_on_a_condition_is_not_known() {
        let conditional = |allow| Statement {
            conditions: vec!["aws:SourceVpc".into()],
            ..statement(allow, &["*"], &["*"])
        };
        let allow = statement(true, &["*"], &["*"]);
        assert_eq!(decided(vec![conditional(true)]), Decision::Unknown);
        assert_eq!(
            decided(vec![allow.clone(), conditional(true)]),
            Decision::Allowed
        );
        assert_eq!(decided(vec![allow, conditional(false)]), Decision::Unknown);
        assert_eq!(decided(vec![conditional(false)]), Decision::ImplicitDeny);
        let variable = statement(true, &["*"], &["arn:aws:*:${aws:PrincipalTag/team}-*"]);
        assert_eq!(decided(vec![variable]), Decision::Unknown);
    }
}
