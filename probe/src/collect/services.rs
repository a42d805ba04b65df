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
    let clusters = cluster_arns(clients).await?;
    let services_of = async |cluster: &String| {
        let arns = service_arns(clients, cluster).await?;
        let names = arns.iter().map(|arn| (name_of(cluster), name_of(arn)));
        Ok(names.collect::<Vec<_>>())
    };
    let found = try_join_all(clusters.iter().map(services_of)).await?;
    let subject = |(cluster, service)| Subject {
        region: clients.region.clone(),
        cluster,
        service,
    };
    Ok(found.into_iter().flatten().map(subject).collect())
}

/// The ARNs of all clusters of the Region.
pub(super) async fn cluster_arns(clients: &Clients) -> Observed<Vec<String>> {
    let pages = clients.ecs.list_clusters().into_paginator().items().send();
    let arns = pages.try_collect().await;
    arns.map_err(|error| unobserved("ecs:ListClusters", &error))
}

/// The ARNs of all services of a cluster, which is given by its name or its ARN.
pub(super) async fn service_arns(clients: &Clients, cluster: &str) -> Observed<Vec<String>> {
    let services = clients.ecs.list_services().cluster(cluster);
    // Unless it is told otherwise, ECS gives ten a call.
    let pages = services.into_paginator().page_size(100).items().send();
    let arns = pages.try_collect().await;
    arns.map_err(|error| unobserved("ecs:ListServices", &error))
}

fn name_of(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or(arn).to_owned()
}
