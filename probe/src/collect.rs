//! Looks at the running stack and writes down what it saw. Read-only: it calls Describe, List, Get and Simulate.
//!
//! Collecting cannot fail: a call that is denied, throttled or does not answer becomes an
//! [`Unobserved`](crate::snapshot::Unobserved) in the snapshot, and so does everything that depended on it.

mod clients;
mod cloudwatch;
mod ec2;
mod ecr;
mod ecs;
mod elbv2;
mod failure;
mod iam;
mod logs;
mod rds;
mod scaling;
mod secrets;
mod services;
mod surroundings;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use tokio::join;

pub use clients::{Clients, Connection};
pub use logs::{LogEvent, LogWindow};
pub use services::{find_by_stack, find_services};

use crate::snapshot::{Observed, Service, Snapshot, Subject, not_collected};
use surroundings::Surroundings;

/// Every AWS action that `probe` calls; a test holds it against the sources.
pub const ACTIONS: &[&str] = &[
    "application-autoscaling:DescribeScalableTargets",
    "cloudformation:DescribeStacks",
    "cloudwatch:GetMetricData",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:GetManagedPrefixListEntries",
    "ecr:DescribeImages",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListServices",
    "ecs:ListTasks",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "iam:SimulatePrincipalPolicy",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "rds:DescribeDBInstances",
    "rds:DescribeDBParameters",
    "rds:DescribeEvents",
    "secretsmanager:DescribeSecret",
];

/// Takes a snapshot of a service and what it depends on.
///
/// ```text
/// round 1  service ──────────┐           ListTasks      scaling
/// round 2  task definition   │           DescribeTasks
///          target groups, their health and attributes
///          VPC of the service's subnets
/// round 3  load balancers, attributes, listeners        what the task definition names:
///          VPCs: attributes, subnets, routes, ACLs,     images, secrets, permissions, logs
///          NAT gateways, endpoints
///          database
/// round 4  listener rules
///          security groups of tasks, load balancers, endpoints, database
///          parameters, events and metrics of the database
///          the database's VPC, where it is another one
/// round 5  prefix lists
/// ```
///
/// A further round before finds the service by its stack. Every call of a round is made at once; only further pages
/// take more rounds.
///
/// The number of calls does not grow with the account. With `c` containers, `s` secrets, `t` tasks, `g` target groups
/// (at most 5), `l` listeners, `v` VPCs (mostly 1) and `p` prefix lists they are, a page each, at most
/// 25 + 4 `c` + `s` + `t`/100 + 5 `g` + `l` + 7 `v` + `p`, and repetitions of failed ones as
/// [`Clients::connect`] limits them.
pub async fn collect(clients: &Clients, target: &Subject, taken_at: DateTime<Utc>) -> Snapshot {
    let (front, tasks, scaling) = join!(
        front(clients, target),
        ecs::tasks(clients, target),
        scaling::scaling(clients, target),
    );
    let Front {
        service,
        definition,
        target_groups,
        task_vpcs,
    } = front;
    let (surroundings, (images, secrets, permissions, logs)) = join!(
        surroundings::surroundings(
            clients,
            service.as_ref(),
            definition.as_ref(),
            &target_groups,
            task_vpcs,
        ),
        async {
            join!(
                ecr::images(clients, definition.as_ref()),
                secrets::secrets(clients, definition.as_ref()),
                iam::permissions(clients, definition.as_ref()),
                logs::last_lines(clients, definition.as_ref(), tasks.as_ref()),
            )
        },
    );
    let Surroundings {
        load_balancers,
        network,
        security_groups,
        prefix_lists,
        database,
    } = surroundings;
    Snapshot {
        version: 1,
        taken_at,
        target: target.clone(),
        service,
        task_definition: definition.map(|definition| definition.shown),
        tasks,
        target_groups: target_groups.groups,
        load_balancers,
        vpcs: network.vpcs,
        subnets: network.subnets,
        route_tables: network.route_tables,
        network_acls: network.network_acls,
        nat_gateways: network.nat_gateways,
        endpoints: network.endpoints,
        security_groups,
        prefix_lists,
        database,
        scaling,
        permissions,
        secrets,
        images,
        logs,
        service_deployments: not_collected(),
        older_tasks: not_collected(),
        stack: not_collected(),
        parameters: Default::default(),
        keys: Default::default(),
        log_groups: Default::default(),
        unread_logs: Default::default(),
        roles: Default::default(),
    }
}

/// The service and what it names itself: rounds 1 and 2.
struct Front {
    service: Observed<Service>,
    definition: Observed<ecs::Definition>,
    target_groups: elbv2::Found,
    task_vpcs: Observed<BTreeSet<String>>,
}

async fn front(clients: &Clients, target: &Subject) -> Front {
    let service = ecs::service(clients, target).await;
    let arn = service
        .as_ref()
        .map(|service| service.task_definition.as_str());
    let (definition, target_groups, task_vpcs) = join!(
        ecs::task_definition(clients, arn),
        elbv2::target_groups(clients, target_groups_of(&service)),
        ec2::vpcs_of(clients, service.as_ref()),
    );
    Front {
        service,
        definition,
        target_groups,
        task_vpcs,
    }
}

fn target_groups_of(service: &Observed<Service>) -> Observed<BTreeSet<String>> {
    let service = service.as_ref().map_err(Clone::clone)?;
    let mappings = service.load_balancers.iter();
    Ok(mappings
        .map(|mapping| mapping.target_group.clone())
        .collect())
}

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

/// Tasks by id.
pub type Tasks = std::collections::BTreeMap<String, crate::snapshot::Task>;
/// Target groups by ARN.
pub type TargetGroups = std::collections::BTreeMap<String, crate::snapshot::TargetGroup>;
