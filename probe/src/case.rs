//! What a check looks at: the snapshot, and what is being said in it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::{
    check::Evidence,
    reading::{Confidence, Place, Reading, classify, current_failures, says_database_back},
    snapshot::{Observed, Snapshot},
    words,
    words::Words,
};

/// Older lines of a running task say nothing about now: what is wrong is said again and again.
const RECENT: TimeDelta = TimeDelta::minutes(5);
/// Older service events say nothing about now, even where the service never became steady.
const EVENTS: TimeDelta = TimeDelta::hours(1);

/// A snapshot with what was drawn from it once for all checks.
#[derive(Debug)]
pub struct Case<'a> {
    snapshot: &'a Snapshot,
    said: Vec<Said<'a>>,
}

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

impl<'a> Deref for Case<'a> {
    type Target = &'a Snapshot;
    fn deref(&self) -> &Self::Target {
        &self.snapshot
    }
}

impl<'a> Case<'a> {
    /// Reads everything that is being said in a snapshot.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut said = vec![];
        stops(snapshot, &mut said);
        events(snapshot, &mut said);
        targets(snapshot, &mut said);
        lines(snapshot, &mut said);
        stack(snapshot, &mut said);
        said.sort_by(|a, b| (b.at, &a.by, a.place).cmp(&(a.at, &b.by, b.place)));
        let mut refuted = refuted(&said).into_iter();
        said.retain(|_| !refuted.next().unwrap_or(false));
        Self { snapshot, said }
    }

    /// The messages that mean one of these faults, the newest first; what is only possible does not count.
    ///
    /// # Errors
    /// When there are none, but the service or its tasks were not seen.
    pub fn said(&self, classes: &[&str]) -> Observed<Vec<&Said<'a>>> {
        let found = self.heard(classes);
        if found.is_empty() {
            self.service()?;
            self.tasks()?;
        }
        Ok(found)
    }

    /// As [`said`](Self::said), for faults that show in the logs only.
    ///
    /// # Errors
    /// When there are none, but the logs of some container were not seen.
    pub fn logged(&self, classes: &[&str]) -> Observed<Vec<&Said<'a>>> {
        let found = self.heard(classes);
        if found.is_empty() {
            self.logs()?;
            if let Some(unread) = self.unread_logs.values().next() {
                return Err(unread.clone());
            }
        }
        Ok(found)
    }

    /// Whether a message proves that a class cannot be: "no pg_hba.conf entry" comes through an open port.
    pub fn refutes(&self, class: &str) -> Option<&Said<'a>> {
        self.said
            .iter()
            .find(|said| said.reading.refutes.contains(&class))
    }

    /// The messages that mean one of these faults or may mean it, the newest first.
    pub fn suspected(&self, classes: &[&str]) -> impl Iterator<Item = &Said<'a>> {
        let means = move |said: &&Said<'_>| {
            said.reading
                .fault()
                .is_some_and(|class| classes.contains(&class))
        };
        self.said.iter().filter(means)
    }

    fn heard(&self, classes: &[&str]) -> Vec<&Said<'a>> {
        let sure = |said: &&Said<'_>| said.reading.confidence > Confidence::Possible;
        self.suspected(classes).filter(sure).collect()
    }
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

/// Of each message, newest first, whether the same speaker said later what makes it impossible: it was mended meanwhile.
fn refuted(said: &[Said<'_>]) -> Vec<bool> {
    let is_of_database = |said: &Said<'_>| said.reading.fault().is_some_and(of_database);
    let worried: BTreeSet<&str> = said
        .iter()
        .filter(|said| is_of_database(said))
        .map(|said| said.by.as_str())
        .collect();
    // What each speaker said so far that refutes anything, with whether it was that the database is back.
    let mut later: BTreeMap<&str, Vec<(&Said<'_>, bool)>> = BTreeMap::new();
    let mut refuted = Vec::with_capacity(said.len());
    for each in said {
        let known = later.entry(&each.by).or_default();
        let class = each.reading.fault();
        refuted.push(class.is_some_and(|class| {
            known
                .iter()
                .filter(|(other, _)| other.at > each.at)
                .any(|(other, is_back)| {
                    other.reading.refutes.contains(&class) || *is_back && of_database(class)
                })
        }));
        let is_back = each.place == Place::AppLog
            && worried.contains(each.by.as_str())
            && says_database_back(each.text);
        if is_back || !each.reading.refutes.is_empty() {
            known.push((each, is_back));
        }
    }
    refuted
}

fn of_database(class: &str) -> bool {
    class.starts_with("db-")
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

fn say<'a>(said: &mut Vec<Said<'a>>, place: Place, at: DateTime<Utc>, by: &str, text: &'a str) {
    if text.is_empty() {
        return;
    }
    said.push(Said {
        place,
        at,
        by: by.to_owned(),
        text,
        reading: classify(text, Some(place)),
    });
}

fn stops<'a>(snapshot: &'a Snapshot, said: &mut Vec<Said<'a>>) {
    for (id, task, _) in current_failures(snapshot).unwrap_or_default() {
        let at = task.stopped_at.unwrap_or(snapshot.taken_at);
        if let Some(reason) = &task.stopped_reason {
            say(said, Place::StoppedReason, at, id, reason);
        }
        for container in task.containers.values() {
            if let Some(reason) = &container.reason {
                say(said, Place::ContainerReason, at, id, reason);
            }
        }
    }
}

fn events<'a>(snapshot: &'a Snapshot, said: &mut Vec<Said<'a>>) {
    let Ok(service) = &snapshot.service else {
        return;
    };
    let since = service
        .steady_at()
        .into_iter()
        .chain([snapshot.taken_at - EVENTS])
        .max();
    for event in service.events.iter().filter(|event| Some(event.at) > since) {
        say(
            said,
            Place::ServiceEvent,
            event.at,
            &snapshot.target.service,
            &event.message,
        );
    }
}

fn targets<'a>(snapshot: &'a Snapshot, said: &mut Vec<Said<'a>>) {
    for target in snapshot
        .target_groups
        .iter()
        .flat_map(|groups| groups.values())
        .flat_map(|group| &group.targets)
        .filter(|target| !["healthy", "initial", "draining"].contains(&target.state.as_str()))
    {
        let by = format!("{}:{}", target.id, target.port);
        // The reason is a word of its own; the description may be missing.
        let text = target.description.as_deref().or(target.reason.as_deref());
        let full = target.reason.as_deref().zip(target.description.as_deref());
        let reading = match full {
            Some((reason, text)) => {
                classify(&format!("{reason}: {text}"), Some(Place::TargetHealth))
            }
            None => classify(text.unwrap_or_default(), Some(Place::TargetHealth)),
        };
        if let Some(text) = text {
            said.push(Said {
                place: Place::TargetHealth,
                at: snapshot.taken_at,
                by,
                text,
                reading,
            });
        }
    }
}

fn lines<'a>(snapshot: &'a Snapshot, said: &mut Vec<Said<'a>>) {
    let failed: BTreeSet<&String> = current_failures(snapshot)
        .unwrap_or_default()
        .into_iter()
        .map(|(id, ..)| id)
        .collect();
    let is_running = |id: &String| {
        snapshot.tasks.as_ref().map_or(true, |tasks| {
            tasks.get(id).is_some_and(|task| task.stopped_at.is_none())
        })
    };
    for (id, lines) in snapshot.logs.iter().flatten() {
        for line in lines {
            let is_recent = is_running(id) && line.at >= snapshot.taken_at - RECENT;
            if failed.contains(&id) || is_recent {
                say(said, Place::AppLog, line.at, id, &line.message);
            }
        }
    }
}

fn stack<'a>(snapshot: &'a Snapshot, said: &mut Vec<Said<'a>>) {
    let Ok(Some(stack)) = &snapshot.stack else {
        return;
    };
    // Failures of an operation that went well in the end were mended by it.
    if stack.status.contains("ROLLBACK") || stack.status.contains("FAILED") {
        for failure in &stack.failures {
            say(
                said,
                Place::CfnEvent,
                failure.at,
                &stack.name,
                &failure.message,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{scenario, snapshot::LogLine};

    fn healthy() -> Snapshot {
        scenario::snapshot("healthy").unwrap().unwrap()
    }

    fn write(snapshot: &mut Snapshot, lines: &[(i64, &str)]) {
        let at = snapshot.taken_at;
        let log = snapshot.logs.as_mut().unwrap().values_mut().next().unwrap();
        *log = lines
            .iter()
            .map(|(seconds_ago, text)| LogLine {
                at: at - TimeDelta::seconds(*seconds_ago),
                message: (*text).into(),
            })
            .collect();
    }

    const AWAY: &str = "connect ETIMEDOUT 10.0.21.5:5432";
    const CLASSES: &[&str] = &["db-sg-ingress-missing", "db-connect-timeout-unspecified"];

    #[test]
    fn what_was_said_lately_is_heard_and_what_is_old_is_not() {
        for (seconds_ago, heard) in [(10, 1), (290, 1), (310, 0)] {
            let mut snapshot = healthy();
            write(&mut snapshot, &[(seconds_ago, AWAY)]);
            let case = Case::new(&snapshot);
            assert_eq!(
                case.logged(CLASSES).unwrap().len(),
                heard,
                "{seconds_ago} s ago"
            );
        }
    }

    #[test]
    fn what_was_refuted_or_mended_later_is_not_heard() {
        for later in [
            "the database is reachable again",
            r#"FATAL: password authentication failed for user "app""#,
        ] {
            let mut snapshot = healthy();
            write(&mut snapshot, &[(60, AWAY), (30, later)]);
            assert!(
                Case::new(&snapshot).logged(CLASSES).unwrap().is_empty(),
                "{later}"
            );
            write(&mut snapshot, &[(60, later), (30, AWAY)]);
            assert_eq!(
                Case::new(&snapshot).logged(CLASSES).unwrap().len(),
                1,
                "{later}"
            );
        }
    }

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

    #[test]
    fn silence_of_what_was_not_seen_is_no_answer() {
        let mut snapshot = healthy();
        snapshot.logs = Err(crate::snapshot::not_collected::<()>().unwrap_err());
        let case = Case::new(&snapshot);
        assert!(case.logged(CLASSES).is_err());
        assert!(case.said(CLASSES).is_ok());
    }
}
