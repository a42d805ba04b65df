//! Secrets Manager: whether the secrets that the task definition names exist. Their values are never read.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use super::{Clients, ecs::Definition, ecs::time, failure::unobserved};
use crate::snapshot::{Observed, Secret, Unobserved};

pub(super) async fn secrets(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
) -> BTreeMap<String, Observed<Secret>> {
    let Ok(definition) = definition else {
        return BTreeMap::new();
    };
    let arns: BTreeSet<String> = definition
        .shown
        .secrets()
        .filter_map(|(_, secret)| secret.secret_arn())
        .collect();
    let observe = |arn: String| async move {
        let secret = describe(clients, &arn).await;
        (arn, secret)
    };
    join_all(arns.into_iter().map(observe))
        .await
        .into_iter()
        .collect()
}

async fn describe(clients: &Clients, arn: &str) -> Observed<Secret> {
    match clients
        .secrets
        .describe_secret()
        .secret_id(arn)
        .send()
        .await
    {
        Ok(secret) => Ok(Secret::Present {
            name: secret.name().unwrap_or_default().to_owned(),
            deleted_at: time(secret.deleted_date()),
            key: secret.kms_key_id().map(ToOwned::to_owned),
            changed_at: time(secret.last_changed_date()),
            stages: secret
                .version_ids_to_stages()
                .into_iter()
                .flat_map(|versions| versions.values().flatten().cloned())
                .collect(),
            versions: secret
                .version_ids_to_stages()
                .into_iter()
                .flat_map(|versions| versions.keys().cloned())
                .collect(),
            shape: None,
        }),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            Ok(Secret::Missing)
        }
        Err(error) => Err(unobserved("secretsmanager:DescribeSecret", &error)),
    }
}
