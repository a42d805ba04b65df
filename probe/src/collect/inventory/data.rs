//! Databases, and what stays of them: subnet groups, snapshots, kept backups.

use aws_sdk_rds::types::{DbInstance, DbInstanceAutomatedBackup, DbSnapshot, DbSubnetGroup};
use chrono::{DateTime, Utc};
use futures::future::join_all;
use tokio::join;

use super::{Found, Ours, holding};
use crate::{
    collect::{Clients, failure::unobserved, rds},
    snapshot::{Holding, Kind, Mark, Unit},
};

pub(super) async fn found(
    clients: &Clients,
    ours: Ours<'_>,
    taken_at: DateTime<Utc>,
) -> Vec<(Kind, Found)> {
    let (databases, groups, snapshots, backups) = join!(
        databases(clients, ours, taken_at),
        subnet_groups(clients, ours),
        snapshots(clients, ours),
        backups(clients, ours),
    );
    vec![
        (Kind::Database, databases),
        (Kind::SubnetGroup, groups),
        (Kind::DatabaseSnapshot, snapshots),
        (Kind::KeptBackup, backups),
    ]
}

async fn databases(clients: &Clients, ours: Ours<'_>, taken_at: DateTime<Utc>) -> Found {
    let all: Vec<DbInstance> = clients
        .rds
        .describe_db_instances()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeDBInstances", &error))?;
    let named = all
        .iter()
        .filter(|it| it.db_instance_identifier().is_some_and(|id| ours.named(id)));
    let shown = named.map(|instance| async move {
        let (engine, version) = (instance.engine(), instance.engine_version());
        let support = rds::support(clients, engine, version).await;
        let ended = support.ok().flatten().map(|support| support.standard_until);
        database(instance, ended.filter(|end| *end < taken_at))
    });
    Ok(join_all(shown).await)
}

fn database(instance: &DbInstance, support_ended: Option<DateTime<Utc>>) -> Holding {
    let class = instance.db_instance_class().unwrap_or_default();
    let standby = instance.multi_az().unwrap_or(false);
    let zones = if standby { 2.0 } else { 1.0 };
    let status = instance.db_instance_status().unwrap_or_default();
    let storage = f64::from(instance.allocated_storage().unwrap_or_default());
    let kind = instance.storage_type().unwrap_or_default().to_owned();
    // One that is stopped goes on paying for its storage.
    let runs = status != "stopped";
    let mut amounts = vec![(Unit::DatabaseStorage(kind), storage * zones)];
    if runs {
        amounts.push((Unit::Database(class.to_owned()), zones));
    }
    let extended = instance
        .engine_lifecycle_support()
        .is_none_or(|setting| !setting.ends_with("-disabled"));
    let ended = support_ended.filter(|_| extended);
    if let (Some(_), true, Some(vcpus)) = (ended, runs, rds::vcpus(class)) {
        amounts.push((Unit::ExtendedSupport, f64::from(vcpus) * zones));
    }
    let unusual = (status != "available").then(|| Mark::State(status.to_owned()));
    let protected = instance.deletion_protection().unwrap_or(false);
    let marks = [
        Some(Mark::Detail(class.to_owned())),
        unusual,
        standby.then_some(Mark::Standby),
        protected.then_some(Mark::Protected),
        ended.map(Mark::SupportEnded),
    ];
    Holding {
        amounts,
        marks: marks.into_iter().flatten().collect(),
        ..holding(instance.db_instance_identifier())
    }
}

async fn subnet_groups(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<DbSubnetGroup> = clients
        .rds
        .describe_db_subnet_groups()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeDBSubnetGroups", &error))?;
    let names = all.iter().filter_map(|group| group.db_subnet_group_name());
    Ok(names
        .filter(|name| ours.named(name))
        .map(|name| holding(Some(name)))
        .collect())
}

async fn snapshots(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<DbSnapshot> = clients
        .rds
        .describe_db_snapshots()
        .snapshot_type("manual")
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeDBSnapshots", &error))?;
    let of_ours = all
        .iter()
        .filter(|it| it.db_instance_identifier().is_some_and(|id| ours.named(id)));
    Ok(of_ours
        .map(|snapshot| {
            stored(
                snapshot.db_snapshot_identifier(),
                snapshot.allocated_storage(),
            )
        })
        .collect())
}

/// Automated backups that stay when their database has gone.
async fn backups(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<DbInstanceAutomatedBackup> = clients
        .rds
        .describe_db_instance_automated_backups()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeDBInstanceAutomatedBackups", &error))?;
    let kept = all.iter().filter(|backup| {
        backup.status() == Some("retained")
            && backup
                .db_instance_identifier()
                .is_some_and(|id| ours.named(id))
    });
    Ok(kept
        .map(|backup| Holding {
            name: backup
                .db_instance_identifier()
                .unwrap_or_default()
                .to_owned(),
            ..stored(backup.dbi_resource_id(), backup.allocated_storage())
        })
        .collect())
}

/// What is stored is billed as far as it is used; no call tells how much that is, so that this is the most.
fn stored(id: Option<&str>, gib: Option<i32>) -> Holding {
    let gib = gib.unwrap_or_default();
    Holding {
        amounts: vec![(Unit::Snapshot, f64::from(gib))],
        marks: vec![Mark::Detail(format!("≤ {gib} GB"))],
        ..holding(id)
    }
}
