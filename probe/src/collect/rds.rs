//! RDS: which database instance the service uses.

use super::{
    Clients, TargetGroups,
    ecs::Definition,
    failure::{missing, unobserved},
};
use crate::snapshot::{Database, Observed, Unobserved};

/// A database instance with what is needed to tell whose it is.
#[derive(Debug)]
pub(super) struct Candidate {
    database: Database,
    vpc: Option<String>,
    cluster: Option<String>,
}

pub(super) async fn databases(clients: &Clients) -> Observed<Vec<Candidate>> {
    let instances: Vec<aws_sdk_rds::types::DbInstance> = clients
        .rds
        .describe_db_instances()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeDBInstances", &error))?;
    let candidate = |instance: &aws_sdk_rds::types::DbInstance| {
        let endpoint = instance.endpoint();
        let groups = instance
            .vpc_security_groups()
            .iter()
            .filter_map(|group| group.vpc_security_group_id());
        Some(Candidate {
            database: Database {
                id: instance.db_instance_identifier()?.to_owned(),
                status: instance.db_instance_status().unwrap_or_default().to_owned(),
                address: endpoint
                    .and_then(|endpoint| endpoint.address())
                    .map(ToOwned::to_owned),
                port: endpoint
                    .and_then(|endpoint| endpoint.port())
                    .unwrap_or(5432),
                security_groups: groups.map(ToOwned::to_owned).collect(),
                matched_by: String::new(),
                ..Default::default()
            },
            cluster: instance.db_cluster_identifier().map(ToOwned::to_owned),
            vpc: instance
                .db_subnet_group()
                .and_then(|group| group.vpc_id())
                .map(ToOwned::to_owned),
        })
    };
    Ok(instances.iter().filter_map(candidate).collect())
}

/// The database of the service: the one whose endpoint an environment variable names; else, where the task
/// definition speaks of a database at all, the only one in the service's VPC.
pub(super) fn database_of(
    candidates: Observed<Vec<Candidate>>,
    definition: Result<&Definition, &Unobserved>,
    target_groups: Result<&TargetGroups, &Unobserved>,
) -> Observed<Option<Database>> {
    let candidates = candidates?;
    let definition = definition.map_err(Clone::clone)?;
    for Candidate {
        database, cluster, ..
    } in &candidates
    {
        let is_endpoint = |host: &str| {
            let of_cluster = cluster
                .as_ref()
                .is_some_and(|cluster| host.starts_with(&format!("{cluster}.cluster-")));
            database.address.as_deref() == Some(host) || of_cluster
        };
        let names = |value: &str| hosts(value).any(is_endpoint);
        if let Some((variable, _)) = definition
            .environment
            .iter()
            .find(|(_, value)| names(value))
        {
            let matched_by = format!("environment variable {variable}");
            return Ok(Some(Database {
                matched_by,
                ..database.clone()
            }));
        }
    }
    // A host that is not found is said, never replaced by a guess.
    let elsewhere = |value: &str| hosts(value).any(|host| host.ends_with(".rds.amazonaws.com"));
    if let Some((variable, _)) = definition
        .environment
        .iter()
        .find(|(_, value)| elsewhere(value))
    {
        let what = format!(
            "no DB instance here has the endpoint that the environment variable {variable} names"
        );
        return Err(missing("rds:DescribeDBInstances", what));
    }
    if !speaks_of_database(definition) {
        return Ok(None);
    }
    let vpc = target_groups
        .map_err(Clone::clone)?
        .values()
        .find_map(|group| group.vpc.as_ref());
    let mut nearby = candidates
        .into_iter()
        .filter(|candidate| vpc.is_none() || candidate.vpc.as_ref() == vpc);
    match (nearby.next(), nearby.next()) {
        (None, _) => Ok(None),
        (Some(Candidate { database, .. }), None) => {
            Ok(Some(Database { matched_by: "only database in the VPC".into(), ..database }))
        }
        (Some(first), Some(second)) => Err(Unobserved {
            operation: "rds:DescribeDBInstances".into(),
            code: "Ambiguous".into(),
            message: format!(
                "several databases could be this service's, {} and {} among them: name the host in a plain environment variable such as DB_HOST",
                first.database.id, second.database.id
            )
            .into(),
        }),
    }
}

fn speaks_of_database(definition: &Definition) -> bool {
    let containers = &definition.shown.containers;
    let plain = containers
        .iter()
        .flat_map(|container| container.environment.iter().map(String::as_str));
    let injected = containers
        .iter()
        .flat_map(|container| container.secrets.iter().map(|secret| secret.name.as_str()));
    plain.chain(injected).any(|name| {
        let name = name.to_ascii_uppercase();
        name.split('_')
            .any(|word| ["DB", "RDS", "DATABASE", "PGHOST", "POSTGRES"].contains(&word))
    })
}

/// The parts of a value that could be host names: of `postgres://app@db.example:5432/app` also `db.example`.
fn hosts(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
}
