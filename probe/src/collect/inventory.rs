//! What of a deployment is in the account. As the checklist of `cloudformation/teardown` does, it asks each service
//! itself; where AWS can choose by tag or by name, it is asked to.

mod compute;
mod data;
mod network;
mod records;
mod tagged;

use chrono::{DateTime, Utc};
use tokio::join;

use super::{Clients, ecs};
use crate::snapshot::{Holding, Inventory, Kind, Observed, Subject};

/// What was found of a kind.
type Found = Observed<Vec<Holding>>;

/// Looks for everything that belongs to the stacks of a prefix. It cannot fail: a kind that was not seen says why.
pub async fn inventory(clients: &Clients, prefix: &str, taken_at: DateTime<Utc>) -> Inventory {
    let ours = Ours { prefix };
    let (compute, network, data, records, tagged) = join!(
        compute::found(clients, ours),
        network::found(clients, ours),
        data::found(clients, ours, taken_at),
        records::found(clients, ours),
        tagged::found(clients, ours),
    );
    let all = [compute, network, data, records, tagged];
    let found: Vec<(Kind, Found)> = all.into_iter().flatten().collect();
    Inventory {
        taken_at,
        region: clients.region.clone(),
        prefix: prefix.to_owned(),
        found: found.into_iter().collect(),
    }
}

/// The name of the stack that made a service; `None` where none did.
///
/// # Errors
/// When the service was not seen.
pub async fn stack_of(clients: &Clients, target: &Subject) -> Observed<Option<String>> {
    Ok(ecs::service(clients, target).await?.stack)
}

/// How to tell what belongs to the deployment.
#[derive(Debug, Clone, Copy)]
struct Ours<'a> {
    prefix: &'a str,
}

impl Ours<'_> {
    /// Whether CloudFormation made the name of one of our stacks' names.
    fn named(self, name: &str) -> bool {
        let rest = name.strip_prefix(self.prefix);
        rest.is_some_and(|rest| rest.starts_with('-'))
    }

    /// Whether the tag of our stacks is among these.
    fn tagged<'t>(
        self,
        tags: impl IntoIterator<Item = (Option<&'t str>, Option<&'t str>)>,
    ) -> bool {
        let ours = (Some("Project"), Some(self.prefix));
        tags.into_iter().any(|tag| tag == ours)
    }
}

fn holding(id: Option<&str>) -> Holding {
    let id = id.unwrap_or_default().to_owned();
    Holding {
        name: id.clone(),
        id,
        ..Holding::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_prefix_that_begins_alike_is_not_ours() {
        let ours = Ours { prefix: "events" };
        assert!(ours.named("events-data-database-1"));
        assert!(
            !ours.named("events2-data-database-1")
                && !ours.named("events")
                && !ours.named("my-events-data")
        );
        assert!(ours.tagged([(Some("Name"), Some("x")), (Some("Project"), Some("events"))]));
        assert!(!ours.tagged([
            (Some("Project"), Some("events-2")),
            (Some("Name"), Some("events"))
        ]));
    }
}
