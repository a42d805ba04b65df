//! The way to the database: few connections, bounded waits, no connection of doubtful state kept.
//!
//! sqlx's own pool asks the server before and after each use (three round trips a query), and a peer that dies
//! silently can strand its permits for good. Here a connection goes back to the pool only after its statement
//! has been answered; in every other case (limit reached, caller gone, connection lost) it is dropped, which
//! needs no answer from anybody.

mod attempt;
mod lease;
mod manager;
mod migrate;
mod outage;
mod queue;
mod silence;
mod together;
mod watch;

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use deadpool::{
    Runtime, Status,
    managed::{BuildError, Pool},
};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};

pub use migrate::{MigrationFailed, migrate, migrate_when_reachable};
pub use outage::{Class, Outage};
pub use together::{Answer, Read, Together};

use attempt::Manner;
use manager::Manager;
use queue::Queue;
use silence::Silence;
use watch::Watch;

/// How long a request waits for a connection while none becomes free, the making of one included.
///
/// In a crowd, connections become free all the time: then a request waits for its turn, rather than being sent away
/// from a database that is well, unless the crowd does not end (see `queue`).
pub const ACQUIRE_LIMIT: Duration = Duration::from_secs(3);
/// How long one statement may take, seen from here; with a second to spare for all else in the five of an answer.
pub const STATEMENT_LIMIT: Duration = Duration::from_secs(4);
/// How long the goodbyes at the end may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);
/// The server gives up a little earlier than we do, so that a slow statement is told from a silent server.
const STATEMENT_TIMEOUT: &str = "3800ms";

/// What a statement of the store is to [`Db`].
pub type Operation<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// Why there is no answer from the database.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The database is away or too busy: the caller should come back later.
    #[error("{0}")]
    Away(#[from] Outage),
    /// The database has answered that the statement is wrong.
    #[error("the statement failed: {0}")]
    Failed(Arc<sqlx::Error>),
}

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool<Manager>,
    migrated: AtomicBool,
    watch: Watch,
    silence: Silence,
    queue: Queue,
}

impl Db {
    /// Makes a handle that will open up to `size` connections when they are needed.
    ///
    /// Every statement is refused until [`migrate_when_reachable`] has brought the tables up to date.
    pub fn new(options: &PgConnectOptions, size: usize) -> Result<Self, BuildError> {
        let watch = Watch::new(outage::place(options));
        let options = options.clone().application_name("service").options([
            ("statement_timeout", STATEMENT_TIMEOUT),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
        ]);
        let pool = Pool::builder(Manager::new(options))
            .max_size(size)
            .runtime(Runtime::Tokio1)
            .build()?;
        let inner = Inner {
            pool,
            migrated: AtomicBool::new(false),
            watch,
            silence: Silence::default(),
            queue: Queue::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Runs a statement that may run twice with the effect of once: it is tried again after a lost connection.
    pub async fn idempotent<T, F>(&self, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        self.idempotent_if(true, operation).await
    }

    /// The same for what many wait for: it is never sent away because too many wait.
    pub(crate) async fn idempotent_for_many<T, F>(&self, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        let manner = Manner {
            idempotent: true,
            patient: true,
        };
        self.run(operation, manner).await
    }

    /// Runs a statement that must not run twice: it is tried again only if the server said that it did not run.
    pub async fn once<T, F>(&self, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        self.idempotent_if(false, operation).await
    }

    /// Runs a statement of which only the caller knows whether it may run twice.
    pub async fn idempotent_if<T, F>(&self, idempotent: bool, operation: F) -> Result<T, Error>
    where
        F: for<'c> Fn(&'c mut PgConnection) -> Operation<'c, T> + Send + Sync,
    {
        let manner = Manner {
            idempotent,
            patient: false,
        };
        self.run(operation, manner).await
    }

    /// Whether the database answers within `limit` and its tables are up to date.
    pub async fn check(&self, limit: Duration) -> Result<(), Outage> {
        let asked = Instant::now();
        let ping = self.idempotent(|connection| Box::pin(connection.ping()));
        let outage = match tokio::time::timeout(limit, ping).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Error::Away(outage))) => outage,
            Ok(Err(Error::Failed(error))) => Outage::new(Class::Lost, error.to_string()),
            Err(_) => Outage::new(Class::Timeout, "no answer within the limit of the check"),
        };
        // However many wait for it: a database that has answered somebody meanwhile is there.
        let others = self.inner.silence.since(asked) > asked;
        if others && matches!(outage.class, Class::Busy | Class::Timeout) {
            return Ok(());
        }
        self.inner.watch.note_away(&outage);
        Err(outage)
    }

    /// Closes the connections that are not in use, and lets no new ones be made.
    pub async fn close(&self) {
        let idle = self.inner.pool.retain(|_, _| false).removed;
        self.inner.pool.close();
        let goodbyes = async {
            for connection in idle {
                // A goodbye that cannot be delivered changes nothing: the socket closes either way.
                let _ = connection.close().await;
            }
        };
        let _ = tokio::time::timeout(CLOSE_LIMIT, goodbyes).await;
    }

    /// How the connections are used at the moment.
    pub fn usage(&self) -> Status {
        self.inner.pool.status()
    }

    /// How many statements got no answer so far, by the name of the class of outage.
    pub fn outages(&self) -> BTreeMap<&'static str, u64> {
        self.inner.watch.outages()
    }
}
