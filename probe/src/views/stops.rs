//! Why tasks stopped: those that stopped for equal reasons together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    checks,
    evidence::revision_of,
    reading::{End, end_of, exit_meaning, without_ids},
    snapshot::{Snapshot, Task},
    words::Lang,
};

/// Tasks that stopped for equal reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stop {
    /// How many.
    pub count: usize,
    /// Whether somebody ordered it, or it is part of ordinary work: no fault.
    pub normal: bool,
    /// ECS's code, for example `EssentialContainerExited`.
    pub stop_code: Option<String>,
    /// ECS's words; ids that differ from task to task are `…`.
    pub reason: String,
    /// The container that took the task with it, where one did.
    pub culprit: Option<Exited>,
    /// Root-cause class of what the words mean, or `unrecognised`.
    pub class: Option<String>,
    /// What is wrong, in words.
    pub fault: Option<String>,
    /// Id of the fault that `probe explain` tells more about.
    pub explain: Option<String>,
    /// When the first of them stopped.
    pub first_at: Option<DateTime<Utc>>,
    /// When the last of them stopped.
    pub last_at: Option<DateTime<Utc>>,
    /// How long the shortest and the longest of them ran, in seconds; `null` where none started.
    pub ran_seconds: Option<(i64, i64)>,
    /// How many stopped in each Availability Zone.
    pub by_zone: BTreeMap<String, usize>,
    /// How many stopped of each revision.
    pub by_revision: BTreeMap<String, usize>,
    /// The tasks, newest first.
    pub tasks: Vec<StoppedTask>,
}

/// A container and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Exited {
    /// Its name.
    pub container: String,
    /// Its exit code, where it had started.
    pub exit_code: Option<i32>,
    /// What the exit code says by itself.
    pub meaning: Option<String>,
    /// The agent's words.
    pub reason: Option<String>,
}

/// A task that stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoppedTask {
    /// Its id.
    pub task: String,
    /// Family and revision of its task definition.
    pub revision: String,
    /// Its Availability Zone.
    pub availability_zone: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When its containers had started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it had stopped.
    pub stopped_at: Option<DateTime<Utc>>,
    /// Whether ECS has forgotten it: then it is known from the log group of the platform stack.
    pub forgotten: bool,
}

/// The stopped tasks by equal reasons: faults before normal ends, and the newest first.
pub(super) fn stops(snapshot: &Snapshot, lang: Lang) -> Vec<Stop> {
    let known = snapshot
        .tasks
        .iter()
        .flatten()
        .map(|(id, task)| (id, task, false));
    let older = snapshot
        .older_tasks
        .iter()
        .flatten()
        .map(|(id, task)| (id, task, true));
    let mut groups: BTreeMap<_, Vec<(&String, &Task, bool)>> = BTreeMap::new();
    for (id, task, forgotten) in known.chain(older) {
        if task.stopped_at.is_none() && task.last_status != "STOPPED" {
            continue;
        }
        let definition = snapshot.task_definition.as_ref().ok();
        let end = end_of(
            task,
            definition.filter(|each| each.arn == task.task_definition),
        );
        let reason = task.stopped_reason.as_deref().unwrap_or_default();
        let reason = without_ids(reason).into_owned();
        let key = (
            task.stop_code.clone(),
            reason,
            culprit(task, &end, lang),
            end.class,
        );
        groups.entry(key).or_default().push((id, task, forgotten));
    }
    let group = |((stop_code, reason, culprit, class), mut tasks): (_, Vec<_>)| {
        tasks.sort_by_key(|(id, task, _): &(&String, &Task, bool)| {
            (std::cmp::Reverse(task.stopped_at), *id)
        });
        of_group(snapshot, stop_code, reason, culprit, class, &tasks, lang)
    };
    let mut stops: Vec<Stop> = groups.into_iter().map(group).collect();
    stops.sort_by_key(|stop| (stop.normal, std::cmp::Reverse(stop.last_at)));
    stops
}

/// The container that took the task with it. Of a task that was stopped on purpose only what had to be killed.
fn culprit(task: &Task, end: &End, lang: Lang) -> Option<Exited> {
    let name = end.container.as_ref()?;
    let container = task.containers.get(name)?;
    let reason = container
        .reason
        .as_deref()
        .map(|reason| without_ids(reason).into_owned());
    Some(Exited {
        container: name.clone(),
        exit_code: end.exit_code,
        // Where the agent says why, the code says less.
        meaning: end
            .exit_code
            .filter(|_| reason.is_none())
            .map(|code| exit_meaning(code).in_lang(lang).to_owned()),
        reason,
    })
}

/// Whether a container that the load balancer does not send to took the task with it.
fn is_sidecar(snapshot: &Snapshot, culprit: Option<&Exited>) -> bool {
    let service = snapshot.service.as_ref().ok();
    let serving = service.and_then(|service| service.load_balancers.first());
    let known = serving.zip(culprit);
    known.is_some_and(|(serving, culprit)| serving.container != culprit.container)
}

fn of_group(
    snapshot: &Snapshot,
    stop_code: Option<String>,
    reason: String,
    culprit: Option<Exited>,
    class: Option<&'static str>,
    tasks: &[(&String, &Task, bool)],
    lang: Lang,
) -> Stop {
    let check = match class {
        Some("app-exited-nonzero") if is_sidecar(snapshot, culprit.as_ref()) => {
            checks::by_id("ecs-sidecar-exited")
        }
        class => class.and_then(checks::by_class),
    };
    let ended = tasks.iter().filter_map(|(_, task, _)| task.stopped_at);
    let ran: BTreeSet<i64> = tasks
        .iter()
        .filter_map(|(_, task, _)| Some((task.stopped_at? - task.started_at?).num_seconds()))
        .collect();
    let mut by_zone = BTreeMap::new();
    let mut by_revision = BTreeMap::new();
    for (_, task, _) in tasks {
        if let Some(zone) = &task.availability_zone {
            *by_zone.entry(zone.clone()).or_default() += 1;
        }
        *by_revision
            .entry(revision_of(&task.task_definition).to_owned())
            .or_default() += 1;
    }
    let stopped = |(id, task, forgotten): &(&String, &Task, bool)| StoppedTask {
        task: (*id).clone(),
        revision: revision_of(&task.task_definition).to_owned(),
        availability_zone: task.availability_zone.clone(),
        created_at: task.created_at,
        started_at: task.started_at,
        stopped_at: task.stopped_at,
        forgotten: *forgotten,
    };
    Stop {
        count: tasks.len(),
        normal: class.is_none(),
        stop_code,
        reason,
        culprit,
        class: class.map(ToOwned::to_owned),
        fault: check.map(|check| check.fault.in_lang(lang).to_owned()),
        explain: check.map(|check| check.id.to_owned()),
        first_at: ended.clone().min(),
        last_at: ended.max(),
        ran_seconds: ran.first().copied().zip(ran.last().copied()),
        by_zone,
        by_revision,
        tasks: tasks.iter().map(stopped).collect(),
    }
}
