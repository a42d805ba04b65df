//! Which failed tasks still matter, and which are past.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};

use super::{End, end_of, rolled_back, stop_of};
use crate::snapshot::{Observed, Snapshot, Task, TaskDefinition};

patterns! {
    VARYING = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|\becs-svc/\d+";
}

/// The words without the ids of tasks, requests and deployments, which make equal reasons look different.
pub fn without_ids(words: &str) -> Cow<'_, str> {
    match VARYING.as_ref() {
        Some(varying) => varying.replace_all(words, "…"),
        None => words.into(),
    }
}

/// Failures that still matter: tasks of the present task definition that failed since the service was last steady,
/// and, where the newest deployment was rolled back, the tasks for which it failed.
///
/// Where the release that was rolled back is known, its tasks fail there ([`Snapshot::as_released`]), and the others
/// here.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn current_failures(snapshot: &Snapshot) -> Observed<Vec<(&String, &Task, End)>> {
    let mut failures = all_failures(snapshot)?;
    let of = |task: &Task, definition: &TaskDefinition| task.task_definition == definition.arn;
    if let Some(release) = snapshot.release_definition() {
        failures.retain(|(_, task, _)| !of(task, release));
    } else if let (Some(back), Ok(seen)) = (rolled_back(snapshot)?, &snapshot.task_definition)
        && seen.arn == back.wanted
    {
        failures.retain(|(_, task, _)| of(task, seen));
    }
    Ok(failures)
}

fn all_failures(snapshot: &Snapshot) -> Observed<Vec<(&String, &Task, End)>> {
    let service = snapshot.service()?;
    let tasks = snapshot.tasks()?;
    let back = rolled_back(snapshot)?;
    // A deployment that failed long ago is known by the tasks that ECS has forgotten, too.
    let older = snapshot.older_tasks.iter().flatten();
    let older = older.filter(|(id, _)| back.is_some() && !tasks.contains_key(*id));
    let is_current = |task: &Task| match (&back, task.stopped_at) {
        (_, None) => false,
        (Some(back), Some(at)) if task.task_definition == back.wanted => {
            back.since.is_none_or(|since| since <= at)
        }
        (_, Some(at)) => {
            task.task_definition == service.task_definition
                && service.steady_at().is_none_or(|steady| steady < at)
        }
    };
    let failed = |(id, task)| {
        if !is_current(task) {
            return None;
        }
        let definition = snapshot.task_definition.as_ref().ok();
        let end = end_of(
            task,
            definition.filter(|each| each.arn == task.task_definition),
        );
        end.class.is_some().then_some((id, task, end))
    };
    let mut failures: Vec<_> = tasks.iter().chain(older).filter_map(failed).collect();
    failures.sort_by_key(|(_, task, _)| std::cmp::Reverse(task.stopped_at));
    Ok(failures)
}

/// Failures of the last day that no longer matter, grouped by equal reasons, newest first: reason, how many tasks, when the newest.
pub fn past_failures(snapshot: &Snapshot) -> Vec<(String, usize, DateTime<Utc>)> {
    let (Ok(tasks), Ok(current)) = (snapshot.tasks(), all_failures(snapshot)) else {
        return vec![];
    };
    let mut past: BTreeMap<String, (usize, DateTime<Utc>)> = BTreeMap::new();
    let older = snapshot.older_tasks.iter().flatten();
    for (id, task) in tasks
        .iter()
        .chain(older.filter(|(id, _)| !tasks.contains_key(*id)))
    {
        let Some(at) = task.stopped_at else { continue };
        if stop_of(task).class.is_none() || current.iter().any(|(failed, ..)| *failed == id) {
            continue;
        }
        let container = task
            .containers
            .values()
            .find_map(|container| container.reason.as_deref());
        let reason = container
            .or(task.stopped_reason.as_deref())
            .unwrap_or("no reason given");
        let reason = without_ids(reason).into_owned();
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
