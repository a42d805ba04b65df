//! The way from the tasks to the database, from each subnet of the service.

use super::{
    Goal, Passage, Path, best,
    map::{Map, not_awsvpc},
    place::{End, Place},
    walk::{TASK, Walk},
};
use crate::{
    network::Kind,
    snapshot::{Database, Observed, Service, Snapshot},
};

/// A path for each subnet of the service; none where there is no database.
///
/// Which of its subnets the database stands in is not known. As long as nobody complains, the one that is easiest
/// to reach is taken for it, else the one that is hardest to reach.
///
/// # Errors
/// When the database or the service was not seen.
pub fn to_database(snapshot: &Snapshot, is_missed: bool) -> Observed<Vec<Path>> {
    let Some(database) = snapshot.database()? else {
        return Ok(vec![]);
    };
    let service = snapshot.service()?;
    if service.security_groups.is_empty() {
        return Err(not_awsvpc());
    }
    let map = Map(snapshot);
    let path = |subnet: &String| {
        let ways: Vec<Path> = database
            .subnets
            .iter()
            .map(|theirs| way(map, service, database, subnet, theirs))
            .collect();
        let chosen = match is_missed {
            true => ways.into_iter().max_by_key(|path| path.refusals().count()),
            false => best(ways),
        };
        chosen.unwrap_or_else(|| blind(map, service, database, subnet))
    };
    Ok(service.subnets.iter().map(path).collect())
}

fn way(map: Map<'_>, service: &Service, database: &Database, mine: &str, theirs: &str) -> Path {
    let (Ok(from), Ok(to)) = (map.subnet(mine), map.subnet(theirs)) else {
        return blind(map, service, database, mine);
    };
    let (tasks, target) = (Place::every(&from.cidr), Place::one(&to.cidr));
    let mut walk = Walk::new(map);
    // Its name resolves to its public address outside of its VPC.
    if database.publicly_accessible && from.vpc != to.vpc {
        let internet = End {
            groups: &[],
            place: Place::Internet,
        };
        walk.out_of(&service.security_groups, database.port, &internet);
        walk.goes_online(mine, database.port, service.assign_public_ip);
        walk.arrives_at(&database.security_groups, database.port, &internet);
        return path(database, mine, walk);
    }
    ends(&mut walk, service, database, &tasks, &target);
    walk.crosses((mine, &tasks), (theirs, &target), database.port, TASK);
    walk.routes(mine, &target);
    walk.routes(theirs, &tasks);
    path(database, mine, walk)
}

/// Where the database's subnets were not seen, its security groups still say something.
fn blind(map: Map<'_>, service: &Service, database: &Database, mine: &str) -> Path {
    let mut walk = Walk::new(map);
    let tasks = map
        .subnet(mine)
        .map_or(Place::Unknown, |subnet| Place::every(&subnet.cidr));
    ends(&mut walk, service, database, &tasks, &Place::Unknown);
    let unseen = map.unseen("ec2:DescribeSubnets", "a subnet of tasks or database");
    walk.hop(Kind::Acl, mine, Passage::Unseen(unseen.clone()));
    walk.hop(Kind::Route, mine, Passage::Unseen(unseen));
    path(database, mine, walk)
}

fn ends(
    walk: &mut Walk<'_>,
    service: &Service,
    database: &Database,
    tasks: &Place,
    target: &Place,
) {
    let to = End {
        groups: &database.security_groups,
        place: target.clone(),
    };
    let from = End {
        groups: &service.security_groups,
        place: tasks.clone(),
    };
    walk.out_of(&service.security_groups, database.port, &to);
    walk.arrives_at(&database.security_groups, database.port, &from);
}

fn path(database: &Database, subnet: &str, walk: Walk<'_>) -> Path {
    Path {
        goal: Goal::Database {
            id: database.id.clone(),
            port: database.port,
        },
        subnet: subnet.to_owned(),
        endpoint: None,
        hops: walk.hops,
    }
}
