//! The release that was rolled back, in rounds 3 to 5: its task definition, and whether what that names exists.

use futures::join;

use super::{Clients, SecretValues, ecr, ecs, logs, secrets, ssm};
use crate::{
    reading::rolled_back_by_history,
    snapshot::{Observed, Release, Service, ServiceDeployment, Stack, Unobserved},
};

/// It; `None` where what runs is what was deployed last.
pub(super) async fn release(
    clients: &Clients,
    service: Result<&Service, &Unobserved>,
    stack: Option<&Stack>,
    deployments: Result<&Vec<ServiceDeployment>, &Unobserved>,
    values: SecretValues,
) -> Option<Release> {
    let back = rolled_back_by_history(service.ok()?, deployments.ok()?, stack)?;
    let definition = ecs::task_definition(clients, Ok(&back.wanted)).await;
    let (mut secrets, mut parameters, images, log_groups) = join!(
        secrets::secrets(clients, definition.as_ref(), values),
        ssm::parameters(clients, definition.as_ref()),
        ecr::images(clients, definition.as_ref()),
        logs::log_groups(clients, definition.as_ref()),
    );
    // Who may use the keys was asked for what runs only.
    secrets.keep_keys(|_| false);
    ssm::keep_keys(&mut parameters, |_| false);
    let task_definition: Observed<_> = definition.map(|definition| definition.shown);
    Some(Release {
        task_definition,
        secrets: secrets.shown,
        parameters,
        images,
        log_groups,
    })
}
