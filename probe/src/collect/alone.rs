//! Tasks, targets and log lines, each alone, for a person who wants to see just them.

use chrono::{DateTime, Utc};
use tokio::join;

use super::{Clients, LogSource, ecs, elbv2, everything::forgotten, logs, target_groups_of};
use crate::snapshot::{Observed, Snapshot, Subject};

/// The tasks of a service, those that ECS has forgotten too, in a snapshot that has no other sections.
pub async fn tasks(clients: &Clients, target: &Subject, taken_at: DateTime<Utc>) -> Snapshot {
    let defined = async {
        let service = ecs::service(clients, target).await;
        let arn = service
            .as_ref()
            .map(|service| service.task_definition.as_str());
        let definition = ecs::task_definition(clients, arn).await;
        (service, definition)
    };
    let (tasks, older_tasks, (service, definition)) = join!(
        ecs::tasks(clients, target),
        ecs::older_tasks(clients, target, taken_at),
        defined,
    );
    Snapshot {
        service,
        task_definition: definition.map(|definition| definition.shown),
        older_tasks: forgotten(older_tasks, &tasks),
        tasks,
        ..Snapshot::empty(target.clone(), taken_at)
    }
}

/// What happened to a service and its tasks: tasks, deployments, targets and the last log lines, in three rounds.
pub async fn history(clients: &Clients, target: &Subject, taken_at: DateTime<Utc>) -> Snapshot {
    let defined = async {
        let service = ecs::service(clients, target).await;
        let arn = service
            .as_ref()
            .map(|service| service.task_definition.as_str());
        let (definition, groups) = join!(
            ecs::task_definition(clients, arn),
            elbv2::target_groups(clients, target_groups_of(&service)),
        );
        (service, definition, groups.groups)
    };
    let deployments = async {
        let described = ecs::described_deployments(clients, target).await;
        ecs::service_deployments(clients, described).await
    };
    let (tasks, older_tasks, service_deployments, (service, definition, target_groups)) = join!(
        ecs::tasks(clients, target),
        ecs::older_tasks(clients, target, taken_at),
        deployments,
        defined,
    );
    let lines = logs::last_lines(clients, definition.as_ref(), tasks.as_ref()).await;
    Snapshot {
        service,
        service_deployments,
        target_groups,
        task_definition: definition.map(|definition| definition.shown),
        older_tasks: forgotten(older_tasks, &tasks),
        tasks,
        logs: lines.lines,
        unread_logs: lines.unread,
        ..Snapshot::empty(target.clone(), taken_at)
    }
}

/// The target groups of a service with the health of their targets, and the tasks behind them, in a snapshot that has
/// no other sections.
pub async fn targets(clients: &Clients, target: &Subject, taken_at: DateTime<Utc>) -> Snapshot {
    let grouped = async {
        let service = ecs::service(clients, target).await;
        let groups = elbv2::target_groups(clients, target_groups_of(&service)).await;
        (service, groups.groups)
    };
    let (tasks, (service, target_groups)) = join!(ecs::tasks(clients, target), grouped);
    Snapshot {
        service,
        tasks,
        target_groups,
        ..Snapshot::empty(target.clone(), taken_at)
    }
}

/// Where the containers of a service write: of all its tasks, or of these.
///
/// # Errors
/// When service or task definition were not seen, or no container writes to CloudWatch Logs.
pub async fn log_sources(
    clients: &Clients,
    target: &Subject,
    tasks: Option<&[String]>,
) -> Observed<Vec<LogSource>> {
    let service = ecs::service(clients, target).await?;
    let definition = ecs::task_definition(clients, Ok(service.task_definition.as_str())).await?;
    logs::sources(&definition.shown, tasks)
}
