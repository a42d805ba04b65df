//! Stands in for the service's own way to the database: sqlx's pool, used as its documentation shows.

#[path = "../src/db/outage.rs"]
mod outage;

use std::{collections::BTreeMap, pin::Pin, sync::Arc, time::Duration};

use deadpool::Status;
use sqlx::{Connection as _, PgConnection, PgPool};

pub(crate) use outage::{Class, Outage};

pub(crate) type Operation<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Away(#[from] Outage),
    #[error("the statement failed: {0}")]
    Failed(Arc<sqlx::Error>),
}

pub(crate) struct Together<K, V> {
    db: Db,
    read: Read<K, V>,
}

type Read<K, V> = for<'c> fn(&'c mut PgConnection, Vec<K>) -> Operation<'c, Vec<(K, V)>>;

impl<K: Copy + Sync, V> Together<K, V> {
    pub(crate) fn new(db: Db, read: Read<K, V>) -> Self {
        Self { db, read }
    }

    pub(crate) async fn find(&self, key: K) -> Result<Option<Arc<V>>, Error> {
        let read = self.read;
        let found = self.db.idempotent(|c| read(c, vec![key])).await?;
        Ok(found.into_iter().next().map(|(_, value)| Arc::new(value)))
    }
}

impl<K, V> Clone for Together<K, V> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            read: self.read,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Db(pub(crate) PgPool);

impl Db {
    pub(crate) async fn idempotent<T, F>(&self, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        let answered = async { operation(&mut *self.0.acquire().await?).await };
        answered.await.map_err(|error| match Outage::of(&error) {
            Some(outage) => outage.into(),
            None => Error::Failed(Arc::new(error)),
        })
    }

    pub(crate) async fn once<T, F>(&self, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        self.idempotent(operation).await
    }

    pub(crate) async fn idempotent_if<T, F>(&self, _: bool, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        self.idempotent(operation).await
    }

    pub(crate) async fn check(&self, _: Duration) -> Result<(), Outage> {
        let ping = self.idempotent(|connection| Box::pin(connection.ping()));
        ping.await
            .map_err(|error| Outage::new(Class::Lost, error.to_string()))
    }

    pub(crate) fn usage(&self) -> Status {
        let connections = self.0.size() as usize;
        Status {
            max_size: connections,
            size: connections,
            available: self.0.num_idle(),
            waiting: 0,
        }
    }

    pub(crate) fn outages(&self) -> BTreeMap<&'static str, u64> {
        BTreeMap::new()
    }
}
