//! Secrets Manager: whether the secrets that the task definition names exist, and how they are kept.

use std::collections::{BTreeMap, BTreeSet};

use futures::{future::join_all, join};

use super::{
    Clients, SecretValues, clients::region_of, ecs::Definition, ecs::time, failure::unobserved,
    kms, secret_shape::shape,
};
use crate::snapshot::{Observed, Secret, Unobserved};

/// Secrets as the snapshot keeps them, and what else is needed to go on.
#[derive(Default)]
pub(super) struct Secrets {
    pub(super) shown: BTreeMap<String, Observed<Secret>>,
    /// The ARN with the suffix of Secrets Manager, where the task definition names the secret without.
    full: BTreeMap<String, String>,
}

impl Secrets {
    /// The ARNs by which IAM judges: the full ones, as far as they are known.
    pub(super) fn full_arns(&self) -> BTreeSet<String> {
        let full = |arn: &String| self.full.get(arn).unwrap_or(arn).clone();
        self.shown.keys().map(full).collect()
    }

    /// The customer managed keys that encrypt them, with the secret's ARN.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&String, &String)> {
        self.shown.iter().filter_map(|(arn, secret)| match secret {
            Ok(Secret::Present { key: Some(key), .. }) => Some((key, arn)),
            _ => None,
        })
    }

    /// Forgets keys that turned out to be managed by AWS.
    pub(super) fn keep_keys(&mut self, is_customers: impl Fn(&str) -> bool) {
        for secret in self.shown.values_mut().flatten() {
            if let Secret::Present { key, .. } = secret {
                *key = key.take().filter(|key| is_customers(key));
            }
        }
    }
}

pub(super) async fn secrets(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    values: SecretValues,
) -> Secrets {
    let Ok(definition) = definition else {
        return Secrets::default();
    };
    let injected = definition.shown.secrets();
    let injected = injected.filter_map(|(_, secret)| secret.secret_arn());
    let of_registries = definition.shown.containers.iter();
    let of_registries =
        of_registries.filter_map(|container| container.registry_credentials.clone());
    let arns: BTreeSet<String> = injected.chain(of_registries).collect();
    let observe = |arn: String| async move {
        let (secret, full) = observe(clients, &arn, values).await;
        (arn, secret, full)
    };
    let mut seen = Secrets::default();
    for (arn, secret, full) in join_all(arns.into_iter().map(observe)).await {
        seen.full.extend(full.map(|full| (arn.clone(), full)));
        seen.shown.insert(arn, secret);
    }
    seen
}

/// The secret, and its full ARN.
async fn observe(
    clients: &Clients,
    arn: &str,
    values: SecretValues,
) -> (Observed<Secret>, Option<String>) {
    let named = |key: &str| kms::named(clients, key, arn);
    let clients = &clients.at(region_of(arn));
    let looked_at = async {
        match values {
            SecretValues::Unread => None,
            SecretValues::KeyNames => Some(shape(clients, arn).await),
        }
    };
    let call = clients.secrets.describe_secret().secret_id(arn).send();
    let (described, shape) = join!(call, looked_at);
    match described {
        Ok(secret) => {
            let versions = || secret.version_ids_to_stages().into_iter().flatten();
            let shown = Secret::Present {
                name: secret.name().unwrap_or_default().to_owned(),
                deleted_at: time(secret.deleted_date()),
                key: secret
                    .kms_key_id()
                    .filter(|key| !key.contains("alias/aws/"))
                    .map(named),
                changed_at: time(secret.last_changed_date()),
                stages: sorted(versions().flat_map(|(_, stages)| stages)),
                versions: sorted(versions().map(|(version, _)| version)),
                shape,
            };
            (Ok(shown), secret.arn().map(ToOwned::to_owned))
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            (Ok(Secret::Missing), None)
        }
        Err(error) => (
            Err(unobserved("secretsmanager:DescribeSecret", &error)),
            None,
        ),
    }
}

fn sorted<'a>(words: impl Iterator<Item = &'a String>) -> Vec<String> {
    words
        .cloned()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}
