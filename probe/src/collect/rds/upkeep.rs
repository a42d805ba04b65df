//! How an instance is kept, and what RDS plans for it.

use aws_sdk_rds::types::{DbInstance, Filter, LifecycleSupportName, PendingMaintenanceAction};
use chrono::{DateTime, Utc};
use tokio::join;

use crate::{
    collect::{Clients, ecs::time, failure::unobserved},
    snapshot::{Database, Keeping, Maintenance, Observed, Support, Upkeep},
};

/// What DescribeDBInstances says of it beside what faults need.
pub(super) fn keeping(instance: &DbInstance) -> Keeping {
    let string = |text: Option<&str>| text.map(ToOwned::to_owned);
    let storage = instance.allocated_storage().unwrap_or_default();
    Keeping {
        arn: string(instance.db_instance_arn()).unwrap_or_default(),
        zone: string(instance.availability_zone()),
        standby_zone: string(instance.secondary_availability_zone()),
        storage_type: string(instance.storage_type()),
        max_storage_gib: instance
            .max_allocated_storage()
            .filter(|most| *most > storage),
        backup_days: instance.backup_retention_period().unwrap_or_default(),
        deletion_protection: instance.deletion_protection().unwrap_or(false),
        maintenance_window: string(instance.preferred_maintenance_window()),
        lifecycle_support: string(instance.engine_lifecycle_support()),
        pending_changes: pending_changes(instance),
    }
}

fn pending_changes(instance: &DbInstance) -> Vec<String> {
    let Some(pending) = instance.pending_modified_values() else {
        return vec![];
    };
    let text = |text: Option<&str>| text.map(ToOwned::to_owned);
    let number = |number: Option<i32>| number.map(|number| number.to_string());
    let changes = [
        ("DBInstanceClass", text(pending.db_instance_class())),
        ("AllocatedStorage", number(pending.allocated_storage())),
        ("StorageType", text(pending.storage_type())),
        ("Iops", number(pending.iops())),
        ("EngineVersion", text(pending.engine_version())),
        ("MultiAZ", pending.multi_az().map(|is| is.to_string())),
        (
            "CACertificateIdentifier",
            text(pending.ca_certificate_identifier()),
        ),
        (
            "BackupRetentionPeriod",
            number(pending.backup_retention_period()),
        ),
    ];
    changes
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
        .collect()
}

/// What lies ahead of the instance, each part known or unknown on its own.
pub(in crate::collect) async fn upkeep(clients: &Clients, database: &Database) -> Upkeep {
    let (maintenance, authority_valid_until, support) = join!(
        maintenance(clients, database),
        authority(clients, database.certificate_authority.as_deref()),
        support(
            clients,
            database.engine.as_deref(),
            database.engine_version.as_deref()
        ),
    );
    Upkeep {
        maintenance,
        authority_valid_until,
        support,
    }
}

async fn maintenance(clients: &Clients, database: &Database) -> Observed<Vec<Maintenance>> {
    let filter = Filter::builder()
        .name("db-instance-id")
        .values(&database.id)
        .build();
    let found: Vec<_> = clients
        .rds
        .describe_pending_maintenance_actions()
        .filters(filter)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribePendingMaintenanceActions", &error))?;
    // Where the filter is not heeded, those of others are left out here.
    let end = format!(":db:{}", database.id);
    let ours = found.iter().filter(|resource| {
        resource
            .resource_identifier()
            .is_some_and(|arn| arn.ends_with(&end))
    });
    let actions = ours.flat_map(|resource| resource.pending_maintenance_action_details());
    let action = |action: &PendingMaintenanceAction| Maintenance {
        action: action.action().unwrap_or_default().to_owned(),
        description: action.description().map(Into::into),
        applied_at: time(action.current_apply_date()).or(time(action.auto_applied_after_date())),
        forced_after: time(action.forced_apply_date()),
        agreed: action.opt_in_status().map(ToOwned::to_owned),
    };
    Ok(actions.map(action).collect())
}

async fn authority(clients: &Clients, name: Option<&str>) -> Observed<Option<DateTime<Utc>>> {
    let Some(name) = name else {
        return Ok(None);
    };
    let answer = clients
        .rds
        .describe_certificates()
        .certificate_identifier(name)
        .send()
        .await
        .map_err(|error| unobserved("rds:DescribeCertificates", &error))?;
    let named = answer
        .certificates()
        .iter()
        .find(|found| found.certificate_identifier() == Some(name));
    Ok(named.and_then(|found| time(found.valid_till())))
}

/// Until when the major version is supported.
pub(in crate::collect) async fn support(
    clients: &Clients,
    engine: Option<&str>,
    version: Option<&str>,
) -> Observed<Option<Support>> {
    let (Some(engine), Some(version)) = (engine, version) else {
        return Ok(None);
    };
    let major = major(engine, version);
    let answer = clients
        .rds
        .describe_db_major_engine_versions()
        .engine(engine)
        .major_engine_version(major)
        .send()
        .await
        .map_err(|error| unobserved("rds:DescribeDBMajorEngineVersions", &error))?;
    let ours = answer
        .db_major_engine_versions()
        .iter()
        .find(|found| found.major_engine_version() == Some(major));
    let until = |name: &LifecycleSupportName| {
        let cycles = ours
            .into_iter()
            .flat_map(|ours| ours.supported_engine_lifecycles());
        let mut named = cycles.filter(|cycle| cycle.lifecycle_support_name() == Some(name));
        named.find_map(|cycle| time(cycle.lifecycle_support_end_date()))
    };
    let standard = until(&LifecycleSupportName::OpenSourceRdsStandardSupport);
    Ok(standard.map(|standard_until| Support {
        standard_until,
        extended_until: until(&LifecycleSupportName::OpenSourceRdsExtendedSupport),
    }))
}

/// The major version as RDS counts it: the first number for PostgreSQL, two of them for the others.
fn major<'a>(engine: &str, version: &'a str) -> &'a str {
    let parts = if engine.contains("postgres") { 1 } else { 2 };
    let mut dots = version.match_indices('.').map(|(place, _)| place);
    dots.nth(parts - 1).map_or(version, |end| &version[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_that_of_the_engine() {
        for (engine, version, expected) in [
            ("postgres", "16.4", "16"),
            ("postgres", "17", "17"),
            ("mysql", "8.0.40", "8.0"),
            ("mariadb", "11.4.3", "11.4"),
        ] {
            assert_eq!(major(engine, version), expected);
        }
    }
}
