//! What must be true before any load: the service answers, the process may open enough files,
//! AWS gives what the plan needs of it; and what the generator can do alone.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::aws::{self, Alarms, Ecs};
use crate::generator::ceiling::{self, Ceiling};
use crate::order::Order;
use crate::target::Target;
use crate::usage::UsageError;

/// Files beside the connections: output, timers, look-ups.
const SPARE_FILES: u64 = 64;
/// How long a health check may take.
const HEALTH: Duration = Duration::from_secs(5);

/// What was found and prepared.
#[derive(Debug)]
pub struct Ready {
    /// The version of the service, if it tells one.
    pub service: Option<String>,
    /// What the generator can do alone.
    pub ceiling: Option<Ceiling>,
    /// The service whose tasks the plan stops.
    pub ecs: Option<Ecs>,
    /// The alarms that stop the run.
    pub alarms: Option<Alarms>,
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
    let service = target
        .health()
        .await
        .map_err(|error| unreachable(error.to_string()))?;
    let (ecs, alarms) = aws(order).await?;
    Ok(Ready {
        service,
        ceiling: ceiling::measure(&order.plan).await,
        ecs,
        alarms,
    })
}

/// Asks AWS once for everything that is needed later: a missing permission must not show in the middle of a run.
async fn aws(order: &Order) -> Result<(Option<Ecs>, Option<Alarms>), UsageError> {
    let wanted = &order.aws;
    let refused = |error: anyhow::Error| UsageError::Aws(format!("{error:#}"));
    if !wanted.stop_tasks && wanted.stop_on_alarm.is_empty() {
        return Ok((None, None));
    }
    let config = aws::environment().await;
    let ecs = match (&wanted.cluster, &wanted.service) {
        (Some(cluster), Some(service)) if wanted.stop_tasks => {
            let ecs = Ecs::new(&config, cluster.clone(), service.clone());
            ecs.a_task().await.map_err(refused)?;
            Some(ecs)
        }
        _ => None,
    };
    if wanted.stop_on_alarm.is_empty() {
        return Ok((ecs, None));
    }
    let alarms = Alarms::new(&config, wanted.stop_on_alarm.clone());
    match alarms.ringing().await.map_err(refused)? {
        Some((name, why)) => Err(UsageError::Ringing { name, why }),
        None => Ok((ecs, Some(alarms))),
    }
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
