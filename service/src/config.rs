//! The command line. Every option can also be given by an environment variable.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Result, bail};
use axum::http::Uri;
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::telemetry::LogFormat;

mod announcements;
mod database;
#[cfg(test)]
mod documented;
mod identity;

pub use announcements::Announcements;
pub use database::{Database, SslMode};
pub use identity::{Auth, People};

/// The event service: its API, its pages and what belongs to running them.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How log lines look
    #[arg(long, env, value_enum, default_value = "json", global = true)]
    pub log_format: LogFormat,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the pages until SIGTERM or SIGINT
    Serve(Box<Serve>),
    /// Bring the tables up to date, and exit
    Migrate(Database),
    /// Add sample events, past and upcoming; running it again adds none twice
    Seed(Seed),
    /// Exit with 0 if the service answers its health check (the container's check command)
    Healthcheck(Healthcheck),
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen
    #[arg(long, env, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where this runs: production refuses what is only good for development
    #[arg(long, env, value_enum, default_value = "development")]
    pub app_env: AppEnv,
    /// Who people are.
    #[command(flatten)]
    pub people: People,
    /// Seconds to go on serving after SIGTERM, while the load balancer takes the task out
    /// (default: 5 in production, else 0)
    #[arg(long, env, value_parser = clap::value_parser!(u64).range(0..=8))]
    pub drain_seconds: Option<u64>,
    /// The time zone of the company, for the times on pages and in announcements and for where days begin and end
    #[arg(long, env, default_value = "Asia/Tokyo", value_parser = |raw: &str| raw.parse::<Tz>().map_err(|e| e.to_string()))]
    pub tz_company: Tz,
    /// What signs the cursors of lists, at least 16 characters, the same for all tasks
    /// (default: a random key that the tasks share by the database)
    #[arg(long, env, hide_env_values = true)]
    pub cursor_key: Option<String>,
    /// Where to announce events.
    #[command(flatten)]
    pub announcements: Announcements,
    /// Where to listen for whoever collects the metrics, at /metrics (default: nowhere)
    #[arg(long, env)]
    pub metrics_listen: Option<SocketAddr>,
    /// Which database.
    #[command(flatten)]
    pub database: Database,
}

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AppEnv {
    /// On somebody's machine.
    Development,
    /// For real.
    Production,
}

/// Options of `seed`.
#[derive(Debug, Args)]
pub struct Seed {
    /// How many sample events there shall be
    #[arg(long, env = "SEED_EVENTS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub events: u32,
    /// Which database.
    #[command(flatten)]
    pub database: Database,
}

/// Options of `healthcheck`.
#[derive(Debug, Args)]
pub struct Healthcheck {
    /// What to ask (default: /health at the port of LISTEN on this machine)
    #[arg(long, env = "HEALTHCHECK_URL")]
    pub url: Option<Uri>,
    /// Where the service listens
    #[arg(long, env, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

impl Serve {
    /// Refuses what must not be served, before anything is started.
    pub fn check(&self) -> Result<()> {
        if self.cursor_key.as_ref().is_some_and(|key| key.len() < 16) {
            bail!("CURSOR_KEY is too short: it needs at least 16 characters");
        }
        if self.app_env == AppEnv::Production {
            if self.people.auth.is_none() {
                bail!(
                    "APP_ENV=production needs AUTH to be set on purpose; AUTH=none lets anybody act in any name"
                );
            }
            self.database.check_production()?;
        }
        Ok(())
    }

    /// How long to go on serving after the signal to stop.
    pub fn drain(&self) -> Duration {
        let default = if self.app_env == AppEnv::Production {
            5
        } else {
            0
        };
        Duration::from_secs(self.drain_seconds.unwrap_or(default))
    }
}

impl Healthcheck {
    /// What to ask. A service that listens on all addresses is asked on the loopback one.
    pub fn url(&self) -> Result<Uri> {
        match &self.url {
            Some(url) => Ok(url.clone()),
            None => {
                let mut address = self.listen;
                if address.ip().is_unspecified() {
                    address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
                }
                Ok(format!("http://{address}/health").parse()?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
