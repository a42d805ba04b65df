//! Policy documents of IAM and KMS, in the parts that decide.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::snapshot::{Observed, Policy, Statement, Test, Text, Unobserved};

/// Reads a policy document, percent-encoded as most calls of IAM give it, or plain.
///
/// `Sid` is not read, and of most conditions the values are not kept: they may hold anything.
pub(super) fn parse(document: &str) -> serde_json::Result<Policy> {
    let plain = document.trim_start().starts_with('{');
    let document: Document = match plain {
        true => serde_json::from_str(document)?,
        false => serde_json::from_str(&decoded(document))?,
    };
    let statements = document.statement.into_iter().map(Statement::from);
    Ok(Policy {
        statements: statements.collect(),
    })
}

/// Reads what the call `operation` answered.
pub(super) fn read(operation: &str, document: &str) -> Observed<Policy> {
    // The error of the parser quotes the document: only its place is told.
    parse(document).map_err(|error| Unobserved {
        operation: operation.to_owned(),
        code: "InvalidDocument".into(),
        message: format!(
            "the policy document cannot be read at line {}, column {}",
            error.line(),
            error.column()
        )
        .into(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany<StatementDocument>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatementDocument {
    effect: Effect,
    #[serde(default)]
    action: OneOrMany<Text>,
    #[serde(default)]
    not_action: OneOrMany<Text>,
    #[serde(default)]
    resource: OneOrMany<Text>,
    #[serde(default)]
    not_resource: OneOrMany<Text>,
    #[serde(default)]
    principal: Principal,
    /// Operator, key, values.
    #[serde(default)]
    condition: BTreeMap<String, BTreeMap<String, Values>>,
}

/// The values of a condition; numbers and truth values are not told apart.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    Texts(OneOrMany<Text>),
    Others(IgnoredAny),
}

/// Conditions that ask for a service of AWS or an account: their values hold nothing else.
const TOLD: [&str; 2] = ["kms:ViaService", "kms:CallerAccount"];
/// Operators that hold where the request's value is like one of the condition's.
const LIKE: [&str; 2] = ["StringEquals", "StringLike"];

#[derive(Deserialize, PartialEq)]
enum Effect {
    Allow,
    Deny,
}

/// `"*"`, or principals by their kind: `AWS`, `Service`, `Federated`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Principal {
    Everyone(Text),
    Kinds(BTreeMap<String, OneOrMany<Text>>),
}

impl Default for Principal {
    fn default() -> Self {
        Self::Kinds(BTreeMap::new())
    }
}

/// Wherever a document may have a list, it may have a single value.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(vec![])
    }
}

impl<T> IntoIterator for OneOrMany<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        match self {
            Self::Many(values) => values.into_iter(),
            Self::One(value) => vec![value].into_iter(),
        }
    }
}

impl From<StatementDocument> for Statement {
    fn from(statement: StatementDocument) -> Self {
        let (mut conditions, mut tests) = (vec![], vec![]);
        for (operator, condition) in statement.condition {
            let is_like = LIKE.contains(&operator.trim_end_matches("IfExists"));
            for (key, values) in condition {
                let is_told = TOLD.iter().any(|told| told.eq_ignore_ascii_case(&key));
                let key = Text::from(key);
                if let (true, Values::Texts(values)) = (is_like && is_told, values) {
                    tests.push(Test {
                        key: key.clone(),
                        values: values.into_iter().collect(),
                    });
                }
                conditions.push(key);
            }
        }
        Self {
            allow: statement.effect == Effect::Allow,
            actions: statement.action.into_iter().collect(),
            not_actions: statement.not_action.into_iter().collect(),
            resources: statement.resource.into_iter().collect(),
            not_resources: statement.not_resource.into_iter().collect(),
            principals: match statement.principal {
                Principal::Everyone(everyone) => vec![everyone],
                Principal::Kinds(kinds) => kinds.into_values().flatten().collect(),
            },
            conditions,
            tests,
        }
    }
}

/// Undoes percent-encoding; what is not encoded stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|pair| str::from_utf8(pair).ok());
        let byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match byte.filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_and_lists_are_read_alike() {
        let single = r#"{"Statement": {"Sid": "hunter2", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
        let lists =
            r#"{"Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["*"]}]}"#;
        let policy = parse(single).unwrap();
        assert_eq!(policy, parse(lists).unwrap());
        let [statement] = &policy.statements[..] else {
            panic!("{policy:?}");
        };
        assert!(statement.allow);
        assert_eq!(&*statement.actions[0], "s3:Get*");
        assert_eq!(&*statement.resources[0], "*");
    }

    #[test]
    fn an_encoded_document_is_decoded() {
        let encoded = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Deny%22%2C%22NotAction%22%3A%22iam%3A%2A%22%2C%22NotResource%22%3A%22arn%3Aaws%3As3%3A%3A%3Ax%22%7D%5D%7D";
        let statement = &parse(encoded).unwrap().statements[0];
        assert!(!statement.allow && statement.actions.is_empty());
        assert_eq!(&*statement.not_actions[0], "iam:*");
        assert_eq!(&*statement.not_resources[0], "arn:aws:s3:::x");
    }

    #[test]
    fn principals_of_every_form_are_read() {
        for (principal, expected) in [
            (r#""*""#, vec!["*"]),
            (r#"{"AWS": "*"}"#, vec!["*"]),
            (
                r#"{"Service": "ecs-tasks.amazonaws.com"}"#,
                vec!["ecs-tasks.amazonaws.com"],
            ),
            (
                r#"{"Service": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"], "AWS": "123456789012"}"#,
                vec![
                    "123456789012",
                    "ecs.amazonaws.com",
                    "ecs-tasks.amazonaws.com",
                ],
            ),
        ] {
            let document = format!(
                r#"{{"Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {principal}}}}}"#
            );
            let policy = parse(&document).unwrap();
            let found: Vec<&str> = policy.statements[0]
                .principals
                .iter()
                .map(|p| &**p)
                .collect();
            assert_eq!(found, expected, "{principal}");
        }
    }

    #[test]
    fn of_conditions_the_keys_are_kept_and_of_those_about_services_and_accounts_the_values() {
        let document = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": "hunter2", "sts:ExternalId": ["hunter2"],
                                           "kms:viaservice": "secretsmanager.eu-west-1.amazonaws.com"},
                          "StringNotLike": {"kms:ViaService": ["hunter2"]},
                          "Bool": {"aws:SecureTransport": true}}}}"#;
        let policy = parse(document).unwrap();
        let keys: Vec<&str> = policy.statements[0]
            .conditions
            .iter()
            .map(|key| &**key)
            .collect();
        assert_eq!(
            keys,
            [
                "aws:SecureTransport",
                "aws:SourceAccount",
                "kms:viaservice",
                "sts:ExternalId",
                "kms:ViaService"
            ]
        );
        let [test] = &policy.statements[0].tests[..] else {
            panic!("{policy:?}");
        };
        assert_eq!(&*test.key, "kms:viaservice");
        assert_eq!(
            test.values,
            ["secretsmanager.eu-west-1.amazonaws.com".into()]
        );
        assert!(!format!("{policy:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for document in ["", "{}", "%7B", r#"{"Statement": {"Effect": "Perhaps"}}"#] {
            assert!(parse(document).is_err(), "{document}");
        }
    }
}
