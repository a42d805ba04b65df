//! Runs the commands.

use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::Utc;
use chrono_tz::Tz;
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing::{info, warn};

use crate::{
    config::{Announcements, AppEnv, Cli, Command, Database, Seed, Serve},
    db::{self, Db},
    domain::CursorKey,
    http::{
        self, AppState, Site, client,
        metrics::{self, Metrics},
        server,
    },
    outbox::{self, Channel, Figures, Slack, Style},
    sample, store,
};

/// Runs the command until it is done or told to stop.
pub async fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Serve(arguments) => serve(*arguments).await,
        Command::Migrate(database) => migrate(&database).await,
        Command::Seed(arguments) => seed(&arguments).await,
        Command::Healthcheck(arguments) => client::check(&arguments.url()?).await,
    }
}

async fn serve(arguments: Serve) -> Result<()> {
    arguments.check()?;
    let identity = arguments.people.identity()?;
    // Before anything else: a signal during the start must not be lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopping = watch::Sender::new(false);
    let outbox_stop = stopping.subscribe();
    let stop = async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        stopping.send_replace(true);
    };
    let mut stop = std::pin::pin!(stop);

    let channel = channel(&arguments.announcements, arguments.tz_company)?;
    let listen = arguments.listen;
    let listener = server::listen(listen).with_context(|| format!("cannot listen on {listen}"))?;
    let metrics_listener = match arguments.metrics_listen {
        Some(listen) => Some(
            server::listen(listen)
                .with_context(|| format!("cannot listen on {listen}, for the metrics"))?,
        ),
        None => None,
    };
    let production = arguments.app_env == AppEnv::Production;
    let database = tokio::select! {
        opened = Opened::open(&arguments.database, production, Purpose::Serve) => opened?,
        () = &mut stop => return Ok(()),
    };
    let db = Db::new(&database.options, arguments.database.db_pool_size.into())?;
    let (metrics, figures) = (Metrics::default(), Figures::default());
    let site = Site {
        https: production,
        identity,
        zone: arguments.tz_company,
        pages: arguments.announcements.pages()?,
        cursor_key: match &arguments.cursor_key {
            Some(secret) => CursorKey::new(secret.as_bytes()).into(),
            None => Default::default(),
        },
        metrics: metrics.clone(),
    };
    let state = AppState::new(db.clone(), site);
    let searches = state.searches();
    let app = http::app(state);
    info!(address = %listener.local_addr()?, version = env!("CARGO_PKG_VERSION"), "listening");
    if let Some(listener) = &metrics_listener {
        info!(address = %listener.local_addr()?, "listening for whoever collects the metrics");
    }

    let result = {
        let migrating = async {
            db::migrate_when_reachable(&db, &database.options).await?;
            std::future::pending::<Result<()>>().await
        };
        let serving = async {
            tokio::join!(
                server::serve(listener, app, stop, arguments.drain()),
                outbox::run(db.clone(), channel, figures.clone(), outbox_stop),
            )
        };
        // Until the end, that of the drain time included.
        let measuring = async {
            match metrics_listener {
                Some(listener) => {
                    let app = metrics::app(&metrics, &figures, db.clone());
                    server::serve(listener, app, std::future::pending(), Duration::ZERO).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = serving => Ok(()),
            () = measuring => Ok(()),
            () = searches.keep(&db, arguments.tz_company) => Ok(()),
            failed = migrating => failed,
        }
    };
    if searches.write(&db, arguments.tz_company).await.is_err() {
        warn!("the last searches were not counted");
    }
    db.close().await;
    database.close().await?;
    info!("stopped");
    result
}

/// Where news of events go; none where none is configured.
fn channel(announcements: &Announcements, zone: Tz) -> Result<Option<Channel>> {
    let style = Style {
        language: announcements.slack_language,
        pages: announcements.pages()?,
        zone,
    };
    let Some(webhook) = announcements.webhook()? else {
        return Ok(None);
    };
    let slack = Slack::new(webhook).context("nothing can be sent by HTTPS")?;
    Ok(Some(Channel { slack, style }))
}

async fn migrate(database: &Database) -> Result<()> {
    let opened = Opened::open(database, false, Purpose::Visit).await?;
    let result = db::migrate(&opened.options).await;
    opened.close().await?;
    result.context("the tables could not be brought up to date")?;
    info!("the tables are up to date");
    Ok(())
}

async fn seed(arguments: &Seed) -> Result<()> {
    let opened = Opened::open(&arguments.database, false, Purpose::Visit).await?;
    let result = async {
        db::migrate(&opened.options)
            .await
            .context("the tables could not be brought up to date")?;
        let mut connection = PgConnection::connect_with(&opened.options).await?;
        let samples = sample::events(arguments.events, Utc::now());
        let added = store::sample::add(&mut connection, &samples)
            .await
            .context("the sample events were not added")?;
        info!(added, wanted = arguments.events, "sample events are there");
        connection
            .close()
            .await
            .context("the database did not say goodbye")
    };
    let result = result.await;
    opened.close().await?;
    result
}

/// What a command wants of the private database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To have it alone, for as long as the service runs.
    Serve,
    /// To use it for a moment, also while a service has it.
    Visit,
}

/// A database by address, or a private one that runs as long as this value is not closed.
struct Opened {
    options: PgConnectOptions,
    #[cfg(feature = "embedded-db")]
    cluster: Option<crate::embedded::Cluster>,
}

impl Opened {
    #[cfg(feature = "embedded-db")]
    async fn open(database: &Database, production: bool, purpose: Purpose) -> Result<Self> {
        if !database.embedded_db {
            let options = if production {
                database.production_options()?
            } else {
                database.options()?
            };
            return Ok(Self {
                options,
                cluster: None,
            });
        }
        let cluster = crate::embedded::Cluster::open(purpose)
            .await
            .context("the private database did not start")?;
        Ok(Self {
            options: cluster.options(),
            cluster: Some(cluster),
        })
    }

    #[cfg(not(feature = "embedded-db"))]
    async fn open(database: &Database, production: bool, _: Purpose) -> Result<Self> {
        if database.embedded_db {
            anyhow::bail!("this build has no --embedded-db");
        }
        let options = if production {
            database.production_options()?
        } else {
            database.options()?
        };
        Ok(Self { options })
    }

    async fn close(self) -> Result<()> {
        #[cfg(feature = "embedded-db")]
        if let Some(cluster) = self.cluster {
            let limit = std::time::Duration::from_secs(10);
            tokio::time::timeout(limit, cluster.close())
                .await
                .context("the private database did not stop in time")??;
        }
        Ok(())
    }
}
