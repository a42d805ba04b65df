//! Which service is meant: as named on the command line, by stack prefix, or the only one there is.

use clap::Args;

use crate::{
    collect::{Clients, find_by_stack, find_services},
    snapshot::{Observed, Subject},
};

/// How the service was named.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// Name of the ECS cluster
    #[arg(long, requires = "service", conflicts_with = "stack")]
    pub cluster: Option<String>,
    /// Name of the ECS service
    #[arg(long, requires = "cluster", conflicts_with = "stack")]
    pub service: Option<String>,
    /// Prefix of the stacks of this repository, for example `events`
    #[arg(long, value_name = "PREFIX")]
    pub stack: Option<String>,
}

/// What naming led to.
#[derive(Debug)]
pub enum Resolution {
    /// Exactly this service.
    Found(Subject),
    /// No service, or several to choose from.
    Choose(Vec<Subject>),
}

impl Target {
    /// The stack that holds the service, where it was named by prefix.
    pub fn stack_name(&self) -> Option<String> {
        self.stack
            .as_ref()
            .map(|prefix| format!("{prefix}-service"))
    }

    /// Finds the service.
    ///
    /// # Errors
    /// When looking it up needs a call that did not answer.
    pub async fn resolve(&self, clients: &Clients) -> Observed<Resolution> {
        if let (Some(cluster), Some(service)) = (&self.cluster, &self.service) {
            let (cluster, service) = (cluster.clone(), service.clone());
            return Ok(Resolution::Found(Subject {
                region: clients.region.clone(),
                cluster,
                service,
            }));
        }
        if let Some(prefix) = &self.stack {
            return find_by_stack(clients, prefix).await.map(Resolution::Found);
        }
        let mut services = find_services(clients).await?;
        Ok(match (services.pop(), services.is_empty()) {
            (Some(only), true) => Resolution::Found(only),
            (last, _) => Resolution::Choose(services.into_iter().chain(last).collect()),
        })
    }
}
