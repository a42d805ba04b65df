//! Whether the log groups exist, and how long they keep what they hold.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatchlogs::config::{Builder, Region};
use futures::future::join_all;

use crate::{
    collect::{Clients, ecs::Definition, failure::unobserved},
    snapshot::{LogGroup, Observed, Unobserved},
};

/// The log groups that the task definition names, by name.
pub(in crate::collect) async fn log_groups(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
) -> BTreeMap<String, Observed<LogGroup>> {
    let Ok(definition) = definition else {
        return BTreeMap::new();
    };
    let logs = definition.shown.containers.iter();
    let logs = logs.filter_map(|container| container.log.as_ref());
    let groups: BTreeSet<(String, Option<String>)> = logs
        .filter(|log| log.driver == "awslogs")
        .filter_map(|log| Some((log.group.clone()?, log.region.clone())))
        .collect();
    let observe = |(name, region): (String, Option<String>)| async move {
        let seen = observe(clients, &name, region).await;
        (name, seen)
    };
    join_all(groups.into_iter().map(observe))
        .await
        .into_iter()
        .collect()
}

async fn observe(clients: &Clients, name: &str, region: Option<String>) -> Observed<LogGroup> {
    let there = Builder::new().region(Region::new(
        region.unwrap_or_else(|| clients.region.clone()),
    ));
    let mut token = None;
    // Other groups may begin with the same name: the pages are read until it is found.
    loop {
        let page = clients
            .logs
            .describe_log_groups()
            .log_group_name_prefix(name)
            .set_next_token(token)
            .customize()
            .config_override(there.clone())
            .send()
            .await
            .map_err(|error| unobserved("logs:DescribeLogGroups", &error))?;
        let mut groups = page.log_groups().iter();
        if let Some(group) = groups.find(|group| group.log_group_name() == Some(name)) {
            return Ok(LogGroup::Present {
                retention_days: group.retention_in_days(),
            });
        }
        match page.next_token {
            Some(next) => token = Some(next),
            None => return Ok(LogGroup::Missing),
        }
    }
}
