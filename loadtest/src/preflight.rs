//! What must be true before any load: the service answers, the process may open enough files,
//! AWS gives what the plan needs of it; and what the generator can do alone.

use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use chrono::Utc;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::aws::{self, Alarms, Ecs};
use crate::clock::{self, Offset};
use crate::generator::ceiling::{self, Ceiling};
use crate::order::Order;
use crate::target::Target;
use crate::usage::UsageError;
use crate::witness::{Clock, Gap, Named, Subject, TaskSize, Witness};

/// Files beside the connections: output, timers, look-ups.
const SPARE_FILES: u64 = 64;
/// How long a health check may take.
const HEALTH: Duration = Duration::from_secs(5);

/// What was found and prepared.
#[derive(Debug, Default)]
pub struct Ready {
    /// The version of the service, if it tells one.
    pub service: Option<String>,
    /// How large its tasks are, where somebody may see that.
    pub task: Option<TaskSize>,
    /// What the generator can do alone.
    pub ceiling: Option<Ceiling>,
    /// The clock of the service, where others go by it too.
    pub clock: Option<Offset>,
    /// How many requests that took.
    pub calls: u64,
    /// The service whose tasks the plan stops.
    pub ecs: Option<Ecs>,
    /// The alarms that stop the run.
    pub alarms: Option<Alarms>,
    /// Who watches how the service scales.
    pub witness: Option<Witness>,
}

/// Checks everything; raises the limit of open files where the system lets it.
pub async fn check(order: &Order) -> Result<Ready, UsageError> {
    descriptors(order.plan.users as u64 + SPARE_FILES)?;
    let unreachable = |why: String| UsageError::Unreachable {
        host: order.host.to_string(),
        why,
    };
    let target =
        Target::new(order.host.clone(), HEALTH).map_err(|error| unreachable(error.to_string()))?;
    let health = target
        .health()
        .await
        .map_err(|error| unreachable(error.to_string()))?;
    let clock = match order.part {
        Some(_) => clock::compare(&target).await,
        None => None,
    };
    let Aws {
        ecs,
        alarms,
        witness,
    } = aws(order).await?;
    let task = match &witness {
        // It is written down, and nothing hangs on it.
        Some(witness) => witness.task_size().await.ok().flatten(),
        None => None,
    };
    Ok(Ready {
        service: health.version,
        task,
        ceiling: ceiling::measure(&order.plan).await,
        clock,
        calls: target.calls(),
        ecs,
        alarms,
        witness,
    })
}

/// What AWS gives a run.
#[derive(Debug, Default)]
struct Aws {
    ecs: Option<Ecs>,
    alarms: Option<Alarms>,
    witness: Option<Witness>,
}

/// Asks AWS once for everything that is needed later: a missing permission must not show in the middle of a run.
async fn aws(order: &Order) -> Result<Aws, UsageError> {
    let wanted = &order.aws;
    let refused = |error: anyhow::Error| UsageError::Aws(format!("{error:#}"));
    let mut aws = Aws::default();
    let named = wanted.watched.named();
    if named.is_none() && wanted.stop_on_alarm.is_empty() {
        return Ok(aws);
    }
    let config = aws::environment().await;
    if let Some(named) = named {
        let witness = witness(&config, named).await?;
        if wanted.stop_tasks {
            let Subject {
                cluster, service, ..
            } = witness.subject().clone();
            let ecs = Ecs::new(&config, cluster, service);
            ecs.a_task().await.map_err(refused)?;
            aws.ecs = Some(ecs);
        }
        aws.witness = Some(witness);
    }
    if !wanted.stop_on_alarm.is_empty() {
        let alarms = Alarms::new(&config, wanted.stop_on_alarm.clone());
        if let Some((name, why)) = alarms.ringing().await.map_err(refused)? {
            return Err(UsageError::Ringing { name, why });
        }
        aws.alarms = Some(alarms);
    }
    Ok(aws)
}

/// A witness of a service that is there, as far as anybody may see that.
pub async fn witness(config: &SdkConfig, named: Named) -> Result<Witness, UsageError> {
    let subject = named.resolve(config).await.map_err(failed)?;
    let witness = Witness::new(config, subject);
    match witness.is_there().await {
        Ok(false) => Err(UsageError::NoService {
            cluster: witness.subject().cluster.clone(),
            service: witness.subject().service.clone(),
        }),
        // What may not be seen is a gap in the picture, and the load can do without a picture.
        Ok(true) | Err(_) => Ok(witness),
    }
}

/// One that sees the CPU, for a search that asks for nothing else.
pub async fn cpu_witness(named: Named) -> Result<Witness, UsageError> {
    let witness = witness(&aws::environment().await, named).await?;
    let now = Clock {
        instant: Instant::now(),
        utc: Utc::now(),
    };
    witness.cpu(&now, (-60.0, 0.0)).await.map_err(failed)?;
    Ok(witness)
}

fn failed(gap: Gap) -> UsageError {
    let Gap {
        operation,
        code,
        message,
    } = gap;
    UsageError::Aws(format!("{operation} failed: {code}: {message}"))
}

/// With too few files users wait for each other for ever, and the run would not end.
fn descriptors(needed: u64) -> Result<(), UsageError> {
    let limit = getrlimit(Resource::Nofile);
    let enough = |allowed: Option<u64>| allowed.is_none_or(|allowed| allowed >= needed);
    if enough(limit.current) {
        return Ok(());
    }
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if enough(limit.maximum) && setrlimit(Resource::Nofile, raised).is_ok() {
        return Ok(());
    }
    Err(UsageError::Descriptors {
        needed,
        allowed: limit.maximum.or(limit.current).unwrap_or_default(),
    })
}
