//! Reads what ECS, the load balancer and the application said into facts.
//!
//! AWS changed its wording over the years and both old and new phrasings are in the field,
//! so a reading looks for the words that stayed.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, Utc};
use regex::Regex;

use crate::snapshot::{Observed, Snapshot, Task};

/// Why a task stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The registry has no such image.
    ImageNotFound,
    /// The registry refused the execution role.
    ImageDenied,
    /// Secrets Manager refused the execution role.
    SecretDenied,
    /// There is no such secret.
    SecretNotFound,
    /// The secret has no such JSON key.
    SecretKeyMissing {
        /// The key that ECS asked for.
        key: String,
    },
    /// The kernel ended a container for its memory.
    OutOfMemory {
        /// Name of the container.
        container: String,
    },
    /// A container ended by itself.
    Exited {
        /// Name of the container.
        container: String,
        /// Its exit code.
        code: i32,
    },
    /// The load balancer or the container's own health check found it unhealthy.
    Unhealthy,
    /// A deployment, a scale-in or a person ended it: not a fault.
    Normal,
    /// Words that are not known.
    Other,
}

fn pattern(source: &str) -> Option<Regex> {
    Regex::new(&format!("(?is){source}")).ok()
}

macro_rules! patterns {
    ($($name:ident = $source:literal;)*) => {
        $(static $name: LazyLock<Option<Regex>> = LazyLock::new(|| pattern($source));)*
        #[cfg(test)]
        fn all_patterns() -> Vec<bool> {
            vec![$($name.is_some()),*]
        }
    };
}

patterns! {
    NORMAL = r"scaling activity initiated|deployment completed|task stopped by user|user.?initiated|terminated due to.*rebalanc|stopped by the user";
    UNHEALTHY = r"failed (?:elb|container) health checks|failed elb health|health checks? .*target.?group";
    SECRET_KEY = r"did not contain json key ([^\s,:;]+)";
    SECRET = r"unable to (?:retrieve|pull|fetch|get) secrets? |secretsmanager:GetSecretValue|from secrets manager|secret from asm";
    PARAMETER_STORE = r"from ssm|ssm:GetParameters";
    IMAGE = r"cannotpull|pull image|resolve ref|pull access denied|registry auth|can.t pull the image|ecr:";
    DENIED = r"accessdenied|not authorized to perform|403 forbidden|is not authorized|no basic auth credentials";
    NOT_FOUND = r"not found|marked for deletion|does not exist|can.t find|resourcenotfound|manifest unknown";
    OUT_OF_MEMORY = r"out ?of ?memory|oom.?kill";
    DATABASE_AWAY = r"database is not reachable|(?:etimedout|econnrefused|timed out|: timeout|could not connect|connection refused|unable to connect).{0,120}(?::5432|port 5432|postgres|database)|(?::5432|port 5432|postgres|database).{0,120}(?:etimedout|timed out|timeout: |timeout expired|connection refused)|pool timed out|pool is probably full|timeout acquiring a connection|pooltimedout";
    SLOW_STATEMENT = r"(?:statement|lock) timeout";
    DATABASE_BACK = r"database is reachable again|database connection restored";
    READY = r#"(?:^|")listening\b|\blistening (?:on|at)\b|\bserver (?:has )?started\b|started .* in [\d.]+ ?s|accepting connections|ready to (?:serve|accept)"#;
    CODES = r"codes?: ?\[?(\d{3})";
    TIMED_OUT = r"timed? ?out|timeout";
    CHECKS_FAILED = r"health checks? failed|failedhealthchecks";
    UNHEALTHY_EVENT = r"is unhealthy in \(?target-group ([^)\s]+)\)? due to \(reason (.+?)\)\.?$";
    VARYING = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}";
}

fn says(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

fn capture(pattern: &LazyLock<Option<Regex>>, text: &str) -> Option<String> {
    Some(
        pattern
            .as_ref()?
            .captures(text)?
            .get(1)?
            .as_str()
            .to_owned(),
    )
}

/// Reads the end of a task. The container's reason outranks the task's, and both outrank the exit code:
/// an exit code of 137 alone may also be a SIGKILL after the stop timeout.
pub fn stop_of(task: &Task) -> Stop {
    let stopped = task.stopped_reason.as_deref().unwrap_or_default();
    for (name, container) in &task.containers {
        match container.reason.as_deref().map(message) {
            Some(Stop::OutOfMemory { .. }) => {
                return Stop::OutOfMemory {
                    container: name.clone(),
                };
            }
            Some(Stop::Other) | None => {}
            Some(read) => return read,
        }
    }
    match message(stopped) {
        Stop::Other => {}
        read => return read,
    }
    // With several containers ECS ends the others by signal: the culprit is the one that was not.
    let exits = || {
        task.containers
            .iter()
            .filter_map(|(name, container)| Some((name, container.exit_code?)))
    };
    let of_code = |wanted: i32| exits().find(|(_, code)| *code == wanted);
    let culprit = exits()
        .find(|(_, code)| ![0, 137, 143].contains(code))
        .or_else(|| of_code(0))
        .or_else(|| of_code(137))
        .or_else(|| exits().next());
    match culprit {
        Some((container, code))
            if task.stop_code.as_deref() == Some("EssentialContainerExited") =>
        {
            Stop::Exited {
                container: container.clone(),
                code,
            }
        }
        _ => Stop::Other,
    }
}

/// Reads one message of ECS, a `stoppedReason` or a container's reason.
pub fn message(text: &str) -> Stop {
    if says(&NORMAL, text) {
        return Stop::Normal;
    }
    if says(&UNHEALTHY, text) {
        return Stop::Unhealthy;
    }
    if let Some(key) = capture(&SECRET_KEY, text) {
        return Stop::SecretKeyMissing { key };
    }
    if says(&PARAMETER_STORE, text) {
        return Stop::Other; // another store than Secrets Manager, with permissions of its own
    }
    if says(&OUT_OF_MEMORY, text) {
        return Stop::OutOfMemory {
            container: String::new(),
        };
    }
    // "unable to pull secrets or registry auth" stands before both kinds: what follows it decides.
    let specific = text.replace("pull secrets or registry auth", "");
    let (secret, image) = (says(&SECRET, &specific), says(&IMAGE, &specific));
    match (
        secret,
        image,
        says(&DENIED, &specific),
        says(&NOT_FOUND, &specific),
    ) {
        (true, _, true, _) => Stop::SecretDenied,
        (true, _, false, true) => Stop::SecretNotFound,
        (false, true, true, _) => Stop::ImageDenied,
        (false, true, false, true) => Stop::ImageNotFound,
        _ => Stop::Other,
    }
}

/// How a load balancer's health check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthFailure {
    /// The answer had this status code.
    Code(u16),
    /// No answer in time.
    Timeout,
    /// No connection, or no HTTP: refused, reset, malformed.
    NoAnswer,
    /// Words that are not known.
    Other,
}

/// Reads the load balancer's words, of a target's health or of a service event.
pub fn health_failure(words: &str) -> HealthFailure {
    match capture(&CODES, words).and_then(|code| code.parse().ok()) {
        Some(code) => HealthFailure::Code(code),
        None if says(&TIMED_OUT, words) => HealthFailure::Timeout,
        None if says(&CHECKS_FAILED, words) => HealthFailure::NoAnswer,
        None => HealthFailure::Other,
    }
}

/// Target group and reason of a service event that says a task is unhealthy.
pub fn unhealthy_event(message: &str) -> Option<(&str, &str)> {
    let captures = UNHEALTHY_EVENT.as_ref()?.captures(message)?;
    Some((captures.get(1)?.as_str(), captures.get(2)?.as_str()))
}

/// Whether a log line says that the database cannot be reached over the network.
pub fn says_database_away(line: &str) -> bool {
    says(&DATABASE_AWAY, line) && !says(&DATABASE_BACK, line) && !says(&SLOW_STATEMENT, line)
}

/// Whether a log line says that the database can be reached again.
pub fn says_database_back(line: &str) -> bool {
    says(&DATABASE_BACK, line)
}

/// Whether a log line says that the application accepts requests from now on.
pub fn says_ready(line: &str) -> bool {
    says(&READY, line)
}

/// Tasks of the present task definition that failed since the service was last steady: failures that still matter.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn current_failures(snapshot: &Snapshot) -> Observed<Vec<(&String, &Task, Stop)>> {
    let service = snapshot.service()?;
    let tasks = snapshot.tasks()?;
    let is_current =
        |stopped: DateTime<Utc>| service.steady_at().is_none_or(|steady| steady < stopped);
    let failed = |(id, task)| {
        let task: &Task = task;
        let current = task.task_definition == service.task_definition
            && task.stopped_at.is_some_and(is_current);
        let stop = stop_of(task);
        (current && stop != Stop::Normal).then_some((id, task, stop))
    };
    let mut failures: Vec<_> = tasks.iter().filter_map(failed).collect();
    failures.sort_by_key(|(_, task, _)| std::cmp::Reverse(task.stopped_at));
    Ok(failures)
}

/// Failures that no longer matter, grouped by equal reasons, newest first: reason, how many tasks, when the newest.
pub fn past_failures(snapshot: &Snapshot) -> Vec<(String, usize, DateTime<Utc>)> {
    let (Ok(tasks), Ok(current)) = (snapshot.tasks(), current_failures(snapshot)) else {
        return vec![];
    };
    let mut past: BTreeMap<String, (usize, DateTime<Utc>)> = BTreeMap::new();
    for (id, task) in tasks {
        let Some(at) = task.stopped_at else { continue };
        if stop_of(task) == Stop::Normal || current.iter().any(|(failed, ..)| *failed == id) {
            continue;
        }
        let container = task
            .containers
            .values()
            .find_map(|container| container.reason.as_deref());
        let reason = container
            .or(task.stopped_reason.as_deref())
            .unwrap_or("no reason given");
        // Task and request ids make equal reasons look different.
        let reason = VARYING
            .as_ref()
            .map_or(reason.into(), |varying| varying.replace_all(reason, "…"))
            .into_owned();
        let group = past.entry(reason).or_insert((0, at));
        *group = (group.0 + 1, group.1.max(at));
    }
    let mut past: Vec<_> = past
        .into_iter()
        .map(|(reason, (count, at))| (reason, count, at))
        .collect();
    past.sort_by_key(|(_, _, at)| std::cmp::Reverse(*at));
    past
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(all_patterns().iter().all(|compiled| *compiled));
    }

    #[test]
    fn messages_of_ecs_are_read() {
        let key = |key: &str| Stop::SecretKeyMissing { key: key.into() };
        let memory = || Stop::OutOfMemory {
            container: String::new(),
        };
        for (text, stop) in [
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/events:v2: not found",
                Stop::ImageNotFound,
            ),
            (
                "CannotPullContainerError: Error response from daemon: manifest for nginx:0f6b not found",
                Stop::ImageNotFound,
            ),
            (
                "CannotPullContainerError: API error (404): repository serverless-batch not found: does not exist or no pull access",
                Stop::ImageNotFound,
            ),
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x:latest: pulling from host 1.dkr.ecr.us-east-1.amazonaws.com failed with status code [manifests latest]: 403 Forbidden",
                Stop::ImageDenied,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: x is not authorized to perform: ecr:GetAuthorizationToken",
                Stop::ImageDenied,
            ),
            (
                "The task can’t pull the image. Check that the role has the permissions to pull images from the registry. denied: User: x is not authorized to perform: ecr:BatchGetImage",
                Stop::ImageDenied,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:x from secrets manager: AccessDeniedException: User: y",
                Stop::SecretDenied,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
                Stop::SecretNotFound,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key passwort",
                key("passwort"),
            ),
            (
                "OutOfMemoryError: Container killed due to memory usage",
                memory(),
            ),
            (
                "OutofMemoryError: Container killed due to memory usage",
                memory(),
            ),
            (
                "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)",
                Stop::Unhealthy,
            ),
            (
                "Scaling activity initiated by (deployment ecs-svc/1)",
                Stop::Normal,
            ),
            ("Essential container in task exited", Stop::Other),
        ] {
            assert_eq!(message(text), stop, "{text}");
        }
    }

    #[test]
    fn log_lines_about_the_database_are_told_apart() {
        for (line, away) in [
            ("the database is not reachable: timeout", true),
            ("connect ETIMEDOUT 10.0.21.5:5432", true),
            (
                r#"psql: error: connection to server at "db" (10.0.1.2), port 5432 failed: timeout expired"#,
                true,
            ),
            (
                "Knex: Timeout acquiring a connection. The pool is probably full.",
                true,
            ),
            ("pool timed out while waiting for an open connection", true),
            (
                r#"{"message":"request","status":503,"error":"database timeout: Connection timed out (os error 110)"}"#,
                true,
            ),
            (
                "database slow: canceling statement due to statement timeout",
                false,
            ),
            ("INFO database pool ready: max=10 acquire_timeout=3s", false),
            (
                r#"{"message":"database connection ready","connect_timeout_ms":3000}"#,
                false,
            ),
            (
                "HikariPool-1 - Start completed. jdbc:postgresql://db:5432/app?connectTimeout=5",
                false,
            ),
            ("the database is reachable again after a timeout", false),
            (
                r#"no pg_hba.conf entry for host "10.0.11.7", user "app", database "app", no encryption"#,
                false,
            ),
            (
                r#"{"method":"GET","path":"/events","status":200,"response_time_ms":3}"#,
                false,
            ),
        ] {
            assert_eq!(says_database_away(line), away, "{line}");
        }
        assert!(says_database_back("the database is reachable again"));
    }

    #[test]
    fn only_a_line_that_says_so_means_ready() {
        for (line, ready) in [
            (
                r#"{"level":"INFO","message":"listening","address":"0.0.0.0:8080"}"#,
                true,
            ),
            ("Server listening on http://0.0.0.0:8080", true),
            ("Started Application in 41.2 s", true),
            ("building the search index before listening", false),
            (r#"{"message":"request","status":200}"#, false),
        ] {
            assert_eq!(says_ready(line), ready, "{line}");
        }
    }

    #[test]
    fn failed_health_checks_are_read_from_targets_and_from_events() {
        for (words, failure) in [
            (
                "Target.ResponseCodeMismatch: Health checks failed with these codes: [404]",
                HealthFailure::Code(404),
            ),
            ("Target.Timeout: Request timed out", HealthFailure::Timeout),
            ("Request timed out", HealthFailure::Timeout),
            (
                "Target.FailedHealthChecks: Health checks failed",
                HealthFailure::NoAnswer,
            ),
            ("Target.InvalidState", HealthFailure::Other),
        ] {
            assert_eq!(health_failure(words), failure, "{words}");
        }
        for (event, parts) in [
            (
                "(service web) (port 8080) is unhealthy in (target-group arn:aws:x:targetgroup/a/1) due to (reason Health checks failed with these codes: [502]).",
                Some((
                    "arn:aws:x:targetgroup/a/1",
                    "Health checks failed with these codes: [502]",
                )),
            ),
            (
                "service web (port 8081) is unhealthy in target-group web due to (reason Health checks failed).",
                Some(("web", "Health checks failed")),
            ),
            ("(service web) has reached a steady state.", None),
        ] {
            assert_eq!(unhealthy_event(event), parts, "{event}");
        }
    }
}
