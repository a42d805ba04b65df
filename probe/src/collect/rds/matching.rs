//! Which database instance is the service's.

use super::Candidate;
use crate::{
    collect::{ecs::Definition, failure::missing},
    snapshot::{Database, Observed, Unobserved},
};

/// The filter of DescribeDBInstances for the hosts that the environment names, where their names tell the
/// instances or the cluster: `<id>.<hash>.<region>.rds.amazonaws.com`.
pub(super) fn filter_for(definition: &Definition) -> Option<(&'static str, Vec<String>)> {
    let values = definition.environment.iter().map(|(_, value)| value);
    let rds = values.flat_map(|value| hosts(value).filter(|host| is_rds(host)));
    let named: Option<Vec<_>> = rds.map(named_by).collect();
    let mut named = named?;
    named.sort();
    named.dedup();
    let kind = named.first()?.0;
    let same = named.iter().all(|(other, _)| *other == kind);
    same.then(|| (kind, named.into_iter().map(|(_, id)| id).collect()))
}

/// The filter and the id that a host name of RDS tells; that of a proxy or a custom endpoint tells neither.
fn named_by(host: &str) -> Option<(&'static str, String)> {
    let host = host.to_ascii_lowercase();
    let labels: Vec<&str> = host.strip_suffix(RDS)?.split('.').collect();
    let [id, hash, _region] = labels[..] else {
        return None;
    };
    let filter = if hash.starts_with("proxy-") || hash.starts_with("cluster-custom-") {
        return None;
    } else if hash.starts_with("cluster-") {
        "db-cluster-id"
    } else {
        "db-instance-id"
    };
    Some((filter, id.to_owned()))
}

const RDS: &str = ".rds.amazonaws.com";

fn is_rds(host: &str) -> bool {
    host.to_ascii_lowercase().ends_with(RDS)
}

/// Whether there is any reason to ask RDS: the environment names one of its hosts, or speaks of a database.
pub(super) fn is_wanted(definition: &Definition) -> bool {
    let mut values = definition.environment.iter().map(|(_, value)| value);
    values.any(|value| hosts(value).any(is_rds)) || speaks_of_database(definition)
}

/// The database of the service: the one whose endpoint an environment variable names; else, where the task
/// definition speaks of a database at all, the only one in the service's VPCs.
pub(super) fn choose(
    candidates: Vec<Candidate>,
    definition: &Definition,
    vpcs: &[String],
) -> Observed<Option<Database>> {
    for Candidate {
        database, cluster, ..
    } in &candidates
    {
        let is_endpoint = |host: &str| {
            let host = host.to_ascii_lowercase();
            let of_cluster = cluster
                .as_ref()
                .is_some_and(|cluster| host.starts_with(&format!("{cluster}.cluster-")));
            database.address.as_deref() == Some(host.as_str()) || of_cluster
        };
        let names = |value: &str| hosts(value).any(is_endpoint);
        if let Some((variable, _)) = definition
            .environment
            .iter()
            .find(|(_, value)| names(value))
        {
            let matched_by = format!("environment variable {variable}");
            return Ok(Some(Database {
                matched_by,
                ..database.clone()
            }));
        }
    }
    // A host that is not found is said, never replaced by a guess.
    let elsewhere = |value: &str| hosts(value).any(is_rds);
    if let Some((variable, _)) = definition
        .environment
        .iter()
        .find(|(_, value)| elsewhere(value))
    {
        let what = format!(
            "no DB instance here has the endpoint that the environment variable {variable} names"
        );
        return Err(missing("rds:DescribeDBInstances", what));
    }
    if !speaks_of_database(definition) {
        return Ok(None);
    }
    let mut nearby = candidates.into_iter().filter(|candidate| {
        let vpc = candidate.database.vpc.as_ref();
        vpcs.is_empty() || vpc.is_some_and(|vpc| vpcs.contains(vpc))
    });
    match (nearby.next(), nearby.next()) {
        (None, _) => Ok(None),
        (Some(Candidate { database, .. }), None) => {
            Ok(Some(Database { matched_by: "only database in the VPC".into(), ..database }))
        }
        (Some(first), Some(second)) => Err(Unobserved {
            operation: "rds:DescribeDBInstances".into(),
            code: "Ambiguous".into(),
            message: format!(
                "several databases could be this service's, {} and {} among them: name the host in a plain environment variable such as DB_HOST",
                first.database.id, second.database.id
            )
            .into(),
        }),
    }
}

fn speaks_of_database(definition: &Definition) -> bool {
    let containers = &definition.shown.containers;
    let plain = containers
        .iter()
        .flat_map(|container| container.environment.iter().map(String::as_str));
    let injected = containers
        .iter()
        .flat_map(|container| container.secrets.iter().map(|secret| secret.name.as_str()));
    plain.chain(injected).any(|name| {
        let name = name.to_ascii_uppercase();
        name.split('_')
            .any(|word| ["DB", "RDS", "DATABASE", "PGHOST", "POSTGRES"].contains(&word))
    })
}

/// The parts of a value that could be host names: of `postgres://app@db.example:5432/app` also `db.example`.
fn hosts(value: &str) -> impl Iterator<Item = &str> {
    value.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_tells_the_instance_or_the_cluster() {
        let of = |host: &str| named_by(&format!("{host}.abc123.ap-northeast-1.rds.amazonaws.com"));
        assert_eq!(of("Events"), Some(("db-instance-id", "events".to_owned())));
        let of = |hash: &str| named_by(&format!("events.{hash}.eu-west-1.rds.amazonaws.com"));
        for hash in ["cluster-abc", "cluster-ro-abc"] {
            assert_eq!(of(hash), Some(("db-cluster-id", "events".to_owned())));
        }
        for hash in ["proxy-abc", "cluster-custom-abc", "abc.def"] {
            assert_eq!(of(hash), None);
        }
        assert_eq!(named_by("db.example.com"), None);
    }
}
