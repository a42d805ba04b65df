//! RDS: which database instance the service uses, and what RDS says of it.

mod events;
mod matching;
mod parameters;
mod upkeep;

use aws_sdk_rds::types::{DbInstance, Filter};
use tokio::join;

pub(super) use events::events;
pub(super) use parameters::vcpus;
pub(super) use upkeep::{support, upkeep};

use super::{Clients, cloudwatch, ecs::Definition, ecs::time, failure::unobserved};
use crate::snapshot::{Database, Observed, Unobserved};

/// A database instance with what is needed to tell whose it is.
#[derive(Debug)]
struct Candidate {
    database: Database,
    cluster: Option<String>,
}

/// The service's database, as far as DescribeDBInstances shows it. `vpcs` are those of tasks and target groups.
pub(super) async fn database(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    vpcs: &[String],
) -> Observed<Option<Database>> {
    let definition = definition.map_err(Clone::clone)?;
    if !matching::is_wanted(definition) {
        return Ok(None);
    }
    let filters = matching::filter_for(definition).map(|(name, values)| {
        let filter = Filter::builder().name(name).set_values(Some(values));
        vec![filter.build()]
    });
    let listed: Result<Vec<DbInstance>, _> = clients
        .rds
        .describe_db_instances()
        .set_filters(filters)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await;
    let instances = match listed {
        Ok(instances) => instances,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_db_instance_not_found_fault()) =>
        {
            vec![]
        }
        Err(error) => return Err(unobserved("rds:DescribeDBInstances", &error)),
    };
    let candidates = instances.iter().filter_map(candidate).collect();
    matching::choose(candidates, definition, vpcs)
}

fn candidate(instance: &DbInstance) -> Option<Candidate> {
    let string = |text: Option<&str>| text.map(ToOwned::to_owned);
    let endpoint = instance.endpoint();
    let groups = instance
        .vpc_security_groups()
        .iter()
        .filter_map(|group| group.vpc_security_group_id());
    let place = instance.db_subnet_group();
    let mut subnets: Vec<String> = place
        .into_iter()
        .flat_map(|place| place.subnets())
        .filter_map(|subnet| string(subnet.subnet_identifier()))
        .collect();
    subnets.sort();
    let parameter_groups = instance.db_parameter_groups().iter().filter_map(|group| {
        let status = group.parameter_apply_status().unwrap_or_default();
        Some((
            group.db_parameter_group_name()?.to_owned(),
            status.to_owned(),
        ))
    });
    let certificate = instance.certificate_details();
    Some(Candidate {
        cluster: string(instance.db_cluster_identifier()),
        database: Database {
            id: instance.db_instance_identifier()?.to_owned(),
            status: instance.db_instance_status().unwrap_or_default().to_owned(),
            address: string(endpoint.and_then(|endpoint| endpoint.address())),
            port: endpoint
                .and_then(|endpoint| endpoint.port())
                .unwrap_or(5432),
            security_groups: groups.map(ToOwned::to_owned).collect(),
            matched_by: String::new(),
            engine: string(instance.engine()),
            engine_version: string(instance.engine_version()),
            class: string(instance.db_instance_class()),
            vpc: string(place.and_then(|place| place.vpc_id())),
            subnets,
            publicly_accessible: instance.publicly_accessible().unwrap_or(false),
            multi_az: instance.multi_az().unwrap_or(false),
            storage_gib: instance.allocated_storage(),
            name: string(instance.db_name()).filter(|name| !name.is_empty()),
            replica_of: string(instance.read_replica_source_db_instance_identifier())
                .filter(|source| !source.is_empty()),
            iam_authentication: instance
                .iam_database_authentication_enabled()
                .unwrap_or(false),
            certificate_authority: string(instance.ca_certificate_identifier()),
            certificate_valid_until: time(certificate.and_then(|found| found.valid_till())),
            parameter_groups: parameter_groups.collect(),
            parameters: None,
            events: None,
            metrics: None,
            keeping: Some(upkeep::keeping(instance)),
        },
    })
}

/// Adds parameters, metrics and the events of the last days. Each of them is known or unknown on its own.
pub(super) async fn details(clients: &Clients, database: &mut Database, days: i32) {
    let id = database.id.clone();
    let events = events::events(clients, &id, days);
    let (events, ()) = join!(events, vitals(clients, database));
    database.events = Some(events);
}

/// Adds parameters and metrics: how much of the database is in use.
pub(super) async fn vitals(clients: &Clients, database: &mut Database) {
    let (parameters, metrics) = join!(
        parameters::parameters(clients, database),
        cloudwatch::of_database(clients, &database.id),
    );
    database.parameters = Some(parameters);
    database.metrics = Some(metrics);
}
