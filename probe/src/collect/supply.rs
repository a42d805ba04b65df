//! Everything that a task is given when it starts, and whether it may have it.

use std::collections::BTreeMap;

use futures::join;

use super::{
    Clients, SecretValues, ecr, ecs::Definition, iam, kms, logs, permissions, secrets, ssm,
};
use crate::snapshot::{
    Image, Key, LogGroup, Observed, Parameter, Permission, Role, Secret, Unobserved,
};

/// The sections of the snapshot that follow from the task definition alone.
pub(super) struct Supply {
    pub(super) secrets: BTreeMap<String, Observed<Secret>>,
    pub(super) parameters: BTreeMap<String, Observed<Parameter>>,
    pub(super) keys: BTreeMap<String, Observed<Key>>,
    pub(super) images: BTreeMap<String, Observed<Image>>,
    pub(super) log_groups: BTreeMap<String, Observed<LogGroup>>,
    pub(super) roles: BTreeMap<String, Observed<Role>>,
    pub(super) permissions: Observed<Vec<Permission>>,
}

/// Looks at it in three dependent rounds: secrets, their keys, and what the role may do with both.
pub(super) async fn supply(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    values: SecretValues,
) -> Supply {
    let secrets_and_permissions = async {
        let mut secrets = secrets::secrets(clients, definition, values).await;
        let keys = kms::keys(clients, &secrets).await;
        secrets.keep_keys(|key| keys.shown.contains_key(key));
        let needs = match definition {
            Ok(definition) => permissions::needed(&definition.shown, &secrets, &keys),
            Err(_) => vec![],
        };
        let simulated = permissions::simulated(clients, definition, &needs).await;
        (secrets, keys, needs, simulated)
    };
    let ((secrets, keys, needs, simulated), parameters, images, log_groups, roles) = join!(
        secrets_and_permissions,
        ssm::parameters(clients, definition),
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
        images,
        log_groups,
        roles,
        permissions,
    }
}
