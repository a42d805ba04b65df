//! What must be true before any load: the service answers, and the process may open enough files.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::order::Order;
use crate::target::Target;
use crate::usage::UsageError;

/// Files beside the connections: output, timers, look-ups.
const SPARE_FILES: u64 = 64;
/// How long a health check may take.
const HEALTH: Duration = Duration::from_secs(5);

/// Checks both; raises the limit of open files where the system lets it.
pub async fn check(order: &Order) -> Result<(), UsageError> {
    descriptors(order.plan.users as u64 + SPARE_FILES)?;
    let unreachable = |why: String| UsageError::Unreachable {
        host: order.host.to_string(),
        why,
    };
    let target =
        Target::new(order.host.clone(), HEALTH).map_err(|error| unreachable(error.to_string()))?;
    target
        .health()
        .await
        .map_err(|error| unreachable(error.to_string()))
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
