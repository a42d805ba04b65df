//! `probe tasks`: the tasks that run, and why the others stopped.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Missing, NotSeen,
    stops::{Stop, stops},
};
use crate::{
    evidence::revision_of,
    snapshot::{Snapshot, Subject, Task},
    words::Lang,
};

/// The tasks of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tasks {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// The tasks that have not stopped, newest first.
    pub running: Vec<LiveTask>,
    /// The tasks that stopped within the last hour, and within the last day where the stacks' event log keeps them.
    pub stopped: Vec<Stop>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// A task that has not stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LiveTask {
    /// Its id.
    pub task: String,
    /// For example `RUNNING` or `PENDING`.
    pub status: String,
    /// What ECS wants it to be.
    pub desired_status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`: the container health checks.
    pub health: Option<String>,
    /// Family and revision of its task definition.
    pub revision: String,
    /// Whether that is the revision of the primary deployment; `null` where the service was not seen.
    pub current_revision: Option<bool>,
    /// Its Availability Zone.
    pub availability_zone: Option<String>,
    /// Its private IPv4 address.
    pub address: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When its containers had started.
    pub started_at: Option<DateTime<Utc>>,
}

impl Tasks {
    /// Arranges what was seen.
    pub fn new(snapshot: &Snapshot, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let service = missing.seen(&snapshot.service);
        let tasks = missing.seen(&snapshot.tasks);
        missing.seen(&snapshot.older_tasks);
        missing.seen(&snapshot.task_definition);
        let live = |(id, task): (&String, &Task)| LiveTask {
            task: id.clone(),
            status: task.last_status.clone(),
            desired_status: task.desired_status.clone(),
            health: task.health.clone(),
            revision: revision_of(&task.task_definition).to_owned(),
            current_revision: service
                .map(|service| service.task_definition == task.task_definition),
            availability_zone: task.availability_zone.clone(),
            address: task.private_ip.clone(),
            created_at: task.created_at,
            started_at: task.started_at,
        };
        let not_stopped = tasks.into_iter().flatten();
        let not_stopped = not_stopped
            .filter(|(_, task)| task.stopped_at.is_none() && task.last_status != "STOPPED");
        let mut running: Vec<LiveTask> = not_stopped.map(live).collect();
        running.sort_by_key(|task| std::cmp::Reverse(task.created_at));
        Self {
            version: 1,
            target: snapshot.target.clone(),
            taken_at: snapshot.taken_at,
            running,
            stopped: stops(snapshot, lang),
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}
