//! CloudWatch Logs: what the tasks wrote last.

mod groups;
mod insights;
mod window;

use std::{cmp::Reverse, collections::BTreeMap};

use aws_sdk_cloudwatchlogs::config::{Builder, Region};
use chrono::DateTime;
use futures::future::join_all;

use super::{
    Clients, Tasks,
    ecs::Definition,
    failure::{missing, unobserved},
};
use crate::snapshot::{LogLine, Observed, Task, TaskDefinition, Unobserved};

pub(super) use groups::log_groups;
pub use insights::{QueryCall, query_answer, start_query, stop_query};
pub use window::{LogPage, LogSource, LogWindow, log_page};
pub(super) use window::{groups_of, sources};

/// How many lines of a container are read, and of how many tasks: enough to see why a task ended.
const LINES: i32 = 50;
const STOPPED_TASKS: usize = 3;
const RUNNING_TASKS: usize = 5;

/// Log lines by task id, and the groups that could not be read.
pub(super) struct LastLines {
    pub(super) lines: Observed<BTreeMap<String, Vec<LogLine>>>,
    pub(super) unread: BTreeMap<String, Unobserved>,
}

/// A container's log stream.
struct Stream<'a> {
    task: String,
    group: &'a str,
    region: Option<&'a str>,
    name: String,
    /// Whether the log driver makes its group.
    creates_group: bool,
}

/// The last lines of the newest stopped and running tasks, oldest first.
pub(super) async fn last_lines(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    tasks: Result<&Tasks, &Unobserved>,
) -> LastLines {
    let mut unread = BTreeMap::new();
    let streams = match streams(definition, tasks) {
        Ok(streams) => streams,
        Err(unobserved) => {
            return LastLines {
                lines: Err(unobserved),
                unread,
            };
        }
    };
    let mut lines: BTreeMap<String, Vec<LogLine>> = BTreeMap::new();
    let mut is_read = streams.is_empty();
    let reads = streams.iter().map(|stream| tail(clients, stream));
    for (stream, read) in streams.iter().zip(join_all(reads).await) {
        match read {
            Ok(read) => {
                is_read = true;
                lines.entry(stream.task.clone()).or_default().extend(read);
            }
            Err(unobserved) => {
                unread.entry(stream.group.to_owned()).or_insert(unobserved);
            }
        }
    }
    for lines in lines.values_mut() {
        lines.sort_by_key(|line| line.at);
    }
    // Of several groups, those that can be read are told; where none can, nothing is known.
    match unread.values().next() {
        Some(unobserved) if !is_read => LastLines {
            lines: Err(unobserved.clone()),
            unread,
        },
        _ => LastLines {
            lines: Ok(lines),
            unread,
        },
    }
}

/// The streams of the tasks that tell most.
fn streams<'a>(
    definition: Result<&'a Definition, &Unobserved>,
    tasks: Result<&Tasks, &Unobserved>,
) -> Observed<Vec<Stream<'a>>> {
    let definition = &definition.map_err(Clone::clone)?.shown;
    let tasks = tasks.map_err(Clone::clone)?;
    let streams: Vec<Stream<'a>> = telling(tasks)
        .flat_map(|id| streams_of(definition, id))
        .collect();
    if streams.is_empty() && !tasks.is_empty() {
        groups_of(definition)?;
        let what = format!(
            "{} gives its log streams no prefix (awslogs-stream-prefix)",
            definition.arn
        );
        return Err(missing("logs:GetLogEvents", what));
    }
    Ok(streams)
}

/// Ids of the newest tasks that stopped, failures before those that were scaled in, and of the newest that run.
fn telling(tasks: &Tasks) -> impl Iterator<Item = &String> {
    let newest = |stopped: bool, count: usize| {
        let mut tasks: Vec<(&String, &Task)> = tasks
            .iter()
            .filter(|(_, task)| (task.last_status == "STOPPED") == stopped)
            .collect();
        tasks.sort_by_key(|(_, task)| {
            let at = task.stopped_at.or(task.created_at);
            (task.says("Scaling activity initiated by"), Reverse(at))
        });
        tasks.into_iter().take(count).map(|(id, _)| id)
    };
    newest(true, STOPPED_TASKS).chain(newest(false, RUNNING_TASKS))
}

/// The streams of a task, one for each container that logs with `awslogs`: `prefix/container/task-id`.
fn streams_of<'a>(definition: &'a TaskDefinition, id: &str) -> Vec<Stream<'a>> {
    let stream = |container: &'a crate::snapshot::ContainerDefinition| {
        let log = container
            .log
            .as_ref()
            .filter(|log| log.driver == "awslogs")?;
        let prefix = log.stream_prefix.as_deref()?;
        Some(Stream {
            task: id.to_owned(),
            group: log.group.as_deref()?,
            region: log.region.as_deref(),
            name: format!("{prefix}/{}/{id}", container.name),
            creates_group: log.creates_group,
        })
    };
    definition.containers.iter().filter_map(stream).collect()
}

/// The last lines of a stream. A task that never started has none, and where the group is missing nobody has any.
async fn tail(clients: &Clients, stream: &Stream<'_>) -> Observed<Vec<LogLine>> {
    let region = stream.region.unwrap_or(&clients.region);
    let call = clients
        .logs
        .get_log_events()
        .log_group_name(stream.group)
        .log_stream_name(&stream.name)
        .limit(LINES)
        .customize()
        .config_override(Builder::new().region(Region::new(region.to_owned())));
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
                // A group that tasks make themselves was there while one ran: its lines are lost, not none.
                error.is_resource_not_found_exception()
                    && !(stream.creates_group
                        && error
                            .meta()
                            .message()
                            .unwrap_or_default()
                            .contains("log group"))
            }) =>
        {
            Ok(vec![])
        }
        Err(error) => Err(unobserved("logs:GetLogEvents", &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_before_tasks_that_were_scaled_in() {
        let task = |minute: i64, reason: Option<&str>| Task {
            last_status: reason.map_or("RUNNING", |_| "STOPPED").into(),
            stopped_at: reason.and(DateTime::from_timestamp(minute * 60, 0)),
            created_at: DateTime::from_timestamp(minute * 60, 0),
            stopped_reason: reason.map(Into::into),
            ..Default::default()
        };
        let scaled_in = Some("Scaling activity initiated by deployment ecs-svc/1");
        let failed = Some("Essential container in task exited");
        let tasks: Tasks = [
            ("run", task(9, None)),
            ("in", task(8, scaled_in)),
            ("f1", task(1, failed)),
            ("f2", task(2, failed)),
            ("f3", task(3, failed)),
            ("f4", task(4, failed)),
        ]
        .map(|(id, task)| (id.to_owned(), task))
        .into();
        let ids: Vec<&str> = telling(&tasks).map(String::as_str).collect();
        assert_eq!(ids, ["f4", "f3", "f2", "run"]);
    }
}
