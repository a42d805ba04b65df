//! Tasks, targets and log lines, each alone, for a person who wants to see just them.

use futures::future::join_all;
use tokio::join;

use super::{
    Clients, LogEvent, LogWindow, TargetGroups, Tasks, ecs, elbv2, logs, target_groups_of,
};
use crate::snapshot::{Observed, Subject};

/// The tasks of a service, and nothing else.
pub async fn tasks(clients: &Clients, target: &Subject) -> Observed<Tasks> {
    ecs::tasks(clients, target).await
}

/// The target groups of a service with the health of their targets, and the tasks behind them.
pub async fn targets(clients: &Clients, target: &Subject) -> Observed<(TargetGroups, Tasks)> {
    let (service, tasks) = join!(ecs::service(clients, target), ecs::tasks(clients, target));
    // Tasks only decorate the targets.
    Ok((
        elbv2::target_groups(clients, target_groups_of(&service))
            .await
            .groups?,
        tasks.unwrap_or_default(),
    ))
}

/// Log lines of a service's tasks in a window of time.
pub async fn log_window(
    clients: &Clients,
    target: &Subject,
    window: &LogWindow,
) -> Observed<Vec<LogEvent>> {
    let service = ecs::service(clients, target).await?;
    let definition = ecs::task_definition(clients, Ok(service.task_definition.as_str())).await?;
    let groups = logs::groups_of(&definition.shown)?;
    let read = groups
        .iter()
        .map(|group| logs::window(clients, group, window));
    let mut events = vec![];
    for part in join_all(read).await {
        events.extend(part?);
    }
    events.sort_by(|a: &LogEvent, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(events)
}
