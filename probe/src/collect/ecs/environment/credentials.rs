//! Which variables and flags hold a credential, by their names and values.

use std::sync::LazyLock;

use regex::Regex;

use super::Variable;
use crate::snapshot::Text;

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
pub(in crate::collect::ecs) fn plain_credentials(environment: &[Variable]) -> Vec<String> {
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
pub(in crate::collect::ecs) fn names_credential(name: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::{super::variables, *};

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
}
