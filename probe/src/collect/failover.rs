//! The one call of `probe` that acts. It takes the consent with it, so that one consent forces one failover.

use chrono::{DateTime, Utc};

use super::{Clients, failure::unobserved, rds};
use crate::{
    consent::Consent,
    snapshot::{Event, Observed},
};

/// Lets the standby take over, as it would when the zone of the database fails.
///
/// # Errors
/// When RDS refuses, for example because the action is not allowed.
pub async fn force_failover(clients: &Clients, id: &str, _consent: Consent) -> Observed<()> {
    clients
        .rds
        .reboot_db_instance()
        .db_instance_identifier(id)
        .force_failover(true)
        .send()
        .await
        .map(|_| ())
        .map_err(|error| unobserved("rds:RebootDBInstance", &error))
}

/// What RDS said of an instance in the last day.
///
/// # Errors
/// When the call does not answer.
pub async fn database_events(clients: &Clients, id: &str) -> Observed<Vec<Event>> {
    rds::events(clients, id, 1).await
}

/// Where the instance is now, and its status.
///
/// # Errors
/// When the call does not answer.
pub async fn database_place(clients: &Clients, id: &str) -> Observed<(Option<String>, String)> {
    let answer = clients
        .rds
        .describe_db_instances()
        .db_instance_identifier(id)
        .send()
        .await
        .map_err(|error| unobserved("rds:DescribeDBInstances", &error))?;
    let instance = answer.db_instances().first();
    let text = |text: Option<&str>| text.map(ToOwned::to_owned);
    Ok((
        instance.and_then(|it| text(it.availability_zone())),
        instance
            .and_then(|it| text(it.db_instance_status()))
            .unwrap_or_default(),
    ))
}

/// Events that were not there before.
pub fn new_events(before: &[Event], now: &[Event], since: DateTime<Utc>) -> Vec<Event> {
    // The clocks of two machines may differ by some minutes.
    let since = since - chrono::TimeDelta::minutes(5);
    let is_new = |event: &&Event| event.at >= since && !before.contains(event);
    let mut new: Vec<Event> = now.iter().filter(is_new).cloned().collect();
    new.sort_by_key(|event| event.at);
    new
}
