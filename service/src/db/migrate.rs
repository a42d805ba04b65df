//! Brings the tables up to date, as soon as the database is there.

use std::{sync::atomic::Ordering, time::Duration};

use sqlx::{migrate::MigrateError, postgres::PgConnectOptions};
use tracing::info;

use super::{Db, Outage, manager};

/// A migration can wait for another task's lock and for its own work, but not for a silent server for ever.
const MIGRATION_LIMIT: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(500);

/// A migration that will not succeed by waiting.
#[derive(Debug, thiserror::Error)]
#[error("the tables could not be brought up to date: {0}")]
pub struct MigrationFailed(#[from] MigrateError);

/// Runs the migrations that are missing, and waits for the database as long as it is away.
///
/// Tasks that start together take turns by sqlx's lock.
/// A database that knows newer migrations is fine: that is what a roll-back of the service meets.
pub async fn migrate_when_reachable(
    db: &Db,
    options: &PgConnectOptions,
) -> Result<(), MigrationFailed> {
    loop {
        match tokio::time::timeout(MIGRATION_LIMIT, migrate(options)).await {
            Ok(Ok(())) => break,
            Ok(Err(error)) => match outage(&error) {
                Some(outage) => db.inner.watch.note_away(&outage),
                None => return Err(error.into()),
            },
            Err(_) => db.inner.watch.note_away(&Outage::new(
                super::Class::Timeout,
                "the migrations got no answer",
            )),
        }
        tokio::time::sleep(PAUSE).await;
    }
    db.inner.migrated.store(true, Ordering::Release);
    db.inner.watch.note_reachable();
    info!("the tables are up to date");
    Ok(())
}

/// Runs the migrations that are missing, now.
pub async fn migrate(options: &PgConnectOptions) -> Result<(), MigrateError> {
    let mut connection =
        manager::connect(&options.clone().application_name("service migrate")).await?;
    let mut migrations = sqlx::migrate!();
    migrations.set_ignore_missing(true);
    migrations.run(&mut connection).await
}

fn outage(error: &MigrateError) -> Option<Outage> {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            Outage::of(error)
        }
        _ => None,
    }
}
