//! One statement: a connection for it in its turn, and maybe a second try.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use deadpool::managed::{PoolError, TimeoutType, Timeouts};
use sqlx::PgConnection;

use super::{ACQUIRE_LIMIT, Class, Db, Error, Operation, Outage, lease::Lease};

/// How a statement is run.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Whether it may run twice with the effect of once.
    pub(super) idempotent: bool,
    /// Whether it is for many, and waits for its turn also in a queue that does not end.
    pub(super) patient: bool,
}

impl Db {
    pub(super) async fn run<T, F>(&self, operation: F, manner: Manner) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        let result = self.attempt(operation, manner).await;
        if let Err(Error::Away(outage)) = &result {
            self.inner.watch.count(outage);
        }
        result
    }

    async fn attempt<T, F>(&self, operation: F, manner: Manner) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        if !self.inner.migrated.load(Ordering::Acquire) {
            return Err(
                Outage::new(Class::NotMigrated, "the tables are not up to date yet").into(),
            );
        }
        let mut retried = false;
        let asked = Instant::now();
        loop {
            let mut lease = self.acquire(asked, manner).await?;
            let (outage, error) = match lease.run(&operation, &self.inner.silence, asked).await {
                Ok(value) => {
                    self.inner.silence.end();
                    self.inner.watch.note_reachable();
                    return Ok(value);
                }
                Err(error) => match Outage::of(&error) {
                    Some(outage) => (outage, error),
                    None => return Err(Error::Failed(Arc::new(error))),
                },
            };
            drop(lease);
            if outage.class.dooms_connections() {
                // What happened to this connection has most likely happened to the idle ones too.
                self.inner.pool.retain(|_, _| false);
                let did_not_run = matches!(error, sqlx::Error::Database(_));
                if !retried && (manner.idempotent || did_not_run) && outage.class != Class::Timeout
                {
                    retried = true;
                    continue;
                }
            }
            self.inner.watch.note_away(&outage);
            return Err(outage.into());
        }
    }

    async fn acquire(&self, asked: Instant, manner: Manner) -> Result<Lease, Outage> {
        let silence = &self.inner.silence;
        let place = self.inner.queue.join();
        // Of the turn only: a connection that is being made must not be given up because many wait for it.
        let limits = Timeouts {
            wait: (!manner.patient).then_some(place.patience),
            ..Timeouts::new()
        };
        let turn = self.inner.pool.timeout_get(&limits);
        let waited = silence
            .bounded(turn, || silence.since(asked) + ACQUIRE_LIMIT)
            .await;
        let outage = match waited {
            Ok(Ok(object)) => return Ok(Lease::new(object)),
            Ok(Err(PoolError::Backend(error))) => {
                Outage::of(&error).unwrap_or_else(|| Outage::new(Class::Lost, error.to_string()))
            }
            Ok(Err(PoolError::Timeout(TimeoutType::Wait))) | Err(_) => {
                Outage::new(Class::Busy, "all connections were in use for too long")
            }
            Ok(Err(error)) => Outage::new(Class::Lost, error.to_string()),
        };
        self.inner.watch.note_away(&outage);
        Err(outage)
    }
}
