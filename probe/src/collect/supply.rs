//! Everything that a task is given when it starts, and whether it may have it.

use std::collections::{BTreeMap, BTreeSet};

use futures::join;

use super::{
    Clients, SecretValues, ecr,
    ecs::Definition,
    iam, kms, logs, permissions,
    secrets::{self, Secrets},
    ssm,
};
use crate::snapshot::{
    Image, Key, LogGroup, Observed, Parameter, Permission, Policy, Role, Secret, Unobserved,
};

/// The sections of the snapshot that follow from the task definition alone.
pub(super) struct Supply {
    pub(super) secrets: BTreeMap<String, Observed<Secret>>,
    pub(super) parameters: BTreeMap<String, Observed<Parameter>>,
    pub(super) keys: BTreeMap<String, Observed<Key>>,
    pub(super) key_policies: BTreeMap<String, Observed<Policy>>,
    pub(super) images: BTreeMap<String, Observed<Image>>,
    pub(super) log_groups: BTreeMap<String, Observed<LogGroup>>,
    pub(super) roles: BTreeMap<String, Observed<Role>>,
    pub(super) permissions: Observed<Vec<Permission>>,
}

/// Looks at it in three dependent rounds: secrets and parameters, their keys, and who may do what with all of them.
pub(super) async fn supply(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    values: SecretValues,
) -> Supply {
    let secrets_and_permissions = async {
        let (mut secrets, mut parameters) = join!(
            secrets::secrets(clients, definition, values),
            ssm::parameters(clients, definition),
        );
        let users = key_users(&secrets, &parameters, definition);
        let named = users
            .iter()
            .map(|(key, _, user)| (key.clone(), user.clone()));
        let keys = kms::keys(clients, &named.collect()).await;
        secrets.keep_keys(|key| keys.shown.contains_key(key));
        ssm::keep_keys(&mut parameters, |key| keys.shown.contains_key(key));
        let mut by_service: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (key, service, _) in users {
            by_service
                .entry(service)
                .or_default()
                .extend(keys.arn(&key).cloned());
        }
        let needs = match definition {
            Ok(definition) => permissions::needed(&definition.shown, &secrets, by_service),
            Err(_) => vec![],
        };
        let (simulated, key_policies) = join!(
            permissions::simulated(clients, definition, &needs),
            kms::policies(clients, &keys),
        );
        (secrets, parameters, keys, key_policies, needs, simulated)
    };
    let ((secrets, parameters, keys, key_policies, needs, simulated), images, log_groups, roles) = join!(
        secrets_and_permissions,
        ecr::images(clients, definition),
        logs::log_groups(clients, definition),
        iam::roles(clients, definition),
    );
    let role = definition
        .ok()
        .and_then(|definition| definition.shown.execution_role.as_ref());
    let permissions =
        permissions::permissions(simulated, role.and_then(|role| roles.get(role)), &needs);
    Supply {
        secrets: secrets.shown,
        parameters,
        keys: keys.shown,
        key_policies,
        images,
        log_groups,
        roles,
        permissions,
    }
}

/// The keys that are named, each with the service that decrypts with it and the ARN of something that it encrypts.
fn key_users(
    secrets: &Secrets,
    parameters: &BTreeMap<String, Observed<Parameter>>,
    definition: Result<&Definition, &Unobserved>,
) -> Vec<(String, String, String)> {
    let of_secrets = secrets
        .keys()
        .map(|(key, arn)| (key, "secretsmanager", arn.clone()));
    let of_parameters = parameters.iter().filter_map(|(reference, parameter)| {
        let Ok(Parameter::Encrypted { key }) = parameter else {
            return None;
        };
        Some((key, "ssm", ssm::arn(reference, &definition.ok()?.shown)?))
    });
    let user = |(key, service, arn): (&String, &str, String)| {
        let region = arn.split(':').nth(3)?;
        let service = format!("{service}.{region}.amazonaws.com");
        Some((key.clone(), service, arn))
    };
    of_secrets.chain(of_parameters).filter_map(user).collect()
}
