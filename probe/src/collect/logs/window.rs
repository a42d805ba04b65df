//! What the tasks wrote in a window of time, page by page.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::{
    config::{Builder, Region},
    types::FilteredLogEvent,
};
use chrono::{DateTime, Utc};

use crate::{
    collect::{
        Clients,
        failure::{missing, unobserved},
    },
    snapshot::{LogEvent, Observed, TaskDefinition},
};

/// Streams of a log group that containers of the service write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSource {
    /// Name of the log group.
    pub group: String,
    region: Option<String>,
    /// What the names of the streams begin with, `None` where they have no common beginning.
    prefix: Option<String>,
    /// The streams, where only some are wanted; CloudWatch takes 100 at most.
    streams: Vec<String>,
    /// The containers that write there.
    containers: BTreeSet<String>,
}

impl LogSource {
    /// The Region of the group; `None` where it is that of the service.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// What the names of the streams begin with, up to a slash; `None` where they have no common beginning.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }
}

/// Which lines of a source are read.
#[derive(Debug, Clone)]
pub struct LogWindow {
    /// First moment.
    pub from: DateTime<Utc>,
    /// A CloudWatch Logs filter pattern.
    pub pattern: Option<String>,
}

/// Some lines, and how to get the next.
#[derive(Debug)]
pub struct LogPage {
    /// The lines; there may be none on a page that is not the last.
    pub events: Vec<LogEvent>,
    /// Stands for the next page; `None` on the last.
    pub next: Option<String>,
}

/// CloudWatch's limit on the names of streams in one question.
const STREAMS: usize = 100;

/// Where the containers of a task definition write: of all tasks, or of these.
///
/// # Errors
/// When no container writes to CloudWatch Logs.
pub(in crate::collect) fn sources(
    definition: &TaskDefinition,
    tasks: Option<&[String]>,
) -> Observed<Vec<LogSource>> {
    groups_of(definition)?;
    let mut sources: BTreeMap<(String, Option<String>, Option<String>), BTreeSet<String>> =
        BTreeMap::new();
    for container in &definition.containers {
        let log = container.log.as_ref().filter(|log| log.driver == "awslogs");
        let Some((log, group)) = log.and_then(|log| Some((log, log.group.clone()?))) else {
            continue;
        };
        let key = (group, log.region.clone(), log.stream_prefix.clone());
        sources
            .entry(key)
            .or_default()
            .insert(container.name.clone());
    }
    let source = |((group, region, prefix), containers): (_, BTreeSet<String>)| {
        let mut streams = vec![];
        if let (Some(tasks), Some(prefix)) = (tasks, &prefix) {
            for container in &containers {
                let of_task = |task: &String| format!("{prefix}/{container}/{task}");
                streams.extend(tasks.iter().map(of_task));
            }
            streams.truncate(STREAMS);
        }
        LogSource {
            group,
            region,
            prefix,
            streams,
            containers,
        }
    };
    Ok(sources.into_iter().map(source).collect())
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

/// One page of a source's lines in the window. Lines of other services in the same group are left out.
///
/// # Errors
/// When the call did not answer; with the same token it can be made again.
pub async fn log_page(
    clients: &Clients,
    source: &LogSource,
    window: &LogWindow,
    token: Option<String>,
) -> Observed<LogPage> {
    let region = source.region.as_ref().unwrap_or(&clients.region);
    let mut call = clients
        .logs
        .filter_log_events()
        .log_group_name(&source.group)
        .start_time(window.from.timestamp_millis())
        .set_filter_pattern(window.pattern.clone())
        .set_next_token(token);
    // CloudWatch takes names or a beginning of names, not both.
    call = match &source.prefix {
        _ if !source.streams.is_empty() => call.set_log_stream_names(Some(source.streams.clone())),
        Some(prefix) => call.log_stream_name_prefix(format!("{prefix}/")),
        None => call,
    };
    let answer = call
        .customize()
        .config_override(Builder::new().region(Region::new(region.clone())))
        .send()
        .await
        .map_err(|error| unobserved("logs:FilterLogEvents", &error))?;
    let events = answer.events.unwrap_or_default().into_iter();
    Ok(LogPage {
        events: events.filter_map(|event| shown(event, source)).collect(),
        next: answer.next_token,
    })
}

fn shown(event: FilteredLogEvent, source: &LogSource) -> Option<LogEvent> {
    let stream = event.log_stream_name()?;
    let (rest, task) = stream.rsplit_once('/').unwrap_or(("", stream));
    let container = match &source.prefix {
        Some(prefix) => {
            let container = rest.strip_prefix(prefix.as_str())?.strip_prefix('/')?;
            source.containers.get(container)?.clone()
        }
        None => String::new(),
    };
    Some(LogEvent {
        at: DateTime::from_timestamp_millis(event.timestamp()?)?,
        ingested_at: DateTime::from_timestamp_millis(
            event.ingestion_time().or(event.timestamp())?,
        )?,
        message: event.message()?.trim_end().into(),
        task: task.to_owned(),
        container,
        id: event.event_id?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{ContainerDefinition, LogConfiguration};

    fn definition(containers: &[(&str, &str, Option<&str>)]) -> TaskDefinition {
        let container = |(name, group, prefix): &(&str, &str, Option<&str>)| ContainerDefinition {
            name: (*name).to_owned(),
            log: Some(LogConfiguration {
                driver: "awslogs".into(),
                group: Some((*group).to_owned()),
                stream_prefix: prefix.map(ToOwned::to_owned),
                ..Default::default()
            }),
            ..Default::default()
        };
        TaskDefinition {
            containers: containers.iter().map(container).collect(),
            ..Default::default()
        }
    }

    fn event(stream: &str) -> FilteredLogEvent {
        FilteredLogEvent::builder()
            .event_id("1")
            .log_stream_name(stream)
            .timestamp(1)
            .message("x")
            .build()
    }

    #[test]
    fn containers_of_one_group_and_prefix_are_asked_for_together() {
        let both = definition(&[
            ("app", "g", Some("ecs")),
            ("proxy", "g", Some("ecs")),
            ("x", "other", None),
        ]);
        let sources = sources(&both, None).unwrap();
        assert_eq!(sources.len(), 2, "{sources:?}");
        let ids = ["a".to_owned(), "b".to_owned()];
        let named = super::sources(&both, Some(&ids)).unwrap();
        assert_eq!(
            named[0].streams,
            ["ecs/app/a", "ecs/app/b", "ecs/proxy/a", "ecs/proxy/b"]
        );
        assert!(super::sources(&definition(&[]), None).is_err());
    }

    #[test]
    fn lines_of_other_services_in_the_group_are_left_out() {
        let source = sources(&definition(&[("app", "g", Some("ecs"))]), None)
            .unwrap()
            .remove(0);
        let mine = shown(event("ecs/app/0123"), &source).unwrap();
        assert_eq!(
            (mine.task.as_str(), mine.container.as_str()),
            ("0123", "app")
        );
        for other in ["ecs/worker/0123", "ecs2/app/0123", "0123"] {
            assert!(shown(event(other), &source).is_none(), "{other}");
        }
    }
}
