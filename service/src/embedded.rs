//! A private PostgreSQL for development: nothing to install, nothing to configure, gone with the service.
//!
//! It listens on loopback only, on a port that was free, and asks for a password that is made once and kept in a
//! file that only its user can read. PostgreSQL refuses to run as root, so started as root it runs as `postgres`.

mod account;
mod binaries;
mod place;
mod postmaster;

use std::{fs::File, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::process::Child;
use tracing::info;

use crate::run::Purpose;
use place::Place;

/// The database in the cluster.
const DATABASE: &str = "events";
/// The superuser of the cluster.
const USER: &str = "postgres";
/// Recovery after a crash is part of the start.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A private cluster: ours, or one that another process of ours runs.
pub struct Cluster {
    place: Place,
    port: u16,
    password: String,
    /// What we started; nothing if another process runs the cluster.
    own: Option<Own>,
}

struct Own {
    bin: PathBuf,
    server: Child,
    /// Held as long as the cluster is ours. The system lets go of it also when we crash.
    _lock: File,
}

impl Cluster {
    /// Starts the cluster of this directory, and makes it first where there is none.
    pub async fn open(purpose: Purpose) -> Result<Self> {
        let place = Place::find()?;
        let Some(lock) = place.lock()? else {
            if purpose == Purpose::Serve {
                bail!(
                    "another service already runs the private database in {}; stop it first, or give this one a \
                     database of its own with DATABASE_URL",
                    place.data().display()
                );
            }
            let port = postmaster::port(&place)?;
            let password = place.password()?;
            info!(port, data = %place.data().display(), "using the private database of a running service");
            return Ok(Self {
                place,
                port,
                password,
                own: None,
            });
        };
        let bin = binaries::find(&place).await?;
        if !place.data().join("PG_VERSION").exists() {
            postmaster::initialise(&place, &bin).await?;
        }
        postmaster::clear_remains(&place, &bin).await?;
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?
            .local_addr()?
            .port();
        let server = postmaster::start(&place, &bin, port)?;
        let password = place.password()?;
        let mut cluster = Self {
            place,
            port,
            password,
            own: Some(Own {
                bin,
                server,
                _lock: lock,
            }),
        };
        if let Err(error) = cluster.prepare().await {
            cluster.close().await?;
            return Err(error);
        }
        info!(port, data = %cluster.place.data().display(), "the private database runs");
        Ok(cluster)
    }

    /// How to connect to the database.
    pub fn options(&self) -> PgConnectOptions {
        self.connection_to(DATABASE)
    }

    /// Stops the cluster, if it was started here.
    pub async fn close(self) -> Result<()> {
        let Some(Own {
            bin,
            mut server,
            _lock,
        }) = self.own
        else {
            return Ok(());
        };
        if server.try_wait()?.is_none() {
            postmaster::stop(&self.place, &bin).await?;
        }
        server.wait().await?;
        info!("the private database has stopped");
        Ok(())
    }

    fn connection_to(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username(USER)
            .password(&self.password)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// Waits until the server answers, and makes the database where there is none.
    async fn prepare(&mut self) -> Result<()> {
        let options = self.connection_to("postgres").disable_statement_logging();
        let deadline = tokio::time::Instant::now() + START_LIMIT;
        let mut connection = loop {
            match PgConnection::connect_with(&options).await {
                Ok(connection) => break connection,
                Err(error) if tokio::time::Instant::now() >= deadline => {
                    return Err(error).with_context(|| {
                        format!("it did not answer; its log: {}", self.place.log().display())
                    });
                }
                Err(_) => {}
            }
            if let Some(own) = &mut self.own
                && let Some(status) = own.server.try_wait()?
            {
                let said = self.place.end_of_log();
                if !said.contains("pre-existing shared memory block")
                    || tokio::time::Instant::now() >= deadline
                {
                    bail!("PostgreSQL ended with {status}; its log ends with:\n{said}");
                }
                // The sessions of a server that was killed outlive it for a moment, and its memory with them.
                own.server = postmaster::start(&self.place, &own.bin, self.port)?;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        };
        let exists = sqlx::query_scalar!(
            r#"select exists (select from pg_database where datname = $1) as "exists!""#,
            DATABASE
        );
        if !exists.fetch_one(&mut connection).await? {
            sqlx::raw_sql("create database events")
                .execute(&mut connection)
                .await?;
        }
        connection.close().await?;
        Ok(())
    }
}
