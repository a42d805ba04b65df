//! Tells a database that is away from a statement that is wrong.

use std::{fmt, io::ErrorKind};

use sqlx::postgres::PgConnectOptions;

/// Why the database cannot serve now.
#[derive(Debug, Clone)]
pub struct Outage {
    /// The kind of reason.
    pub class: Class,
    /// The words of the driver or the server, for the log only.
    pub detail: String,
}

/// The kinds of reasons. Their names are part of the log format and of `/health/ready`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing listens there.
    Refused,
    /// No answer: packets are swallowed, or the server hangs.
    Timeout,
    /// The host name has no address.
    NameNotResolved,
    /// The connection broke.
    Lost,
    /// The certificate or the encryption was not accepted.
    Tls,
    /// User or password is wrong.
    LoginRejected,
    /// The server accepts no such user from here, or none without encryption.
    AccessDenied,
    /// There is no database of that name.
    DatabaseMissing,
    /// The server is starting, stopping or recovering.
    Restarting,
    /// The server has no connection left for us.
    TooManyConnections,
    /// The server is out of memory or disk.
    OutOfResources,
    /// The server takes no writes: most likely the old primary after a fail-over.
    ReadOnly,
    /// The statement took too long, or waited too long for a lock.
    Slow,
    /// All of our own connections are in use.
    Busy,
    /// The tables are not up to date.
    NotMigrated,
}

impl Class {
    /// The name in logs and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "connection-refused",
            Self::Timeout => "timeout",
            Self::NameNotResolved => "name-not-resolved",
            Self::Lost => "connection-lost",
            Self::Tls => "tls",
            Self::LoginRejected => "login-rejected",
            Self::AccessDenied => "access-denied",
            Self::DatabaseMissing => "database-missing",
            Self::Restarting => "restarting",
            Self::TooManyConnections => "too-many-connections",
            Self::OutOfResources => "out-of-resources",
            Self::ReadOnly => "read-only",
            Self::Slow => "slow",
            Self::Busy => "busy",
            Self::NotMigrated => "not-migrated",
        }
    }

    /// Whether the database as a whole is away, rather than one statement slow.
    pub(super) fn means_away(self) -> bool {
        !matches!(self, Self::Slow | Self::Busy | Self::NotMigrated)
    }

    /// Whether the other connections have most likely met the same fate.
    pub(super) fn dooms_connections(self) -> bool {
        matches!(
            self,
            Self::Lost | Self::Timeout | Self::Refused | Self::Restarting | Self::ReadOnly
        )
    }
}

impl Outage {
    pub(super) fn new(class: Class, detail: impl Into<String>) -> Self {
        Self {
            class,
            detail: detail.into(),
        }
    }

    /// The outage behind an error, if there is one.
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        let class = match error {
            sqlx::Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused | ErrorKind::NotFound => Class::Refused,
                ErrorKind::TimedOut
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable => Class::Timeout,
                _ if error.to_string().contains("lookup address") => Class::NameNotResolved,
                _ => Class::Lost,
            },
            sqlx::Error::Tls(_) => Class::Tls,
            sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => {
                Class::Lost
            }
            sqlx::Error::Database(error) => of_state(&error.code()?, error.message())?,
            _ => return None,
        };
        Some(Self::new(class, error.to_string()))
    }
}

fn of_state(state: &str, message: &str) -> Option<Class> {
    Some(match state {
        "25006" => Class::ReadOnly,
        "57014" | "55P03" => Class::Slow,
        "53300" => Class::TooManyConnections,
        "3D000" => Class::DatabaseMissing,
        "28000" if message.contains("pg_hba.conf") => Class::AccessDenied,
        "28000" | "28P01" => Class::LoginRejected,
        _ if state.starts_with("57P") => Class::Restarting,
        _ if state.starts_with("53") => Class::OutOfResources,
        _ if state.starts_with("08") => Class::Lost,
        _ => return None,
    })
}

impl fmt::Display for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database {}: {}", self.class.as_str(), self.detail)
    }
}

impl std::error::Error for Outage {}

/// Where the database is, for people: never with user or password.
pub(super) fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => format!("{}:{}", socket.display(), options.get_port()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_a_server_that_is_away_are_outages_and_others_are_not() {
        for (state, message, class) in [
            ("25006", "", Some(Class::ReadOnly)),
            ("57P01", "", Some(Class::Restarting)),
            ("57P03", "", Some(Class::Restarting)),
            ("57014", "", Some(Class::Slow)),
            ("08006", "", Some(Class::Lost)),
            ("53300", "", Some(Class::TooManyConnections)),
            ("53100", "", Some(Class::OutOfResources)),
            ("28P01", "", Some(Class::LoginRejected)),
            (
                "28000",
                "no pg_hba.conf entry for host \"10.0.11.5\"",
                Some(Class::AccessDenied),
            ),
            ("23505", "", None),
            ("42P01", "", None),
        ] {
            assert_eq!(of_state(state, message), class, "{state}");
        }
    }

    #[test]
    fn the_place_has_no_secrets() {
        let options: PgConnectOptions = "postgres://me:secret@db.example:6543/events"
            .parse()
            .unwrap();
        assert_eq!(place(&options), "db.example:6543");
    }
}
