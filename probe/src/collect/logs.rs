//! CloudWatch Logs: what the tasks wrote.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use super::{
    Clients, Tasks,
    ecs::Definition,
    failure::{missing, unobserved},
};
use crate::snapshot::{LogLine, Observed, Task, TaskDefinition, Text, Unobserved};

/// How many lines of a task are read, and of how many tasks: enough to see why a task ended.
const LINES: i32 = 50;
const STOPPED_TASKS: usize = 5;
const RUNNING_TASKS: usize = 5;

/// Which lines [`super::log_window`] reads.
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

/// The last lines of the newest stopped and running tasks, oldest first.
pub(super) async fn last_lines(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    tasks: Result<&Tasks, &Unobserved>,
) -> Observed<BTreeMap<String, Vec<LogLine>>> {
    let definition = &definition.map_err(Clone::clone)?.shown;
    let tasks = tasks.map_err(Clone::clone)?;
    let newest = |stopped: bool, count: usize| {
        let mut tasks: Vec<(&String, &Task)> = tasks
            .iter()
            .filter(|(_, task)| (task.last_status == "STOPPED") == stopped)
            .collect();
        tasks.sort_by_key(|(_, task)| std::cmp::Reverse(task.stopped_at.or(task.created_at)));
        tasks
            .into_iter()
            .take(count)
            .map(|(id, _)| id.clone())
            .collect::<Vec<_>>()
    };
    let ids = newest(true, STOPPED_TASKS)
        .into_iter()
        .chain(newest(false, RUNNING_TASKS));
    let streams: Vec<(String, &str, String)> =
        ids.flat_map(|id| streams_of(definition, &id)).collect();
    if streams.is_empty() && !tasks.is_empty() {
        groups_of(definition)?;
        let what = format!(
            "{} gives its log streams no prefix (awslogs-stream-prefix)",
            definition.arn
        );
        return Err(missing("logs:GetLogEvents", what));
    }
    let reads = streams.into_iter().map(|(task, group, stream)| async move {
        Ok::<_, Unobserved>((task, tail(clients, group, &stream).await?))
    });
    let mut lines: BTreeMap<String, Vec<LogLine>> = BTreeMap::new();
    for (task, read) in try_join_all(reads).await? {
        lines.entry(task).or_default().extend(read);
    }
    for lines in lines.values_mut() {
        lines.sort_by_key(|line| line.at);
    }
    Ok(lines)
}

/// Task id, log group and stream of every container that logs with `awslogs`: `prefix/container/task-id`.
fn streams_of<'a>(definition: &'a TaskDefinition, id: &str) -> Vec<(String, &'a str, String)> {
    let stream = |container: &'a crate::snapshot::ContainerDefinition| {
        let log = container
            .log
            .as_ref()
            .filter(|log| log.driver == "awslogs")?;
        let (group, prefix) = (log.group.as_deref()?, log.stream_prefix.as_deref()?);
        Some((
            id.to_owned(),
            group,
            format!("{prefix}/{}/{id}", container.name),
        ))
    };
    definition.containers.iter().filter_map(stream).collect()
}

/// The last lines of a stream. A task that never started has none.
async fn tail(clients: &Clients, group: &str, stream: &str) -> Observed<Vec<LogLine>> {
    let call = clients
        .logs
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(stream)
        .limit(LINES);
    match call.send().await {
        Ok(answer) => Ok(answer
            .events()
            .iter()
            .filter_map(|event| {
                Some(LogLine {
                    at: DateTime::from_timestamp_millis(event.timestamp()?)?,
                    message: event.message()?.into(),
                })
            })
            .collect()),
        Err(error)
            if error.as_service_error().is_some_and(|error| {
                // A missing stream is a task that never wrote; a missing group is a fault of its own.
                error.is_resource_not_found_exception()
                    && !error
                        .meta()
                        .message()
                        .unwrap_or_default()
                        .contains("log group")
            }) =>
        {
            Ok(vec![])
        }
        Err(error) => Err(unobserved("logs:GetLogEvents", &error)),
    }
}

/// The log groups that the task definition writes to.
pub(super) fn groups_of(definition: &TaskDefinition) -> Observed<BTreeSet<String>> {
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
pub(super) async fn window(
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
