//! The whole snapshot: what is asked for in which round, and what waits for what.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tokio::join;

use super::{
    Clients, Options, Tasks, ec2, ecs, elbv2, logs, release, scaling, stacks, supply,
    surroundings::{self, Surroundings},
    target_groups_of,
};
use crate::snapshot::{Observed, Service, Snapshot, Stack, Subject};

/// Takes a snapshot of a service and what it depends on.
///
/// ```text
/// round 1  service ──────────┐           ListTasks      scaling, older tasks, list of deployments
/// round 2  task definition   │           DescribeTasks  service deployments
///          its stack
///          target groups, their health and attributes
///          VPC of the service's subnets
/// round 3  load balancers, attributes, listeners        what the task definition names:
///          VPCs: attributes, subnets, routes, ACLs,     images, secrets, parameters, log groups,
///          NAT gateways, endpoints                      the last log lines, roles and their policies
///          database                                     service revisions
/// round 4  listener rules                               the keys of secrets and parameters,
///                                                       policy documents,
///                                                       task definition that was rolled back
///          security groups of tasks, load balancers, endpoints, database
///          parameters, events and metrics of the database
///          the database's VPC, where it is another one
/// round 5  prefix lists                                 simulated permissions, policies of the keys,
///                                                       managed policies in force, and what the
///                                                       definition that was rolled back names
/// ```
///
/// A further round before finds the service by its stack. Every call of a round is made at once; only further pages
/// take more rounds.
///
/// The number of calls grows with what the service names (containers, secrets, parameters, roles and their policies,
/// target groups, listeners, VPCs), never with the account: 54 on the stack of this repository, and repetitions of
/// failed ones as
/// [`Clients::connect`] limits them.
pub async fn collect(
    clients: &Clients,
    target: &Subject,
    options: &Options,
    taken_at: DateTime<Utc>,
) -> Snapshot {
    let (front, tasks, scaling, older_tasks, described) = join!(
        front(clients, target, options),
        ecs::tasks(clients, target),
        scaling::scaling(clients, target),
        ecs::older_tasks(clients, target, taken_at),
        ecs::described_deployments(clients, target),
    );
    let Front {
        service,
        definition,
        target_groups,
        task_vpcs,
        stack,
    } = front;
    let history = async {
        let deployments = ecs::service_deployments(clients, described).await;
        let stack = stack.as_ref().ok().and_then(Option::as_ref);
        let (service, values) = (service.as_ref(), options.secret_values);
        let release = release::release(clients, service, stack, deployments.as_ref(), values).await;
        (deployments, release)
    };
    let (surroundings, supply, logs, (service_deployments, release)) = join!(
        surroundings::surroundings(
            clients,
            service.as_ref(),
            definition.as_ref(),
            &target_groups,
            task_vpcs,
        ),
        supply::supply(clients, definition.as_ref(), options.secret_values),
        logs::last_lines(clients, definition.as_ref(), tasks.as_ref()),
        history,
    );
    let Surroundings {
        load_balancers,
        network,
        unread_network,
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
        target_groups: target_groups.groups,
        load_balancers,
        vpcs: network.vpcs,
        subnets: network.subnets,
        route_tables: network.route_tables,
        network_acls: network.network_acls,
        nat_gateways: network.nat_gateways,
        endpoints: network.endpoints,
        unread_network,
        security_groups,
        prefix_lists,
        database,
        scaling,
        permissions: supply.permissions,
        secrets: supply.secrets,
        parameters: supply.parameters,
        keys: supply.keys,
        key_policies: supply.key_policies,
        images: supply.images,
        log_groups: supply.log_groups,
        roles: supply.roles,
        logs: logs.lines,
        unread_logs: logs.unread,
        older_tasks: forgotten(older_tasks, &tasks),
        tasks,
        service_deployments,
        release,
        stack,
    }
}

/// The service and what it names itself: rounds 1 and 2.
struct Front {
    service: Observed<Service>,
    definition: Observed<ecs::Definition>,
    target_groups: elbv2::Found,
    task_vpcs: Observed<BTreeSet<String>>,
    stack: Observed<Option<Stack>>,
}

async fn front(clients: &Clients, target: &Subject, options: &Options) -> Front {
    let service = ecs::service(clients, target).await;
    let arn = service
        .as_ref()
        .map(|service| service.task_definition.as_str());
    let (definition, target_groups, task_vpcs, stack) = join!(
        ecs::task_definition(clients, arn),
        elbv2::target_groups(clients, target_groups_of(&service)),
        ec2::vpcs_of(clients, service.as_ref()),
        stacks::stack(clients, service.as_ref(), options.stack.as_deref()),
    );
    Front {
        service,
        definition,
        target_groups,
        task_vpcs,
        stack,
    }
}

/// The older tasks that ECS does not show any more.
pub(super) fn forgotten(older: Observed<Tasks>, shown: &Observed<Tasks>) -> Observed<Tasks> {
    let is_shown = |id: &String| shown.as_ref().is_ok_and(|shown| shown.contains_key(id));
    let keep = |older: Tasks| older.into_iter().filter(|(id, _)| !is_shown(id)).collect();
    older.map(keep)
}
