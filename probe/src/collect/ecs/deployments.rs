//! Service deployments: ECS keeps them after they are over, the one that was rolled back too.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::ServiceDeployment as Described;

use super::time;
use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Observed, ServiceDeployment, Subject},
};

/// How many of them are looked at.
const NEWEST: i32 = 5;

/// The newest service deployments as ECS describes them: by the service revision that each was to bring.
pub(in crate::collect) async fn described_deployments(
    clients: &Clients,
    target: &Subject,
) -> Observed<Vec<Described>> {
    // ECS lists the newest first, so that the first page is all that is wanted.
    let listed = clients
        .ecs
        .list_service_deployments()
        .cluster(&target.cluster)
        .service(&target.service)
        .max_results(NEWEST)
        .send()
        .await
        .map_err(|error| unobserved("ecs:ListServiceDeployments", &error))?;
    let arns: Vec<String> = listed
        .service_deployments()
        .iter()
        .filter_map(|deployment| Some(deployment.service_deployment_arn()?.to_owned()))
        .collect();
    if arns.is_empty() {
        return Ok(vec![]);
    }
    let described = clients
        .ecs
        .describe_service_deployments()
        .set_service_deployment_arns(Some(arns))
        .send()
        .await
        .map_err(|error| unobserved("ecs:DescribeServiceDeployments", &error))?;
    Ok(described.service_deployments.unwrap_or_default())
}

/// The deployments with their task definitions, the newest first.
pub(in crate::collect) async fn service_deployments(
    clients: &Clients,
    described: Observed<Vec<Described>>,
) -> Observed<Vec<ServiceDeployment>> {
    let deployments = described?;
    let revisions: Vec<String> = deployments.iter().filter_map(revision).collect();
    let definitions = task_definitions(clients, revisions).await?;
    let mut shown: Vec<ServiceDeployment> = deployments
        .iter()
        .map(|deployment| ServiceDeployment {
            status: deployment
                .status()
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default(),
            status_reason: deployment.status_reason().map(Into::into),
            created_at: time(deployment.created_at()),
            finished_at: time(deployment.finished_at()),
            task_definition: revision(deployment)
                .and_then(|arn| definitions.get(&arn))
                .cloned(),
            rollback_reason: deployment
                .rollback()
                .and_then(|rollback| rollback.reason())
                .map(Into::into),
        })
        .collect();
    shown.sort_by_key(|deployment| std::cmp::Reverse(deployment.created_at));
    Ok(shown)
}

/// The service revision that a deployment was to bring.
fn revision(deployment: &Described) -> Option<String> {
    Some(deployment.target_service_revision()?.arn()?.to_owned())
}

/// The task definition of each service revision.
async fn task_definitions(
    clients: &Clients,
    mut revisions: Vec<String>,
) -> Observed<BTreeMap<String, String>> {
    revisions.sort();
    revisions.dedup();
    if revisions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let described = clients
        .ecs
        .describe_service_revisions()
        .set_service_revision_arns(Some(revisions))
        .send()
        .await
        .map_err(|error| unobserved("ecs:DescribeServiceRevisions", &error))?;
    let definition = |revision: &aws_sdk_ecs::types::ServiceRevision| {
        Some((
            revision.service_revision_arn()?.to_owned(),
            revision.task_definition()?.to_owned(),
        ))
    };
    Ok(described
        .service_revisions()
        .iter()
        .filter_map(definition)
        .collect())
}
