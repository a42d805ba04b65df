//! Gathers what is being said now: by tasks, the service, targets, log lines and the stack.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::Said;
use crate::{
    reading::{Place, classify, current_failures},
    snapshot::Snapshot,
};

/// Older lines of a running task say nothing about now: what is wrong is said again and again.
const RECENT: TimeDelta = TimeDelta::minutes(5);
/// Older service events say nothing about now, even where the service never became steady.
const EVENTS: TimeDelta = TimeDelta::hours(1);

/// Every message that is about now, the newest first.
pub(super) fn gather(snapshot: &Snapshot) -> Vec<Said<'_>> {
    let mut said = vec![];
    stops(snapshot, &mut said);
    events(snapshot, &mut said);
    targets(snapshot, &mut said);
    lines(snapshot, &mut said);
    stack(snapshot, &mut said);
    said.sort_by(|a, b| (b.at, &a.by, a.place).cmp(&(a.at, &b.by, b.place)));
    said
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
    // They are about the release that was rolled back, and are heard there.
    if snapshot.release_definition().is_some() {
        return;
    }
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
    if snapshot.release_definition().is_some() {
        return;
    }
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
