//! What `probe db` asks for: the database of a service, who connects to it, and what lies ahead of it.

use chrono::{DateTime, Utc};
use tokio::join;

use super::{Clients, ecs, elbv2, rds, scaling, target_groups_of};
use crate::snapshot::{Snapshot, Subject, Unobserved, Upkeep};

/// Days of events: half of what RDS keeps.
const DAYS: i32 = 7;

/// The database of a service in a snapshot that has no other sections but those that tell how many connections the
/// service wants, and what RDS plans for it. Four rounds of calls, whatever else is in the account.
pub async fn database(
    clients: &Clients,
    target: &Subject,
    taken_at: DateTime<Utc>,
) -> (Snapshot, Option<Upkeep>) {
    let (service, scaling) = join!(
        ecs::service(clients, target),
        scaling::scaling(clients, target),
    );
    let arn = service
        .as_ref()
        .map(|service| service.task_definition.as_str());
    let (definition, groups) = join!(
        ecs::task_definition(clients, arn),
        elbv2::target_groups(clients, target_groups_of(&service)),
    );
    let vpcs: Vec<String> = groups.vpcs.iter().flatten().cloned().collect();
    let mut database = rds::database(clients, definition.as_ref(), &vpcs).await;
    let upkeep = match &mut database {
        Ok(Some(database)) => {
            let known = database.clone();
            let (upkeep, ()) = join!(
                rds::upkeep(clients, &known),
                rds::details(clients, database, DAYS),
            );
            Some(upkeep)
        }
        Ok(None) | Err(Unobserved { .. }) => None,
    };
    let snapshot = Snapshot {
        service,
        scaling,
        database,
        task_definition: definition.map(|definition| definition.shown),
        ..Snapshot::empty(target.clone(), taken_at)
    };
    (snapshot, upkeep)
}
