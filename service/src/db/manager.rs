//! Makes connections for the pool.

use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, RecycleResult};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

/// How long the making of a connection may take; a closed security group swallows packets without a word.
const CONNECT_LIMIT: Duration = Duration::from_millis(2_500);
/// A connection is renewed after this time, so that it follows a fail-over or a new password sooner or later.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Makes connections, and lets old ones go.
pub(super) struct Manager {
    options: PgConnectOptions,
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

    async fn recycle(&self, pooled: &mut Pooled, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if Instant::now() >= pooled.expires {
            return Err(managed::RecycleError::message(
                "the connection is due for renewal",
            ));
        }
        Ok(())
    }
}
