//! What the tasks wrote in a window of time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{
    collect::{
        Clients,
        failure::{missing, unobserved},
    },
    snapshot::{Observed, TaskDefinition, Text},
};

/// Which lines [`log_window`](crate::collect::log_window) reads.
#[derive(Debug, Clone)]
pub struct LogWindow {
    /// First moment.
    pub from: DateTime<Utc>,
    /// Only lines of streams that end with this task id.
    pub task: Option<String>,
    /// A CloudWatch Logs filter pattern.
    pub pattern: Option<String>,
}

/// A line with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// CloudWatch's id of the event: unique, so that no line is shown twice.
    pub id: String,
    /// The event's own time.
    pub at: DateTime<Utc>,
    /// When CloudWatch took it in.
    pub ingested_at: DateTime<Utc>,
    /// The task that wrote it.
    pub task: String,
    /// The line.
    pub message: Text,
}

/// The log groups that the task definition writes to.
pub(in crate::collect) fn groups_of(definition: &TaskDefinition) -> Observed<BTreeSet<String>> {
    let groups: BTreeSet<String> = definition
        .containers
        .iter()
        .filter_map(|container| container.log.as_ref())
        .filter(|log| log.driver == "awslogs")
        .filter_map(|log| log.group.clone())
        .collect();
    if groups.is_empty() {
        let what = format!(
            "{} sends no container's output to CloudWatch Logs (log driver awslogs)",
            definition.arn
        );
        return Err(missing("logs:FilterLogEvents", what));
    }
    Ok(groups)
}

/// Every line of a group in the window, all pages.
pub(in crate::collect) async fn window(
    clients: &Clients,
    group: &str,
    window: &LogWindow,
) -> Observed<Vec<LogEvent>> {
    let events: Vec<aws_sdk_cloudwatchlogs::types::FilteredLogEvent> = {
        let mut events = vec![];
        let mut pages = clients
            .logs
            .filter_log_events()
            .log_group_name(group)
            .start_time(window.from.timestamp_millis())
            .set_filter_pattern(window.pattern.clone())
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| unobserved("logs:FilterLogEvents", &error))?;
            events.extend(page.events.unwrap_or_default());
        }
        events
    };
    let event = |event: aws_sdk_cloudwatchlogs::types::FilteredLogEvent| {
        let task = event.log_stream_name()?.rsplit('/').next()?.to_owned();
        Some(LogEvent {
            id: event.event_id()?.to_owned(),
            at: DateTime::from_timestamp_millis(event.timestamp()?)?,
            ingested_at: DateTime::from_timestamp_millis(
                event.ingestion_time().or(event.timestamp())?,
            )?,
            message: event.message()?.trim_end().into(),
            task,
        })
    };
    let wanted = |event: &LogEvent| {
        window
            .task
            .as_ref()
            .is_none_or(|task| event.task.starts_with(task.as_str()))
    };
    Ok(events
        .into_iter()
        .filter_map(event)
        .filter(wanted)
        .collect())
}
