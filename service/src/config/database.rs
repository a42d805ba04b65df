//! Where the database is, and how well the way to it is protected.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Which database to use: one by address, or a private one.
#[derive(Debug, Args)]
pub struct Database {
    /// Run a private PostgreSQL under .data/ (development only)
    #[arg(long, env)]
    pub embedded_db: bool,
    /// The database as one address, postgres://user:password@host:port/name
    #[arg(long, env, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Host of the database, if there is no DATABASE_URL
    #[arg(long, env)]
    pub db_host: Option<String>,
    /// Port of the database
    #[arg(long, env, default_value_t = 5432)]
    pub db_port: u16,
    /// Name of the database
    #[arg(long, env, default_value = "events")]
    pub db_name: String,
    /// User of the database
    #[arg(long, env, default_value = "events")]
    pub db_user: String,
    /// Password of that user
    #[arg(long, env, hide_env_values = true)]
    pub db_password: Option<String>,
    /// How the connection is encrypted (default: that of DATABASE_URL, else prefer; in production verify-full)
    #[arg(long, env, value_enum)]
    pub db_sslmode: Option<SslMode>,
    /// File with the certificates that the server's certificate must come from
    #[arg(long, env)]
    pub db_sslrootcert: Option<PathBuf>,
    /// The most connections to hold
    #[arg(long, env, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=200))]
    pub db_pool_size: u16,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SslMode {
    /// Not at all.
    Disable,
    /// If the server offers it; no certificate is checked.
    Prefer,
    /// Always; no certificate is checked.
    Require,
    /// Always; the certificate is checked, its host name is not.
    VerifyCa,
    /// Always; certificate and host name are checked.
    VerifyFull,
}

impl From<SslMode> for PgSslMode {
    fn from(mode: SslMode) -> Self {
        match mode {
            SslMode::Disable => Self::Disable,
            SslMode::Prefer => Self::Prefer,
            SslMode::Require => Self::Require,
            SslMode::VerifyCa => Self::VerifyCa,
            SslMode::VerifyFull => Self::VerifyFull,
        }
    }
}

impl Database {
    /// Refuses databases that are good for development only.
    pub(super) fn check_production(&self) -> Result<()> {
        if self.embedded_db {
            bail!("APP_ENV=production refuses --embedded-db: it is a development convenience");
        }
        let strict = match (self.db_sslmode, &self.database_url) {
            (Some(mode), _) => mode == SslMode::VerifyFull,
            (None, Some(_)) => matches!(self.options()?.get_ssl_mode(), PgSslMode::VerifyFull),
            (None, None) => true,
        };
        if !strict {
            bail!(
                "APP_ENV=production refuses a database connection weaker than verify-full: anybody on the way could \
                 pose as the database (set DB_SSLMODE=verify-full and DB_SSLROOTCERT)"
            );
        }
        if let Some(file) = self.db_sslrootcert.as_ref().filter(|file| !file.is_file()) {
            bail!("DB_SSLROOTCERT names no file: {}", file.display());
        }
        Ok(())
    }

    /// How to connect in production: as configured, and verify-full where nothing was configured.
    pub fn production_options(&self) -> Result<PgConnectOptions> {
        let options = self.options()?;
        let unsaid = self.db_sslmode.is_none() && self.database_url.is_none();
        Ok(if unsaid {
            options.ssl_mode(PgSslMode::VerifyFull)
        } else {
            options
        })
    }

    /// How to connect.
    pub fn options(&self) -> Result<PgConnectOptions> {
        let mut options = match (&self.database_url, &self.db_host) {
            // The error of the parser can repeat the address, and with it the password.
            (Some(url), _) => url
                .parse()
                .ok()
                .context("DATABASE_URL is not a PostgreSQL address")?,
            (None, Some(host)) => PgConnectOptions::new_without_pgpass()
                .host(host)
                .port(self.db_port)
                .database(&self.db_name)
                .username(&self.db_user)
                .ssl_mode(PgSslMode::Prefer),
            (None, None) => {
                bail!("no database is named: set DATABASE_URL or DB_HOST, or try --embedded-db")
            }
        };
        if let Some(password) = self
            .db_password
            .as_ref()
            .filter(|_| self.database_url.is_none())
        {
            options = options.password(password);
        }
        if let Some(mode) = self.db_sslmode {
            options = options.ssl_mode(mode.into());
        }
        if let Some(file) = &self.db_sslrootcert {
            options = options.ssl_root_cert(file);
        }
        Ok(options)
    }
}
