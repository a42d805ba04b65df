//! A message that is about now, and how it proves something in a report.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    check::Evidence,
    reading::{Place, Reading},
    words,
    words::Words,
};

/// A message that is about now, and what it means.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// Where it was said.
    pub place: Place,
    /// When.
    pub at: DateTime<Utc>,
    /// Who said it, or of whom it was said: a task, a target, the service, a stack.
    pub by: String,
    /// Its words.
    pub text: &'a str,
    /// What they mean.
    pub reading: Reading,
}

impl Said<'_> {
    /// API and field where it was seen.
    pub fn source(&self) -> &'static str {
        match self.place {
            Place::StoppedReason => "ecs:DescribeTasks stoppedReason",
            Place::ContainerReason => "ecs:DescribeTasks containers[].reason",
            Place::ServiceEvent => "ecs:DescribeServices events",
            Place::TargetHealth => "elasticloadbalancing:DescribeTargetHealth",
            Place::AppLog => "logs:GetLogEvents",
            Place::CfnEvent => "cloudformation:DescribeStackEvents",
        }
    }
}

/// The proof that something is being said: how often, and the newest words. `None` where nothing was.
pub fn proof(said: &[&Said<'_>], expected: Words) -> Option<Evidence> {
    let newest = said.first()?;
    let (count, by, text) = (said.len(), &newest.by, telling(newest.text));
    Some(Evidence {
        source: newest.source(),
        saw: match count {
            1 => Words::verbatim(format!("{by}: {text}")),
            _ => words!(
                "{count} messages, the newest of {by}: {text}",
                "{count} 件、最新は {by}: {text}"
            ),
        },
        expected,
    })
}

/// What a line says, without the rest of its record: of a JSON line only the fields that tell something.
fn telling(text: &str) -> Cow<'_, str> {
    const FIELDS: [&str; 8] = [
        "message", "msg", "method", "path", "status", "class", "error", "err",
    ];
    let Ok(Value::Object(record)) = serde_json::from_str(text) else {
        return text.trim().into();
    };
    let field = |name: &&str| match record.get(*name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let told: Vec<String> = FIELDS.iter().filter_map(field).collect();
    if told.is_empty() {
        return text.trim().into();
    }
    told.join(" · ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_told_by_the_fields_that_say_something() {
        for (line, told) in [
            (
                r#"{"timestamp":"t","level":"WARN","message":"request","method":"GET","path":"/events","status":503,"error":"database away"}"#,
                "request · GET · /events · 503 · database away",
            ),
            (r#"{"level":"WARN"}"#, r#"{"level":"WARN"}"#),
            (" FATAL: no ", "FATAL: no"),
        ] {
            assert_eq!(telling(line), told);
        }
    }
}
