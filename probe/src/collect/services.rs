//! Which ECS service is meant: by the outputs of our stacks, or by looking around in the account.

use futures::future::try_join_all;

use super::{
    Clients,
    failure::{missing, unobserved},
};
use crate::snapshot::{Observed, Subject};

/// The service of our stacks with that prefix: the outputs `ClusterName` and `ServiceName` of `PREFIX-service`.
///
/// # Errors
/// When the stack cannot be seen or lacks the outputs.
pub async fn find_by_stack(clients: &Clients, prefix: &str) -> Observed<Subject> {
    const OPERATION: &str = "cloudformation:DescribeStacks";
    let name = format!("{prefix}-service");
    let answer = clients
        .cloudformation
        .describe_stacks()
        .stack_name(&name)
        .send()
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let outputs = answer
        .stacks()
        .first()
        .map(|stack| stack.outputs())
        .unwrap_or_default();
    let output = |key: &str| {
        let found = outputs
            .iter()
            .find(|output| output.output_key() == Some(key));
        let value = found.and_then(|output| output.output_value());
        value
            .map(ToOwned::to_owned)
            .ok_or_else(|| missing(OPERATION, format!("the stack {name} has no output {key}")))
    };
    Ok(Subject {
        region: clients.region.clone(),
        cluster: output("ClusterName")?,
        service: output("ServiceName")?,
    })
}

/// Every ECS service of the Region.
///
/// # Errors
/// When clusters or services cannot be listed.
pub async fn find_services(clients: &Clients) -> Observed<Vec<Subject>> {
    let clusters: Vec<String> = clients
        .ecs
        .list_clusters()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("ecs:ListClusters", &error))?;
    let services_of = |cluster: &String| {
        let pages = clients
            .ecs
            .list_services()
            .cluster(cluster)
            .into_paginator()
            .items()
            .send();
        let cluster = name_of(cluster);
        async move {
            let arns: Vec<String> = pages
                .try_collect()
                .await
                .map_err(|error| unobserved("ecs:ListServices", &error))?;
            Ok(arns
                .iter()
                .map(|arn| (cluster.clone(), name_of(arn)))
                .collect::<Vec<_>>())
        }
    };
    let found = try_join_all(clusters.iter().map(services_of)).await?;
    let subject = |(cluster, service)| Subject {
        region: clients.region.clone(),
        cluster,
        service,
    };
    Ok(found.into_iter().flatten().map(subject).collect())
}

fn name_of(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or(arn).to_owned()
}
