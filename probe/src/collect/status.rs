//! What `probe status` asks for: three dependent rounds, each of a few calls at once.

use tokio::join;

use chrono::{DateTime, Utc};

use super::{
    Clients,
    alarms::{self, Watched},
    cloudwatch, ecs, elbv2, rds, scaling, target_groups_of,
};
use crate::snapshot::{Observed, Sight, Subject};

/// Looks at a service as it is now. It cannot fail: what could not be seen says why.
///
/// ```text
/// round 1  service, scaling range, last activity
/// round 2  task definition   target groups, their health   alarms
/// round 3  database          requests of the load balancers
/// round 4  parameters and metrics of the database
/// ```
///
/// The number of calls grows with the target groups alone, never with tasks or with the account.
pub async fn status(clients: &Clients, target: &Subject, taken_at: DateTime<Utc>) -> Sight {
    let (service, scaling, activity) = join!(
        ecs::service(clients, target),
        scaling::scaling(clients, target),
        scaling::last_activity(clients, target),
    );
    let arn = service
        .as_ref()
        .map(|service| service.task_definition.as_str());
    let (definition, groups, found) = join!(
        ecs::task_definition(clients, arn),
        elbv2::target_groups(clients, target_groups_of(&service)),
        alarms::alarms(clients, target, service.as_ref().ok()),
    );
    let vpcs: Vec<String> = groups.vpcs.iter().flatten().cloned().collect();
    let database = async {
        let found = rds::database(clients, definition.as_ref(), &vpcs).await;
        let mut database = match found {
            Ok(Some(database)) => database,
            nothing => return nothing,
        };
        rds::vitals(clients, &mut database).await;
        Ok(Some(database))
    };
    let traffic = async {
        match &groups.groups {
            Ok(groups) => cloudwatch::traffic(clients, groups).await,
            Err(why) => Err(why.clone()),
        }
    };
    let (database, traffic) = join!(database, traffic);
    let alarms: Observed<_> = found.map(|found| {
        let mut watched = Watched::default();
        let groups = groups.groups.iter().flatten();
        for (arn, group) in groups {
            let balancers = group.load_balancers.iter();
            let arns = balancers
                .chain([arn])
                .map(|arn| cloudwatch::dimension(arn).to_owned());
            watched.resources.extend(arns);
        }
        let database = database.as_ref().ok().and_then(Option::as_ref);
        watched
            .resources
            .extend(database.map(|database| database.id.clone()));
        found.on(target, &watched)
    });
    Sight {
        taken_at,
        target: target.clone(),
        service,
        target_groups: groups.groups,
        alarms,
        scaling,
        activity,
        database,
        traffic,
    }
}
