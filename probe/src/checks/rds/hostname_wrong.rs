//! The host name of the database cannot be resolved, or is no host name.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-hostname-wrong",
    classes: &["db-hostname-malformed"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application's host name for the database is wrong",
        ja: "データベースのホスト名が誤っています",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let endpoint = case
        .database
        .as_ref()
        .ok()
        .and_then(Option::as_ref)
        .and_then(|database| database.address.clone());
    let expected = match &endpoint {
        Some(endpoint) => Words::verbatim(endpoint.clone()),
        None => words!("a name that resolves", "名前解決できるホスト名"),
    };
    let mut evidence = vec![];
    let settings = case.task_definition.as_ref().ok().and_then(|definition| {
        definition
            .containers
            .iter()
            .find_map(|container| container.database.as_ref())
    });
    let (variable, host) = settings.map_or((None, None), |settings| {
        (settings.variable.clone(), settings.host.clone())
    });
    if let Some(host) = host.filter(|host| is_malformed(host)) {
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition environment",
            saw: Words::verbatim(format!("\"{host}\"")),
            expected: expected.clone(),
        });
    }
    if let Some(heard) = heard(case, CHECK.classes, expected)? {
        evidence.extend(heard.evidence);
    }
    if evidence.is_empty() {
        return Ok(vec![]);
    }
    let variable = variable.unwrap_or_else(|| "DB_HOST".into());
    let endpoint = endpoint.unwrap_or_else(|| "<DB_ENDPOINT>".into());
    Ok(vec![Finding {
        subject: variable.clone(),
        message: words!(
            "the host name of the database in {variable} does not resolve",
            "{variable} のデータベースのホスト名を解決できません"
        ),
        evidence,
        fix: vec![release(words!(
            "set {variable} to {endpoint}, without port, scheme or blanks, and deploy",
            "{variable} を {endpoint} にしてデプロイする (ポート、スキーム、空白を含めない)"
        ))],
    }])
}

/// A host name has no blanks, no scheme, no path and no port.
fn is_malformed(host: &str) -> bool {
    host.trim() != host || host.contains(['/', ' ', '@']) || host.matches(':').count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_is_only_a_host_name() {
        for (host, malformed) in [
            ("db.example.com", false),
            ("10.0.21.5", false),
            ("fd00::5", false),
            ("db.example.com ", true),
            ("db.example.com:5432", true),
            ("postgres://db.example.com", true),
        ] {
            assert_eq!(is_malformed(host), malformed, "{host}");
        }
    }
}
