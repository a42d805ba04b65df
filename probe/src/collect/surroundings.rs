//! What stands around the tasks: load balancers, network and database, in rounds 3 to 5 of the collecting.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use tokio::join;

use super::{
    Clients, cloudwatch,
    ec2::{self, Network},
    ecs::Definition,
    elbv2, rds,
};
use crate::snapshot::{Database, LoadBalancer, Observed, SecurityGroup, Service, Unobserved};

pub(super) struct Surroundings {
    pub(super) load_balancers: Observed<BTreeMap<String, LoadBalancer>>,
    pub(super) network: Network,
    pub(super) unread_network: Vec<Unobserved>,
    pub(super) security_groups: Observed<BTreeMap<String, SecurityGroup>>,
    pub(super) prefix_lists: Observed<BTreeMap<String, Vec<String>>>,
    pub(super) database: Observed<Option<Database>>,
}

pub(super) async fn surroundings(
    clients: &Clients,
    service: Result<&Service, &Unobserved>,
    definition: Result<&Definition, &Unobserved>,
    target_groups: &elbv2::Found,
    task_vpcs: Observed<BTreeSet<String>>,
) -> Surroundings {
    let vpcs = known(task_vpcs, &target_groups.vpcs);
    let near: Vec<String> = vpcs.iter().flatten().cloned().collect();
    let balancers = target_groups.load_balancers.as_ref();
    let (mut load_balancers, errors, heard, network, mut database) = join!(
        elbv2::load_balancers(clients, balancers),
        errors_of(clients, balancers),
        elbv2::listeners(clients, balancers),
        network_of(clients, &vpcs),
        rds::database(clients, definition, &near),
    );

    for (arn, metrics) in errors {
        if let Ok(Some(balancer)) = load_balancers.as_mut().map(|all| all.get_mut(&arn)) {
            balancer.metrics = Some(metrics);
        }
    }

    let of_database = database.as_ref().ok().and_then(Option::as_ref);
    let elsewhere: BTreeSet<String> = of_database
        .and_then(|database| database.vpc.clone())
        .filter(|vpc| !near.contains(vpc))
        .into_iter()
        .collect();
    let groups = groups_of(service, &load_balancers, &network, of_database);
    let ((), security_groups, (), further) = join!(
        async {
            if let Ok(balancers) = &mut load_balancers {
                elbv2::with_rules(clients, heard, balancers).await;
            }
        },
        ec2::security_groups(clients, groups),
        async {
            if let Ok(Some(database)) = &mut database {
                rds::details(clients, database, 1).await;
            }
        },
        ec2::network(clients, &elsewhere),
    );
    let (network, unread_network) = network.with(further);
    let prefix_lists = ec2::prefix_lists(clients, &security_groups, &network.route_tables).await;
    Surroundings {
        load_balancers,
        network,
        unread_network,
        security_groups,
        prefix_lists,
        database,
    }
}

/// The errors of each load balancer, by metric and minute.
async fn errors_of(
    clients: &Clients,
    balancers: Result<&BTreeSet<String>, &Unobserved>,
) -> Vec<(
    String,
    Observed<BTreeMap<String, BTreeMap<DateTime<Utc>, f64>>>,
)> {
    let one = |arn: String| async move {
        let metrics = cloudwatch::of_load_balancer(clients, &arn).await;
        (arn, metrics)
    };
    join_all(balancers.into_iter().flatten().cloned().map(one)).await
}

/// The VPCs of tasks and target groups, from whichever answered.
fn known(
    tasks: Observed<BTreeSet<String>>,
    groups: &Observed<BTreeSet<String>>,
) -> Observed<BTreeSet<String>> {
    match (tasks, groups) {
        (Ok(tasks), Ok(groups)) => Ok(tasks.union(groups).cloned().collect()),
        (Ok(vpcs), Err(_)) if !vpcs.is_empty() => Ok(vpcs),
        (Err(_), Ok(vpcs)) if !vpcs.is_empty() => Ok(vpcs.clone()),
        (Err(why), _) => Err(why),
        (_, Err(why)) => Err(why.clone()),
    }
}

async fn network_of(clients: &Clients, vpcs: &Observed<BTreeSet<String>>) -> Network {
    match vpcs {
        Ok(vpcs) => ec2::network(clients, vpcs).await,
        Err(why) => Network::unknown(why),
    }
}

/// The security groups of tasks, load balancers, endpoints and database, as far as those are known.
fn groups_of(
    service: Result<&Service, &Unobserved>,
    load_balancers: &Observed<BTreeMap<String, LoadBalancer>>,
    network: &Network,
    database: Option<&Database>,
) -> Observed<BTreeSet<String>> {
    let service = service.map_err(Clone::clone)?;
    let of_balancers = load_balancers
        .iter()
        .flat_map(BTreeMap::values)
        .flat_map(|balancer| &balancer.security_groups);
    let of_endpoints = network
        .endpoints
        .iter()
        .flat_map(BTreeMap::values)
        .flat_map(|endpoint| &endpoint.security_groups);
    let of_database = database
        .into_iter()
        .flat_map(|database| &database.security_groups);
    let all = service.security_groups.iter().chain(of_balancers);
    Ok(all
        .chain(of_endpoints)
        .chain(of_database)
        .cloned()
        .collect())
}
