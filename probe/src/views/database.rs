//! `probe db`: the database of a service, who connects to it, and what lies ahead of it.

mod concerns;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Concern, Missing, NotSeen, Said, newest_distinct};
use crate::{
    snapshot::{
        Database, Keeping, Maintenance, Observed, Snapshot, Subject, Upkeep, not_collected,
    },
    words::Lang,
};

/// How many distinct events are shown.
const EVENTS: usize = 8;
/// What ECS allows during a deployment where the service does not say.
const DEFAULT_MAXIMUM_PERCENT: i32 = 200;

/// The database of a service. What is `null` does not exist or was not seen; `not_seen` tells which.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DatabaseView {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// The instance; `null` where the service uses none that RDS knows, or it was not seen.
    pub instance: Option<Instance>,
    /// Connections against their limit.
    pub connections: Option<Connections>,
    /// Storage.
    pub storage: Option<Storage>,
    /// Certificate of the server.
    pub certificate: Option<Certificate>,
    /// Parameters that matter, as far as they have a value.
    pub parameters: BTreeMap<String, String>,
    /// Parameter groups with their apply status, for example `pending-reboot`.
    pub parameter_groups: BTreeMap<String, String>,
    /// Maintenance that waits; `null` where it was not seen.
    pub maintenance: Option<Vec<Planned>>,
    /// What was ordered and not yet done.
    pub pending_changes: Vec<String>,
    /// Support of its major version.
    pub support: Option<SupportEnds>,
    /// What RDS said in the last seven days, newest first.
    pub events: Vec<Said>,
    /// What is wrong and what to do, the worst first.
    pub concerns: Vec<Concern>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// The instance as RDS describes it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Instance {
    /// Instance identifier.
    pub id: String,
    /// For example `available`.
    pub status: String,
    /// How it was found to be this service's database.
    pub matched_by: String,
    /// Host name of its endpoint.
    pub address: Option<String>,
    /// Port at which it listens.
    pub port: i32,
    /// Engine and version, for example `postgres 16.4`.
    pub engine: Option<String>,
    /// For example `db.t4g.micro`.
    pub class: Option<String>,
    /// Whether it has a standby in another zone.
    pub multi_az: bool,
    /// Its Availability Zone.
    pub zone: Option<String>,
    /// That of its standby.
    pub standby_zone: Option<String>,
    /// CPU utilisation in percent.
    pub cpu_percent: Option<f64>,
    /// Memory that is free, in bytes.
    pub free_memory_bytes: Option<u64>,
    /// Days for which backups are kept.
    pub backup_days: Option<i32>,
    /// Whether RDS refuses to delete it.
    pub deletion_protection: Option<bool>,
    /// When RDS may maintain it, in UTC.
    pub maintenance_window: Option<String>,
}

/// Connections against their limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Connections {
    /// Most connections within the newest minute that CloudWatch knows, whoever holds them.
    pub now: Option<u64>,
    /// `max_connections`. Where it is a formula of the memory, it is the most that it can be: RDS takes what it needs
    /// for itself off first.
    pub limit: Option<u64>,
    /// Connections that the pool of one task may hold; `null` where no environment variable tells.
    pub pool_per_task: Option<u32>,
    /// Tasks that ECS wants now.
    pub tasks: Option<i32>,
    /// What the pools of these tasks may hold together.
    pub wanted_now: Option<u64>,
    /// Tasks at most while a deployment of the scaled-out service runs.
    pub most_tasks: Option<i32>,
    /// What the pools of those may hold together.
    pub wanted_at_most: Option<u64>,
}

/// Storage of the instance.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Storage {
    /// Its size in GiB.
    pub size_gib: Option<i32>,
    /// Free bytes.
    pub free_bytes: Option<u64>,
    /// Free share in percent.
    pub free_percent: Option<f64>,
    /// GiB up to which it grows by itself; `null` where it does not.
    pub grows_to_gib: Option<i32>,
    /// For example `gp3`.
    pub kind: Option<String>,
}

/// Certificate of the server, and of the authority that signed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Certificate {
    /// For example `rds-ca-rsa2048-g1`.
    pub authority: Option<String>,
    /// Until when the server's certificate is valid.
    pub valid_until: Option<DateTime<Utc>>,
    /// Until when the authority's is.
    pub authority_valid_until: Option<DateTime<Utc>>,
}

/// Maintenance that waits for its time or for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Planned {
    /// For example `system-update`.
    pub action: String,
    /// RDS's words on it.
    pub description: Option<String>,
    /// When it is done, as far as that is known.
    pub applied_at: Option<DateTime<Utc>>,
    /// After which moment it is done whether or not a person agreed.
    pub forced_after: Option<DateTime<Utc>>,
    /// Whether a person has agreed to it, for example `next-maintenance`.
    pub agreed: Option<String>,
}

/// Support of a major version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SupportEnds {
    /// Last moment of standard support.
    pub standard_until: DateTime<Utc>,
    /// Last moment of extended support, which is billed.
    pub extended_until: Option<DateTime<Utc>>,
    /// Whether the instance is kept alive, and billed, after standard support; `null` where RDS does not tell.
    pub extended_support: Option<bool>,
}

impl DatabaseView {
    /// Arranges what was seen.
    pub fn new(snapshot: &Snapshot, upkeep: Option<&Upkeep>, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let database = missing.seen(&snapshot.database).and_then(Option::as_ref);
        if database.is_some() {
            // Without them only the sum of the pools is unknown.
            missing.seen(&snapshot.service);
            missing.seen(&snapshot.scaling);
            missing.seen(&snapshot.task_definition);
        }
        let metrics = part(
            database.and_then(|database| database.metrics.as_ref()),
            &mut missing,
            database,
        );
        let parameters = part(
            database.and_then(|database| database.parameters.as_ref()),
            &mut missing,
            database,
        );
        let events = part(
            database.and_then(|database| database.events.as_ref()),
            &mut missing,
            database,
        );
        let maintenance = upkeep.and_then(|upkeep| missing.seen(&upkeep.maintenance));
        let authority = upkeep.and_then(|upkeep| missing.seen(&upkeep.authority_valid_until));
        let support = upkeep.and_then(|upkeep| missing.seen(&upkeep.support));
        let metric = |name: &str| metrics.as_ref()?.get(name).copied();
        let keeping = database.and_then(|database| database.keeping.as_ref());
        let view = Self {
            version: 1,
            target: snapshot.target.clone(),
            taken_at: snapshot.taken_at,
            instance: database.map(|database| instance(database, keeping, &metric)),
            connections: database.map(|_| {
                let limit = parameters
                    .as_ref()
                    .and_then(|all| all.get("max_connections")?.parse().ok());
                connections(snapshot, limit, metric("DatabaseConnections").map(whole))
            }),
            storage: database
                .map(|database| storage(database, keeping, metric("FreeStorageSpace"))),
            certificate: database.map(|database| Certificate {
                authority: database.certificate_authority.clone(),
                valid_until: database.certificate_valid_until,
                authority_valid_until: authority.copied().flatten(),
            }),
            parameter_groups: database
                .map(|database| database.parameter_groups.clone())
                .unwrap_or_default(),
            parameters: parameters.unwrap_or_default(),
            maintenance: maintenance.map(|all| all.iter().map(planned).collect()),
            pending_changes: keeping
                .map(|keeping| keeping.pending_changes.clone())
                .unwrap_or_default(),
            support: support.copied().flatten().map(|support| SupportEnds {
                standard_until: support.standard_until,
                extended_until: support.extended_until,
                extended_support: keeping
                    .and_then(|keeping| keeping.lifecycle_support.as_deref())
                    .map(|setting| !setting.ends_with("-disabled")),
            }),
            events: newest_distinct(&events.unwrap_or_default(), EVENTS),
            concerns: vec![],
            not_seen: missing.calls,
            lang: Some(lang),
        };
        let concerns = concerns::concerns(&view, snapshot, lang);
        Self { concerns, ..view }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }
}

/// A part of a database that was asked for on its own.
fn part<T: Clone>(
    part: Option<&Observed<T>>,
    missing: &mut Missing,
    database: Option<&Database>,
) -> Option<T> {
    database?;
    let part = part.cloned().unwrap_or_else(not_collected);
    missing.seen(&part).cloned()
}

fn instance(
    database: &Database,
    keeping: Option<&Keeping>,
    metric: &impl Fn(&str) -> Option<f64>,
) -> Instance {
    let engine = database.engine.iter().chain(&database.engine_version);
    let engine = engine.cloned().collect::<Vec<_>>().join(" ");
    Instance {
        id: database.id.clone(),
        status: database.status.clone(),
        matched_by: database.matched_by.clone(),
        address: database.address.clone(),
        port: database.port,
        engine: (!engine.is_empty()).then_some(engine),
        class: database.class.clone(),
        multi_az: database.multi_az,
        zone: keeping.and_then(|keeping| keeping.zone.clone()),
        standby_zone: keeping.and_then(|keeping| keeping.standby_zone.clone()),
        cpu_percent: metric("CPUUtilization"),
        free_memory_bytes: metric("FreeableMemory").map(whole),
        backup_days: keeping.map(|keeping| keeping.backup_days),
        deletion_protection: keeping.map(|keeping| keeping.deletion_protection),
        maintenance_window: keeping.and_then(|keeping| keeping.maintenance_window.clone()),
    }
}

fn connections(snapshot: &Snapshot, limit: Option<u64>, now: Option<u64>) -> Connections {
    let service = snapshot.service.as_ref().ok();
    let definition = snapshot.task_definition.as_ref().ok();
    let pools = definition.map(|definition| {
        let containers = definition.containers.iter();
        let pools = containers.filter_map(|container| container.database.as_ref()?.pool);
        pools.sum::<u32>()
    });
    let pool = pools.filter(|pool| *pool > 0);
    let most = service.and_then(|service| {
        let scaling = snapshot.scaling.as_ref().ok()?;
        let most = scaling
            .as_ref()
            .map_or(service.desired, |range| range.max.max(service.desired));
        let percent = service.deployment_configuration.maximum_percent;
        // ECS rounds the upper limit down.
        Some(most * percent.unwrap_or(DEFAULT_MAXIMUM_PERCENT) / 100)
    });
    let tasks = service.map(|service| service.desired);
    let wanted = |tasks: Option<i32>| Some(u64::from(pool?) * u64::try_from(tasks?).ok()?);
    Connections {
        now,
        limit,
        pool_per_task: pool,
        tasks,
        wanted_now: wanted(tasks),
        most_tasks: most,
        wanted_at_most: wanted(most),
    }
}

fn storage(database: &Database, keeping: Option<&Keeping>, free: Option<f64>) -> Storage {
    let size = database.storage_gib;
    let bytes = size.map(|gib| f64::from(gib) * f64::from(1 << 30));
    Storage {
        size_gib: size,
        free_bytes: free.map(whole),
        free_percent: free
            .zip(bytes)
            .map(|(free, size)| (free / size * 100.0).min(100.0)),
        grows_to_gib: keeping.and_then(|keeping| keeping.max_storage_gib),
        kind: keeping.and_then(|keeping| keeping.storage_type.clone()),
    }
}

fn planned(maintenance: &Maintenance) -> Planned {
    Planned {
        action: maintenance.action.clone(),
        description: maintenance.description.as_ref().map(ToString::to_string),
        applied_at: maintenance.applied_at,
        forced_after: maintenance.forced_after,
        agreed: maintenance.agreed.clone(),
    }
}

/// A count that CloudWatch keeps as a floating-point number.
fn whole(count: f64) -> u64 {
    count.round().max(0.0) as u64
}
