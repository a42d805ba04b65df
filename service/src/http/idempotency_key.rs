//! The header `Idempotency-Key`: the name of a request that may be sent again.

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, request::Parts},
};

use super::problem::{Kind, Problem};

const NAME: HeaderName = HeaderName::from_static("idempotency-key");
/// The most characters that a key may have.
const LENGTH: usize = 255;

/// The key of a request, if it has one.
pub(super) struct Key(pub(super) Option<String>);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(NAME).into_iter();
        let key = match (values.next(), values.next()) {
            (None, _) => return Ok(Self(None)),
            (Some(value), None) => value.to_str().ok().and_then(parse),
            (Some(_), Some(_)) => None,
        };
        key.map(|key| Self(Some(key)))
            .ok_or_else(|| Problem::new(Kind::IdempotencyKeyMalformed))
    }
}

/// Reads a key with or without quotes, as clients send both; the quotes are not part of it.
fn parse(raw: &str) -> Option<String> {
    let quoted = raw.strip_prefix('"').map(|rest| rest.strip_suffix('"'));
    let key = quoted.unwrap_or(Some(raw))?;
    let accepted = (1..=LENGTH).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'));
    accepted.then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_with_or_without_quotes() {
        for raw in ["8e03978e-40d5", "\"8e03978e-40d5\""] {
            assert_eq!(parse(raw).as_deref(), Some("8e03978e-40d5"), "{raw}");
        }
        assert!(parse(&"k".repeat(255)).is_some());
        let long = "k".repeat(256);
        for raw in [
            "",
            "\"",
            "\"\"",
            "\"a",
            "a\"",
            "a b",
            "a\\b",
            "é",
            long.as_str(),
        ] {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }
}
