//! IAM: what the execution role may do of what it needs, by policy simulation.

use std::collections::BTreeSet;

use futures::future::try_join_all;

use super::{Clients, ecr, ecs::Definition, failure::unobserved};
use crate::snapshot::{Observed, Permission, Unobserved, View};

/// What pulling an image from a repository needs.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html>
const PULL: [&str; 3] = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
];

/// Actions on resources that the execution role needs for this task definition.
fn needed(definition: &Definition) -> Vec<(Vec<&'static str>, Vec<String>)> {
    let images = definition
        .shown
        .containers
        .iter()
        .filter_map(|container| ecr::parse(&container.image));
    let repositories: BTreeSet<String> = images
        .map(|image| {
            format!(
                "arn:aws:ecr:{}:{}:repository/{}",
                image.region, image.account, image.repository
            )
        })
        .collect();
    let secrets: BTreeSet<String> = definition
        .shown
        .secrets()
        .filter_map(|(_, secret)| secret.secret_arn())
        .collect();
    let mut needed = vec![];
    if !repositories.is_empty() {
        needed.push((vec!["ecr:GetAuthorizationToken"], vec!["*".to_owned()]));
        needed.push((PULL.to_vec(), repositories.into_iter().collect()));
    }
    if !secrets.is_empty() {
        needed.push((
            vec!["secretsmanager:GetSecretValue"],
            secrets.into_iter().collect(),
        ));
    }
    needed
}

pub(super) async fn permissions(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
) -> Observed<Vec<Permission>> {
    let definition = definition.map_err(Clone::clone)?;
    let Some(role) = &definition.shown.execution_role else {
        return Ok(vec![]);
    };
    let simulate = |(actions, resources): (Vec<&'static str>, Vec<String>)| {
        let pages = clients
            .iam
            .simulate_principal_policy()
            .policy_source_arn(role)
            .set_action_names(Some(actions.into_iter().map(ToOwned::to_owned).collect()))
            .set_resource_arns(Some(resources))
            .into_paginator()
            .items()
            .send();
        async move {
            pages
                .try_collect()
                .await
                .map_err(|error| unobserved("iam:SimulatePrincipalPolicy", &error))
        }
    };
    let results = try_join_all(needed(definition).into_iter().map(simulate)).await?;
    let permission = |result: aws_sdk_iam::types::EvaluationResult| Permission {
        action: result.eval_action_name().to_owned(),
        resource: result.eval_resource_name().unwrap_or("*").to_owned(),
        decision: result.eval_decision().as_str().to_owned(),
        view: View::Simulated,
    };
    Ok(results.into_iter().flatten().map(permission).collect())
}
