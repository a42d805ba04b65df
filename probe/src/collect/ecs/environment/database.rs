//! Where the database is, as the well-known variables say, without user and password.

use super::Variable;
use crate::snapshot::{DatabaseSettings, Text};

const HOSTS: [&str; 8] = [
    "DB_HOST",
    "DATABASE_HOST",
    "PGHOST",
    "POSTGRES_HOST",
    "RDS_HOSTNAME",
    "DB_HOSTNAME",
    "MYSQL_HOST",
    "DB_ENDPOINT",
];
const PORTS: [&str; 6] = [
    "DB_PORT",
    "DATABASE_PORT",
    "PGPORT",
    "POSTGRES_PORT",
    "RDS_PORT",
    "MYSQL_PORT",
];
const NAMES: [&str; 7] = [
    "DB_NAME",
    "DATABASE_NAME",
    "PGDATABASE",
    "POSTGRES_DB",
    "RDS_DB_NAME",
    "DB_DATABASE",
    "MYSQL_DATABASE",
];
const SSL_MODES: [&str; 7] = [
    "PGSSLMODE",
    "DB_SSLMODE",
    "DB_SSL_MODE",
    "DATABASE_SSLMODE",
    "DATABASE_SSL_MODE",
    "POSTGRES_SSLMODE",
    "DB_SSL",
];
const POOLS: [&str; 9] = [
    "DB_POOL",
    "DB_POOL_SIZE",
    "DB_POOL_MAX",
    "DB_MAX_CONNECTIONS",
    "DB_MAX_OPEN_CONNS",
    "DATABASE_POOL",
    "DATABASE_POOL_SIZE",
    "DATABASE_MAX_CONNECTIONS",
    "MAXIMUM_POOL_SIZE",
];
const URLS: [&str; 6] = [
    "DATABASE_URL",
    "DB_URL",
    "POSTGRES_URL",
    "DATABASE_URI",
    "DATASOURCE_URL",
    "DSN",
];

/// What the well-known variables say of the database; `None` where there are none.
pub(in crate::collect::ecs) fn database_settings(
    environment: &[Variable],
) -> Option<DatabaseSettings> {
    let find = |names: &[&str]| names.iter().find_map(|name| variable(environment, name));
    // A value may hold more than it should: a whole URL with its password as DB_HOST.
    let value = |names: &[&str]| find(names).map(|(_, value)| Text::from(value.trim()).to_string());
    let url = URLS
        .iter()
        .filter_map(|name| variable(environment, name))
        .find_map(|(name, value)| Some((name, parse_url(value.trim())?)));
    let (named_by_url, url) = match url {
        Some((name, settings)) => (Some(name.clone()), settings),
        None => (None, DatabaseSettings::default()),
    };
    let named = find(&HOSTS).map(|(name, _)| name.clone());
    let settings = DatabaseSettings {
        variable: named.or(named_by_url),
        host: value(&HOSTS).or(url.host),
        port: value(&PORTS).or(url.port),
        name: value(&NAMES).or(url.name),
        ssl_mode: value(&SSL_MODES).or(url.ssl_mode),
        pool: find(&POOLS)
            .and_then(|(_, value)| value.trim().parse().ok())
            .or(url.pool),
    };
    (settings != DatabaseSettings::default()).then_some(settings)
}

/// The variable of that name, with or without a prefix of the application.
fn variable<'a>(environment: &'a [Variable], name: &str) -> Option<&'a Variable> {
    let exact = environment.iter().find(|(known, _)| known == name);
    exact.or_else(|| {
        let suffix = format!("_{name}");
        environment
            .iter()
            .find(|(known, _)| known.ends_with(&suffix))
    })
}

/// Reads `scheme://user:password@host:port/name?sslmode=…` without user and password.
///
/// A password may hold any character, `@` and `/` too: what stands before the last `@` is never looked at.
fn parse_url(url: &str) -> Option<DatabaseSettings> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
    let is_database = ["postgres", "mysql", "mariadb"]
        .iter()
        .any(|kind| scheme.starts_with(kind));
    let (before, after) = rest.rsplit_once('@').unwrap_or(("", rest));
    if !is_database || before.to_ascii_lowercase().contains("password=") {
        return None;
    }
    let (place, query) = after.split_once('?').unwrap_or((after, ""));
    let (authority, name) = place.split_once('/').unwrap_or((place, ""));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let option = |names: &[&str]| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(key, _)| names.contains(&key.to_ascii_lowercase().as_str()))
            .map(|(_, value)| value.to_owned())
            .next()
    };
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(DatabaseSettings {
        variable: None,
        host: filled(host),
        port: port.and_then(filled),
        name: filled(name),
        ssl_mode: option(&["sslmode", "ssl-mode", "ssl"]),
        pool: option(&["connection_limit", "pool_max_conns", "pool_size"])
            .and_then(|size| size.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::variables, *};

    #[test]
    fn a_database_is_read_from_separate_variables() {
        let settings = database_settings(&variables(&[
            ("DB_HOST", "db.example.com"),
            ("DB_PORT", "5432"),
            ("DB_NAME", "events"),
            ("DB_USER", "app"),
            ("PGSSLMODE", "require"),
            ("DB_POOL_SIZE", "20"),
            ("LOG_LEVEL", "debug"),
        ]));
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(
            settings,
            Some(DatabaseSettings {
                variable: owned("DB_HOST"),
                host: owned("db.example.com"),
                port: owned("5432"),
                name: owned("events"),
                ssl_mode: owned("require"),
                pool: Some(20),
            })
        );
        assert_eq!(database_settings(&variables(&[("LOG_LEVEL", "x")])), None);
    }

    #[test]
    fn a_url_is_read_without_user_and_password() {
        for (url, host, port, name, ssl_mode) in [
            (
                "postgres://app:hunter2@db:5432/events?sslmode=disable",
                Some("db"),
                Some("5432"),
                Some("events"),
                Some("disable"),
            ),
            (
                "postgresql://app:hun/ter?2#@@db/events",
                Some("db"),
                None,
                Some("events"),
                None,
            ),
            (
                "postgres+asyncpg://app@db/events",
                Some("db"),
                None,
                Some("events"),
                None,
            ),
            (
                "jdbc:postgresql://db:5433/events",
                Some("db"),
                Some("5433"),
                Some("events"),
                None,
            ),
            (
                "postgres://app:hunter2@[fd00::1]:5432/events",
                Some("[fd00::1]"),
                Some("5432"),
                Some("events"),
                None,
            ),
            ("postgres:///events", None, None, Some("events"), None),
        ] {
            let read = database_settings(&variables(&[("APP_DATABASE_URL", url)])).unwrap();
            let shown = [read.host, read.port, read.name, read.ssl_mode];
            let shown: Vec<Option<&str>> = shown.iter().map(Option::as_deref).collect();
            assert_eq!(shown, [host, port, name, ssl_mode], "{url}");
            assert_eq!(read.variable.as_deref(), Some("APP_DATABASE_URL"));
        }
        for not_read in [
            "https://app:hunter2@db/x",
            "postgres://db/x?password=a@b",
            "db",
        ] {
            assert_eq!(
                database_settings(&variables(&[("DATABASE_URL", not_read)])),
                None
            );
        }
    }

    #[test]
    fn a_password_in_a_host_variable_is_blanked() {
        let read = database_settings(&variables(&[("DB_HOST", "postgres://app:hunter2@db/x")]));
        assert_eq!(
            read.unwrap().host.as_deref(),
            Some("postgres://[redacted]@db/x")
        );
    }
}
