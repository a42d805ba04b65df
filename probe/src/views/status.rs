//! `probe status`: a service on one screen.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Missing, NotSeen, Said, newest_distinct};
use crate::{
    evidence::revision_of,
    slo::{OBJECTIVE, exhausted_in},
    snapshot::{
        Activity, Alarm, Database, Deployment, Observed, Scaling, Service, Sight, Subject,
        TargetGroup, Traffic,
    },
    words::Lang,
};

/// How many distinct events are shown.
const EVENTS: usize = 5;

/// A service as it is at one moment. What is `null` does not exist or was not seen; `not_seen` tells which.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Status {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// How many tasks ECS wants and counts.
    pub tasks: Option<TaskCounts>,
    /// Its deployments, the primary one first.
    pub deployments: Vec<Rollout>,
    /// Its targets by health, for each target group.
    pub targets: Vec<TargetCount>,
    /// The alarms on it, its load balancer and its database, those that fire first.
    pub alarms: Option<Vec<AlarmState>>,
    /// The range in which Application Auto Scaling moves it.
    pub scaling: Option<Range>,
    /// What Application Auto Scaling did last.
    pub last_activity: Option<LastActivity>,
    /// The database that it uses.
    pub database: Option<DatabaseState>,
    /// Its requests of the last hour.
    pub availability: Option<Availability>,
    /// The newest events that say different things, newest first.
    pub events: Vec<Said>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// Numbers of tasks, as ECS counts them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TaskCounts {
    /// How many should run.
    pub desired: i32,
    /// How many run.
    pub running: i32,
    /// How many are being started.
    pub pending: i32,
}

/// A deployment and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rollout {
    /// For example `ecs-svc/1234567890123456789`.
    pub id: String,
    /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    pub rollout_state: Option<String>,
    /// ECS's words on the rollout.
    pub rollout_reason: Option<String>,
    /// Family and revision of its task definition.
    pub revision: String,
    /// How many tasks it should run.
    pub desired: i32,
    /// How many of its tasks run.
    pub running: i32,
    /// How many of its tasks failed to start or to become healthy.
    pub failed: i32,
    /// Percent of its tasks that run, 0 to 100; `null` where it should run none.
    pub progress_percent: Option<i32>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
}

/// The targets of a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TargetCount {
    /// Name of the target group.
    pub target_group: String,
    /// How many targets are in each state, for example `healthy`.
    pub by_health: BTreeMap<String, usize>,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AlarmState {
    /// Its name.
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// CloudWatch's words on the state.
    pub reason: Option<String>,
    /// Whether it only moves the number of tasks (target tracking): then `ALARM` is no fault.
    pub scales: bool,
}

impl AlarmState {
    /// Whether somebody has to look.
    pub fn fires(&self) -> bool {
        self.state == "ALARM" && !self.scales
    }
}

/// The range in which Application Auto Scaling moves a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Range {
    /// Fewest tasks.
    pub min: i32,
    /// Most tasks.
    pub max: i32,
    /// What is suspended: `dynamic scaling in`, `dynamic scaling out`, `scheduled scaling`.
    pub suspended: Vec<String>,
}

/// What Application Auto Scaling did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LastActivity {
    /// When it began.
    pub at: DateTime<Utc>,
    /// For example `Successful`.
    pub status: String,
    /// What was to be done.
    pub description: String,
    /// Why.
    pub cause: String,
}

/// A database and how much of it is in use.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DatabaseState {
    /// Instance identifier.
    pub id: String,
    /// For example `available`.
    pub status: String,
    /// Engine and version, for example `postgres 16.4`.
    pub engine: Option<String>,
    /// For example `db.t4g.micro`.
    pub class: Option<String>,
    /// Most connections within the newest minute that CloudWatch knows.
    pub connections: Option<u64>,
    /// `max_connections`: how many it takes.
    pub connection_limit: Option<u64>,
    /// CPU utilisation in percent.
    pub cpu_percent: Option<f64>,
    /// Free storage in bytes.
    pub free_storage_bytes: Option<u64>,
}

/// Requests of the last hour against the objective.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Availability {
    /// Length of the window in seconds.
    pub window_seconds: i64,
    /// How many requests there were.
    pub requests: u64,
    /// How many of them failed by no fault of the client.
    pub failed: u64,
    /// Those that a task answered with 5xx.
    pub failed_by_task: u64,
    /// Those that the load balancer itself answered with 5xx, whichever service behind it they were for.
    pub failed_by_balancer: u64,
    /// Share that succeeded, in percent; `null` without requests.
    pub percent: Option<f64>,
    /// What is promised, in percent.
    pub objective_percent: f64,
    /// How many times faster than promised the error budget is used up.
    pub burn_rate: Option<f64>,
    /// Seconds until the whole budget of 30 days is used up at this rate; `null` where it lasts.
    pub budget_lasts_seconds: Option<i64>,
}

impl Status {
    /// Arranges what was seen.
    pub fn new(sight: &Sight, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let service = missing.seen(&sight.service);
        let groups = missing.seen(&sight.target_groups);
        let alarms = missing.seen(&sight.alarms);
        let scaling = missing.seen(&sight.scaling).and_then(Option::as_ref);
        let activity = missing.seen(&sight.activity).and_then(Option::as_ref);
        let database = missing.seen(&sight.database).and_then(Option::as_ref);
        let traffic = missing.seen(&sight.traffic).and_then(Option::as_ref);
        let events = service.map(|service| newest_distinct(&service.events, EVENTS));
        let database = database.map(|database| of_database(database, &mut missing));
        Self {
            version: 1,
            target: sight.target.clone(),
            taken_at: sight.taken_at,
            tasks: service.map(counts),
            deployments: service.map(rollouts).unwrap_or_default(),
            targets: groups
                .into_iter()
                .flat_map(BTreeMap::values)
                .map(count)
                .collect(),
            alarms: alarms.map(|alarms| states(alarms)),
            scaling: scaling.map(range),
            last_activity: activity.map(last_activity),
            database,
            availability: traffic.map(availability),
            events: events.unwrap_or_default(),
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}

fn counts(service: &Service) -> TaskCounts {
    TaskCounts {
        desired: service.desired,
        running: service.running,
        pending: service.pending,
    }
}

fn rollouts(service: &Service) -> Vec<Rollout> {
    let rollout = |deployment: &Deployment| Rollout {
        id: deployment.id.clone(),
        status: deployment.status.clone(),
        rollout_state: deployment.rollout_state.clone(),
        rollout_reason: deployment.rollout_reason.as_ref().map(ToString::to_string),
        revision: revision_of(&deployment.task_definition).to_owned(),
        desired: deployment.desired,
        running: deployment.running,
        failed: deployment.failed,
        progress_percent: (deployment.running.min(deployment.desired) * 100)
            .checked_div(deployment.desired),
        created_at: deployment.created_at,
    };
    let mut rollouts: Vec<Rollout> = service.deployments.iter().map(rollout).collect();
    rollouts.sort_by_key(|rollout| {
        (
            rollout.status != "PRIMARY",
            std::cmp::Reverse(rollout.created_at),
        )
    });
    rollouts
}

fn count(group: &TargetGroup) -> TargetCount {
    let mut by_health = BTreeMap::new();
    for target in &group.targets {
        *by_health.entry(target.state.clone()).or_default() += 1;
    }
    TargetCount {
        target_group: group.name.clone(),
        by_health,
    }
}

fn states(alarms: &[Alarm]) -> Vec<AlarmState> {
    let state = |alarm: &Alarm| AlarmState {
        name: alarm.name.clone(),
        state: alarm.state.clone(),
        since: alarm.since,
        reason: alarm.reason.as_ref().map(ToString::to_string),
        scales: alarm.scales,
    };
    let mut states: Vec<AlarmState> = alarms.iter().map(state).collect();
    states.sort_by(|a, b| (!a.fires(), &a.name).cmp(&(!b.fires(), &b.name)));
    states
}

fn range(scaling: &Scaling) -> Range {
    let Scaling {
        min,
        max,
        suspended,
    } = scaling.clone();
    Range {
        min,
        max,
        suspended,
    }
}

fn last_activity(activity: &Activity) -> LastActivity {
    LastActivity {
        at: activity.at,
        status: activity.status.clone(),
        description: activity.description.to_string(),
        cause: activity.cause.to_string(),
    }
}

fn of_database(database: &Database, missing: &mut Missing) -> DatabaseState {
    let part =
        |part: &Option<Observed<_>>| part.clone().unwrap_or_else(crate::snapshot::not_collected);
    let metrics = part(&database.metrics);
    let metrics = missing.seen(&metrics);
    let metric = |name: &str| metrics.and_then(|metrics| metrics.get(name)).copied();
    let parameters = database
        .parameters
        .clone()
        .unwrap_or_else(crate::snapshot::not_collected);
    let limit = missing
        .seen(&parameters)
        .and_then(|all| all.get("max_connections")?.parse().ok());
    let engine = database.engine.iter().chain(&database.engine_version);
    let engine = engine.cloned().collect::<Vec<_>>().join(" ");
    DatabaseState {
        id: database.id.clone(),
        status: database.status.clone(),
        engine: (!engine.is_empty()).then_some(engine),
        class: database.class.clone(),
        connections: metric("DatabaseConnections").map(whole),
        connection_limit: limit,
        cpu_percent: metric("CPUUtilization"),
        free_storage_bytes: metric("FreeStorageSpace").map(whole),
    }
}

fn availability(traffic: &Traffic) -> Availability {
    let burn_rate = traffic.burn_rate(OBJECTIVE);
    Availability {
        window_seconds: traffic.seconds,
        requests: whole(traffic.total()),
        failed: whole(traffic.failed()),
        failed_by_task: whole(traffic.failed_by_task),
        failed_by_balancer: whole(traffic.failed_by_balancer),
        percent: traffic.availability().map(|share| share * 100.0),
        objective_percent: OBJECTIVE * 100.0,
        burn_rate,
        budget_lasts_seconds: burn_rate
            .and_then(exhausted_in)
            .map(|left| left.num_seconds()),
    }
}

/// A count that CloudWatch keeps as a floating-point number.
fn whole(count: f64) -> u64 {
    count.round().max(0.0) as u64
}
