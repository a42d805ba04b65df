//! What RDS says happened to a database.

use crate::{
    collect::{Clients, ecs::time, failure::unobserved},
    snapshot::{Event, Observed},
};

const A_DAY_IN_MINUTES: i32 = 24 * 60;

/// The events of an instance in the last days (RDS keeps fourteen), newest first.
pub(in crate::collect) async fn events(
    clients: &Clients,
    id: &str,
    days: i32,
) -> Observed<Vec<Event>> {
    let events: Vec<aws_sdk_rds::types::Event> = clients
        .rds
        .describe_events()
        .source_type(aws_sdk_rds::types::SourceType::DbInstance)
        .source_identifier(id)
        .duration(days * A_DAY_IN_MINUTES)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeEvents", &error))?;
    let event = |event: &aws_sdk_rds::types::Event| {
        Some(Event {
            at: time(event.date())?,
            message: event.message()?.into(),
        })
    };
    let mut events: Vec<Event> = events.iter().filter_map(event).collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    Ok(events)
}
