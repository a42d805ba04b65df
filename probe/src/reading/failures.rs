//! Which failed tasks still matter, and which are past.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{End, end_of, stop_of};
use crate::snapshot::{Observed, Snapshot, Task};

patterns! {
    VARYING = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}";
}

/// Tasks of the present task definition that failed since the service was last steady: failures that still matter.
///
/// # Errors
/// When the service or its tasks were not seen.
pub fn current_failures(snapshot: &Snapshot) -> Observed<Vec<(&String, &Task, End)>> {
    let service = snapshot.service()?;
    let tasks = snapshot.tasks()?;
    let is_current =
        |stopped: DateTime<Utc>| service.steady_at().is_none_or(|steady| steady < stopped);
    let failed = |(id, task)| {
        let task: &Task = task;
        let current = task.task_definition == service.task_definition
            && task.stopped_at.is_some_and(is_current);
        let definition = snapshot.task_definition.as_ref().ok();
        let end = end_of(
            task,
            definition.filter(|each| each.arn == task.task_definition),
        );
        (current && end.class.is_some()).then_some((id, task, end))
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
