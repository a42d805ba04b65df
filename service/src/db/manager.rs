//! Makes connections for the pool.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use deadpool::managed::{self, Metrics, RecycleResult};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

/// How long the making of a connection may take; a closed security group swallows packets without a word.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// A connection that was not used for so long is asked whether it still works: a fail-over or a router that forgets
/// it tells nobody, and the next request would wait in vain.
const UNTRIED: Duration = Duration::from_secs(10);
/// How long it has to answer. Together with the making of another one, this is less than a request waits.
const PING_LIMIT: Duration = Duration::from_millis(500);
/// A connection is renewed after this time, so that it follows a fail-over or a new password sooner or later.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Makes connections, and lets old ones go.
pub(super) struct Manager {
    options: PgConnectOptions,
    born: Instant,
    /// Milliseconds from `born` to the last time that an idle connection did not answer.
    /// Those which are idle since before have most likely met the same fate.
    silent: AtomicU64,
}

/// A connection and the time at which to let it go.
pub(super) struct Pooled {
    pub(super) inner: PgConnection,
    expires: Instant,
}

impl Pooled {
    pub(super) async fn close(self) -> sqlx::Result<()> {
        self.inner.close().await
    }
}

impl Manager {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self {
            options: options.disable_statement_logging(),
            born: Instant::now(),
            silent: AtomicU64::new(0),
        }
    }

    fn since_birth(&self, time: Instant) -> u64 {
        let age = time.saturating_duration_since(self.born);
        u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
    }

    async fn works(&self, pooled: &mut Pooled) -> bool {
        let asked = Instant::now();
        match tokio::time::timeout(PING_LIMIT, pooled.inner.ping()).await {
            Ok(answer) => answer.is_ok(),
            Err(_) => {
                self.silent
                    .fetch_max(self.since_birth(asked), Ordering::Relaxed);
                false
            }
        }
    }
}

/// Opens one connection within the limit.
pub(super) async fn connect(options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    match tokio::time::timeout(CONNECT_LIMIT, PgConnection::connect_with(options)).await {
        Ok(result) => result,
        Err(_) => Err(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            "connection attempt timed out",
        )
        .into()),
    }
}

impl managed::Manager for Manager {
    type Type = Pooled;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<Pooled, sqlx::Error> {
        let inner = connect(&self.options).await?;
        // Spread, so that connections made together are not renewed together.
        let spread = u64::from(uuid::Uuid::new_v4().as_bytes()[0]);
        Ok(Pooled {
            inner,
            expires: Instant::now() + LIFETIME - Duration::from_secs(spread),
        })
    }

    async fn recycle(&self, pooled: &mut Pooled, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        let now = Instant::now();
        if now >= pooled.expires {
            return Err(managed::RecycleError::message(
                "the connection is due for renewal",
            ));
        }
        let used = metrics.recycled.unwrap_or(metrics.created);
        if now - used < UNTRIED {
            return Ok(());
        }
        let doomed = self.since_birth(used) < self.silent.load(Ordering::Relaxed);
        if doomed || !self.works(pooled).await {
            return Err(managed::RecycleError::message(
                "the connection no longer works",
            ));
        }
        Ok(())
    }
}
