//! Looks at the running stack and writes down what it saw. Read-only: it calls Describe, List, Get and Simulate.
//!
//! Collecting cannot fail: a call that is denied, throttled or does not answer becomes an
//! [`Unobserved`](crate::snapshot::Unobserved) in the snapshot, and so does everything that depended on it.

mod clients;
mod ec2;
mod ecr;
mod ecs;
mod elbv2;
mod failure;
mod iam;
mod logs;
mod rds;
mod secrets;
mod services;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use tokio::join;

pub use clients::{Clients, Connection};
pub use logs::{LogEvent, LogWindow};
pub use services::{find_by_stack, find_services};

use crate::snapshot::{Snapshot, Subject, not_collected};

/// Every AWS action that `probe` calls; a test holds it against the sources.
pub const ACTIONS: &[&str] = &[
    "cloudformation:DescribeStacks",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ecr:DescribeImages",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListServices",
    "ecs:ListTasks",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "iam:SimulatePrincipalPolicy",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "rds:DescribeDBInstances",
    "secretsmanager:DescribeSecret",
];

/// Takes a snapshot of a service and what it depends on, in five dependent rounds of calls.
pub async fn collect(clients: &Clients, target: &Subject, taken_at: DateTime<Utc>) -> Snapshot {
    let (service, tasks, databases) = join!(
        ecs::service(clients, target),
        ecs::tasks(clients, target),
        rds::databases(clients)
    );

    let target_group_arns = service.as_ref().map_err(Clone::clone).map(|service| {
        service
            .load_balancers
            .iter()
            .map(|mapping| mapping.target_group.clone())
            .collect::<BTreeSet<_>>()
    });
    let (definition, target_groups) = join!(
        ecs::task_definition(
            clients,
            service
                .as_ref()
                .map(|service| service.task_definition.as_str())
        ),
        elbv2::target_groups(clients, target_group_arns),
    );

    let (load_balancers, images, secrets, permissions, logs) = join!(
        elbv2::load_balancers(clients, target_groups.as_ref()),
        ecr::images(clients, definition.as_ref()),
        secrets::secrets(clients, definition.as_ref()),
        iam::permissions(clients, definition.as_ref()),
        logs::last_lines(clients, definition.as_ref(), tasks.as_ref()),
    );

    let database = rds::database_of(databases, definition.as_ref(), target_groups.as_ref());
    let (subnets, security_groups) = join!(
        ec2::subnets(clients, service.as_ref(), load_balancers.as_ref()),
        ec2::security_groups(
            clients,
            service.as_ref(),
            load_balancers.as_ref(),
            database.as_ref()
        ),
    );
    Snapshot {
        version: 1,
        taken_at,
        target: target.clone(),
        service,
        task_definition: definition.map(|definition| definition.shown),
        tasks,
        target_groups,
        load_balancers,
        subnets,
        security_groups,
        database,
        permissions,
        secrets,
        images,
        logs,
        service_deployments: not_collected(),
        older_tasks: not_collected(),
        vpcs: not_collected(),
        route_tables: not_collected(),
        network_acls: not_collected(),
        nat_gateways: not_collected(),
        endpoints: not_collected(),
        prefix_lists: not_collected(),
        scaling: not_collected(),
        stack: not_collected(),
        parameters: Default::default(),
        keys: Default::default(),
        log_groups: Default::default(),
        unread_logs: Default::default(),
        roles: Default::default(),
    }
}

/// The tasks of a service, and nothing else.
pub async fn tasks(clients: &Clients, target: &Subject) -> crate::snapshot::Observed<Tasks> {
    ecs::tasks(clients, target).await
}

/// The target groups of a service with the health of their targets, and the tasks behind them.
pub async fn targets(
    clients: &Clients,
    target: &Subject,
) -> crate::snapshot::Observed<(TargetGroups, Tasks)> {
    let (service, tasks) = join!(ecs::service(clients, target), ecs::tasks(clients, target));
    let arns = service.map(|service| {
        service
            .load_balancers
            .into_iter()
            .map(|mapping| mapping.target_group)
            .collect()
    });
    // Tasks only decorate the targets.
    Ok((
        elbv2::target_groups(clients, arns).await?,
        tasks.unwrap_or_default(),
    ))
}

/// Log lines of a service's tasks in a window of time.
pub async fn log_window(
    clients: &Clients,
    target: &Subject,
    window: &LogWindow,
) -> crate::snapshot::Observed<Vec<LogEvent>> {
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

/// Tasks by id.
pub type Tasks = std::collections::BTreeMap<String, crate::snapshot::Task>;
/// Target groups by ARN.
pub type TargetGroups = std::collections::BTreeMap<String, crate::snapshot::TargetGroup>;
