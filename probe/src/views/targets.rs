//! `probe targets`: the health of the load balancer's targets, with the tasks behind them.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Missing, NotSeen, health};
use crate::{
    evidence::revision_of,
    snapshot::{Snapshot, Subject, Target, TargetGroup, Task},
    words::Lang,
};

/// The targets of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Targets {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// Its target groups.
    pub target_groups: Vec<GroupHealth>,
    /// Ids of tasks that run behind no target.
    pub unregistered: Vec<String>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// A target group, how it asks and what its targets answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupHealth {
    /// Name of the target group.
    pub name: String,
    /// Path that is asked.
    pub path: String,
    /// `traffic-port`, or a port number.
    pub port: String,
    /// Status codes that count as healthy.
    pub expected: String,
    /// Seconds between two checks.
    pub interval_seconds: i32,
    /// Seconds until a check has failed.
    pub timeout_seconds: i32,
    /// Successes in a row that make a target healthy.
    pub healthy_threshold: i32,
    /// Failures in a row that make a target unhealthy.
    pub unhealthy_threshold: i32,
    /// Its targets.
    pub targets: Vec<TargetState>,
}

/// A target, its health and its task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TargetState {
    /// IP address.
    pub address: String,
    /// Port.
    pub port: i32,
    /// `healthy`, `unhealthy`, `initial`, `draining`, `unused` or `unavailable`.
    pub health: String,
    /// For example `Target.Timeout`.
    pub reason: Option<String>,
    /// The load balancer's words.
    pub description: Option<String>,
    /// What the reason means here.
    pub meaning: Option<String>,
    /// Id of the fault that `probe explain` tells more about.
    pub explain: Option<String>,
    /// Whether its task is so young that ECS ignores failed health checks.
    pub in_grace_period: bool,
    /// Id of the task behind it.
    pub task: Option<String>,
    /// Status of that task.
    pub task_status: Option<String>,
    /// When that task had started.
    pub task_started_at: Option<DateTime<Utc>>,
    /// Family and revision of its task definition.
    pub revision: Option<String>,
    /// Its Availability Zone.
    pub availability_zone: Option<String>,
}

impl Targets {
    /// Arranges what was seen.
    pub fn new(snapshot: &Snapshot, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        missing.seen(&snapshot.service);
        let tasks = missing.seen(&snapshot.tasks);
        let groups = missing.seen(&snapshot.target_groups);
        let has_groups = groups.is_some_and(|groups| !groups.is_empty());
        let is_target = |task: &Task| {
            let mut targets = groups
                .into_iter()
                .flatten()
                .flat_map(|(_, group)| &group.targets);
            targets.any(|target| task.private_ip.as_ref() == Some(&target.id))
        };
        let idle = tasks.into_iter().flatten().filter(|(_, task)| {
            has_groups
                && task.last_status == "RUNNING"
                && task.desired_status == "RUNNING"
                && !is_target(task)
        });
        Self {
            version: 1,
            target: snapshot.target.clone(),
            taken_at: snapshot.taken_at,
            target_groups: groups
                .into_iter()
                .flatten()
                .map(|(_, group)| of_group(group, snapshot, lang))
                .collect(),
            unregistered: idle.map(|(id, _)| id.clone()).collect(),
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}

fn of_group(group: &TargetGroup, snapshot: &Snapshot, lang: Lang) -> GroupHealth {
    let check = &group.health_check;
    GroupHealth {
        name: group.name.clone(),
        path: check.path.clone(),
        port: check.port.clone(),
        expected: check.matcher.clone(),
        interval_seconds: check.interval_seconds,
        timeout_seconds: check.timeout_seconds,
        healthy_threshold: check.healthy_threshold,
        unhealthy_threshold: check.unhealthy_threshold,
        targets: group
            .targets
            .iter()
            .map(|target| of_target(target, group, snapshot, lang))
            .collect(),
    }
}

fn of_target(target: &Target, group: &TargetGroup, snapshot: &Snapshot, lang: Lang) -> TargetState {
    // An address is used again: the task that runs is meant, not one that had it before.
    let tasks = snapshot.tasks.iter().flatten();
    let behind = tasks
        .filter(|(_, task)| task.private_ip.as_deref() == Some(target.id.as_str()))
        .min_by_key(|(_, task)| {
            (
                task.stopped_at.is_some(),
                std::cmp::Reverse(task.created_at),
            )
        });
    let task = behind.map(|(_, task)| task);
    let started_at = task.and_then(|task| task.started_at);
    let grace = snapshot
        .service
        .as_ref()
        .ok()
        .map(|service| service.grace_period_seconds);
    let grace = TimeDelta::seconds(grace.unwrap_or_default().into());
    TargetState {
        address: target.id.clone(),
        port: target.port,
        health: target.state.clone(),
        reason: target.reason.clone(),
        description: target.description.as_ref().map(ToString::to_string),
        meaning: health::meaning(target, group).map(|words| words.in_lang(lang).to_owned()),
        explain: health::fault(target).map(ToOwned::to_owned),
        in_grace_period: target.state == "unhealthy"
            && started_at.is_some_and(|started| snapshot.taken_at - started < grace),
        task: behind.map(|(id, _)| id.clone()),
        task_status: task.map(|task| task.last_status.clone()),
        task_started_at: started_at,
        revision: task.map(|task| revision_of(&task.task_definition).to_owned()),
        availability_zone: task.and_then(|task| task.availability_zone.clone()),
    }
}
