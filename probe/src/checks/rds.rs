//! Faults of the database: what it says to the application, and what RDS says of it.

use super::DATABASE_SYMPTOMS;
use crate::{
    case::{Case, Said, proof},
    check::{Evidence, Finding, Fix},
    snapshot::{Database, Observed},
    words,
    words::Words,
};

catalogue! {
    not_available,
    storage_full,
    parameters_invalid,
    memory_low,
    endpoint_is_replica,
    still_read_only,
    restarted,
    hostname_wrong,
    host_unset,
    connection_refused,
    connections_exhausted,
    ssl_required,
    certificate_not_trusted,
    client_too_old,
    iam_role_blocks_password,
    iam_login_denied,
    password_not_encoded,
    password_wrong,
    database_missing,
    schema_permission_denied,
    idle_in_transaction,
}

/// What the tasks say of their database.
struct Heard<'a> {
    /// Id of the instance; the service's name where it is not known.
    name: String,
    /// The instance, where it was seen.
    database: Option<&'a Database>,
    newest: Said<'a>,
    evidence: Vec<Evidence>,
}

/// What the tasks' logs say of these classes now; `None` where nothing does.
///
/// # Errors
/// When nothing was said and the logs were not seen.
fn heard<'a>(case: &Case<'a>, classes: &[&str], expected: Words) -> Observed<Option<Heard<'a>>> {
    let said = case.logged(classes)?;
    let (Some(evidence), Some(newest)) = (proof(&said, expected), said.first()) else {
        return Ok(None);
    };
    let snapshot: &'a crate::snapshot::Snapshot = case;
    let database = snapshot.database.as_ref().ok().and_then(Option::as_ref);
    Ok(Some(Heard {
        name: database.map_or_else(
            || case.target.service.clone(),
            |database| database.id.clone(),
        ),
        database,
        newest: (*newest).clone(),
        evidence: vec![evidence],
    }))
}

/// What the tasks' logs say of a refused IAM login, where `applies`. PostgreSQL says the same of a bad token and of a
/// password that `rds_iam` no longer lets in: how the application logs in tells them apart.
fn heard_if<'a>(case: &Case<'a>, applies: bool, expected: Words) -> Observed<Option<Heard<'a>>> {
    const BOTH: [&str; 2] = ["db-iam-auth-denied", "db-rds-iam-role-blocks-password"];
    let heard = heard(case, &BOTH, expected)?;
    Ok(heard.filter(|_| applies))
}

/// Whether the containers are given a password for the database and do not speak of IAM.
fn logs_in_with_password(case: &Case<'_>) -> bool {
    let Ok(definition) = &case.task_definition else {
        return false;
    };
    let is_token = |name: &str| name.contains("IAM") || name == "DB_AUTH";
    let plain = definition.containers.iter().flat_map(|c| &c.environment);
    definition
        .secrets()
        .any(|(_, secret)| secret.name.contains("PASS"))
        && !plain.into_iter().any(|name| is_token(name))
}

impl Heard<'_> {
    fn finding(self, message: Words, fix: Vec<Fix>) -> Finding {
        Finding {
            subject: self.name,
            message,
            evidence: self.evidence,
            fix,
        }
    }
}

/// The secret from which the containers take their password, where one is injected.
fn secret_of<'a>(case: &Case<'a>) -> Option<&'a String> {
    let snapshot: &'a crate::snapshot::Snapshot = case;
    snapshot.secrets.keys().next()
}

/// A revision with other settings, by the project's own way of deploying.
fn release(title: Words) -> Fix {
    Fix {
        title,
        command: "cloudformation/deploy <PREFIX> <ENV> <IMAGE_TAG>".into(),
    }
}

/// What an RDS event of the last day says, where it contains one of these words.
fn rds_event(case: &Case<'_>, any: &[&str]) -> Option<Evidence> {
    let database = case.database.as_ref().ok()?.as_ref()?;
    let events = database.events.as_ref()?.as_ref().ok()?;
    let event = events
        .iter()
        .find(|event| any.iter().any(|word| event.message.contains(word)))?;
    let at = event.at.format("%H:%M:%S");
    Some(Evidence {
        source: "rds:DescribeEvents",
        saw: Words::verbatim(format!("{at} {}", event.message)),
        expected: words!("no such event", "該当するイベントがない"),
    })
}
