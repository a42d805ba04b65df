//! What may be kept of a container's plain environment: which values look like credentials, and where the database is.

use std::sync::LazyLock;

use regex::Regex;

use crate::snapshot::{DatabaseSettings, Text};

type Variable = (String, String);

/// Words of a name whose value is a credential.
const CREDENTIALS: [&str; 8] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "CREDENTIALS",
];
/// What makes a key secret.
const KEYS: [&str; 6] = [
    "API",
    "ACCESS",
    "PRIVATE",
    "SECRET",
    "SIGNING",
    "ENCRYPTION",
];
/// Last words of a name that speaks about a credential without holding it.
const ABOUT: [&str; 19] = [
    "ARN",
    "AGE",
    "ALGORITHM",
    "DAYS",
    "DIR",
    "ENABLED",
    "ENDPOINT",
    "EXPIRY",
    "FILE",
    "HEADER",
    "ID",
    "ISSUER",
    "LENGTH",
    "NAME",
    "PATH",
    "SECONDS",
    "TTL",
    "URI",
    "URL",
];

/// Texts that are a credential wherever they stand and that [`Text`] does not blank for it.
static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{20}|\bxox[abprs]-|\bsk_live_|\bglpat-",
    )
    .ok()
});

/// Names of the variables whose value looks like a credential.
pub(super) fn plain_credentials(environment: &[Variable]) -> Vec<String> {
    environment
        .iter()
        .filter(|(name, value)| holds_credential(name, value.trim()))
        .map(|(name, _)| name.clone())
        .collect()
}

fn holds_credential(name: &str, value: &str) -> bool {
    // What is blanked in a text is a credential.
    let in_value =
        &*Text::from(value) != value || TOKEN.as_ref().is_some_and(|token| token.is_match(value));
    let is_reference = value.starts_with("arn:") || value.starts_with('/');
    let is_switch = ["true", "false", "0", "1"].contains(&value.to_ascii_lowercase().as_str());
    in_value || (!value.is_empty() && !is_reference && !is_switch && names_credential(name))
}

/// Whether a variable or a flag of that name holds a credential.
pub(super) fn names_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_about = words.last().is_some_and(|word| ABOUT.contains(word));
    let is_key = words
        .windows(2)
        .any(|pair| pair[1] == "KEY" && KEYS.contains(&pair[0]));
    !is_about && (is_key || words.iter().any(|word| CREDENTIALS.contains(word)))
}

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
pub(super) fn database_settings(environment: &[Variable]) -> Option<DatabaseSettings> {
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
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<Variable> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn credentials_are_known_by_name_or_by_value() {
        for (name, value, expected) in [
            ("DB_PASSWORD", "hunter2", true),
            ("db_password", "hunter2", true),
            ("STRIPE_API_KEY", "abc", true),
            ("SESSION_SECRET", "abc", true),
            ("GITHUB_TOKEN", "abc", true),
            ("DATABASE_URL", "postgres://app:hunter2@db/app", true),
            ("DSN", "host=db password=hunter2", true),
            ("ANYTHING", "AKIAABCDEFGHIJKLMNOP", true),
            ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----", true),
            ("ANYTHING", "eyJhbGci.eyJzdWIi.c2ln", true),
            ("DB_PASSWORD", "", false),
            ("DB_PASSWORD_FILE", "/run/secrets/db", false),
            (
                "DB_SECRET_ARN",
                "arn:aws:secretsmanager:r:1:secret:x",
                false,
            ),
            ("DB_SECRET", "arn:aws:secretsmanager:r:1:secret:x", false),
            ("TOKEN_TTL", "3600", false),
            ("MAX_TOKENS", "4096", false),
            ("PWD", "/app", false),
            ("USE_TOKEN", "true", false),
            ("DATABASE_URL", "postgres://db/app", false),
            ("DB_HOST", "db.example.com", false),
        ] {
            let found = plain_credentials(&variables(&[(name, value)]));
            assert_eq!(found, vec![name; usize::from(expected)], "{name}={value}");
        }
    }

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
