//! Pairs of a cause and a fault that it explains in general and, by what was seen, not here: both are root causes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    case::Case,
    check::Check,
    checks::all,
    evidence::unhealthy,
    reading::{HealthFailure, Place, classify, current_failures},
    snapshot::{Snapshot, Task},
};

/// Ids of causes, each with one of what it does not explain here.
pub type Apart = BTreeSet<(&'static str, &'static str)>;

/// Finds what is independent although one could explain the other.
pub fn apart(case: &Case<'_>) -> Apart {
    let mut apart = Apart::new();
    let mut keep = |symptom: &'static str, is_cause: &dyn Fn(&Check) -> bool| {
        let causes = all().filter(|check| is_cause(check));
        apart.extend(causes.map(|check| (check.id, symptom)));
    };
    if exits_for_itself(case) {
        keep("ecs-container-exited", &takes_database);
    }
    if answers_for_itself(case) {
        keep("alb-health-check-server-error", &takes_database);
    }
    for symptom in ["alb-health-check-failed", "alb-health-check-timeout"] {
        keep(symptom, &|check| ends_others(case, check));
    }
    apart
}

/// Whether a fault shows by an application that has lost its database.
fn takes_database(check: &Check) -> bool {
    const LOST: &str = "service-database-unreachable";
    check.id.starts_with("rds-") || check.id == LOST || check.explains.contains(&LOST)
}

/// Whether the programs that exited crashed, and none of them said a word of its database.
fn exits_for_itself(case: &Case<'_>) -> bool {
    let (Ok(failures), Ok(logs)) = (current_failures(case), case.logs()) else {
        return false;
    };
    let mut told = failures
        .iter()
        .filter(|(.., end)| end.is(&["app-exited-nonzero"]))
        .filter_map(|(id, ..)| logs.get(*id))
        .map(|lines| lines.iter().map(|line| &*line.message).collect())
        .filter(|lines: &Vec<&str>| !lines.is_empty())
        .peekable();
    let crashed = |lines: Vec<&str>| {
        lines.iter().any(|line| says_crash(line)) && !lines.iter().any(|line| may_be_database(line))
    };
    told.peek().is_some() && told.all(crashed)
}

/// Whether the application says why it answers the health check with an error, and that is not its database.
fn answers_for_itself(case: &Case<'_>) -> bool {
    let failing = unhealthy(case, |failure| {
        matches!(failure, HealthFailure::Code(500..600))
    });
    let (Ok(failing), Ok(logs)) = (failing, case.logs()) else {
        return false;
    };
    let paths: BTreeSet<&str> = failing
        .iter()
        .map(|unhealthy| unhealthy.group.health_check.path.as_str())
        .collect();
    let lines = logs.values().flatten();
    let mut reasons = lines
        .filter_map(|line| reason_of_error(&line.message, &paths))
        .peekable();
    reasons.peek().is_some() && !reasons.any(|reason| may_be_database(&reason))
}

/// The reason that a JSON line gives for an error answered at one of these paths.
fn reason_of_error(line: &str, paths: &BTreeSet<&str>) -> Option<String> {
    let record: Value = serde_json::from_str(line).ok()?;
    let first = |names: &[&str]| names.iter().find_map(|name| record.get(*name)).cloned();
    let path = first(&["path", "url", "uri"])?;
    let status = first(&["status", "status_code", "statusCode"])?.as_u64()?;
    let reason = first(&["error", "err", "exception"])?;
    (status >= 500 && paths.contains(path.as_str()?)).then(|| reason.to_string())
}

/// Whether the fault ended tasks, and the unhealthy targets are tasks of other revisions.
fn ends_others(snapshot: &Snapshot, check: &Check) -> bool {
    let (Ok(failures), Ok(tasks), Ok(groups)) = (
        current_failures(snapshot),
        snapshot.tasks(),
        snapshot.target_groups(),
    ) else {
        return false;
    };
    let ended: BTreeSet<&str> = failures
        .iter()
        .filter(|(.., end)| end.is(check.classes) && !end.is_unhealthy())
        .map(|(_, task, _)| task.task_definition.as_str())
        .collect();
    let behind = |ip: &str| {
        let is_it =
            |task: &&Task| task.stopped_at.is_none() && task.private_ip.as_deref() == Some(ip);
        tasks.values().find(is_it)
    };
    let mut revisions = groups
        .values()
        .flat_map(|group| &group.targets)
        .filter(|target| target.state == "unhealthy")
        .map(|target| behind(&target.id).map(|task| task.task_definition.as_str()))
        .peekable();
    let is_other = |revision: Option<&str>| revision.is_some_and(|each| !ended.contains(each));
    !ended.is_empty() && revisions.peek().is_some() && revisions.all(is_other)
}

fn says_crash(line: &str) -> bool {
    const CRASH: [&str; 6] = [
        "panicked at",
        "traceback",
        "exception",
        "error",
        "fatal",
        "segmentation fault",
    ];
    let line = line.to_lowercase();
    CRASH.iter().any(|word| line.contains(word))
}

/// Whether a line is about the database or about waiting for something that may be it.
fn may_be_database(line: &str) -> bool {
    const WORDS: [&str; 10] = [
        "database",
        "getaddrinfo",
        "host",
        "resolve",
        "postgres",
        "sql",
        "5432",
        "connect",
        "timed out",
        "timeout",
    ];
    let reading = classify(line, Some(Place::AppLog));
    let lower = line.to_lowercase();
    reading
        .fault()
        .is_some_and(|class| class.starts_with("db-"))
        || WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_of_the_database_if_it_may_be() {
        for (line, is) in [
            (
                "thread 'main' panicked at src/calendar.rs:41:10: no time zone is set",
                false,
            ),
            ("Error: getaddrinfo ENOTFOUND db.internal", true),
            (
                "called `Result::unwrap()` on an `Err` value: PoolTimedOut",
                true,
            ),
            ("panic: dial tcp 10.0.21.5:5432: i/o timeout", true),
        ] {
            assert_eq!(may_be_database(line), is, "{line}");
        }
    }

    #[test]
    fn an_error_at_the_path_of_the_check_tells_its_reason() {
        let paths = BTreeSet::from(["/health"]);
        for (line, reason) in [
            (
                r#"{"path":"/health","status":500,"error":"no entry"}"#,
                Some("\"no entry\""),
            ),
            (
                r#"{"path":"/events","status":500,"error":"no entry"}"#,
                None,
            ),
            (
                r#"{"path":"/health","status":200,"error":"no entry"}"#,
                None,
            ),
            (r#"{"path":"/health","status":500}"#, None),
            ("GET /health 500", None),
        ] {
            assert_eq!(reason_of_error(line, &paths).as_deref(), reason, "{line}");
        }
    }
}
