//! Entity tags: what a client has seen of an event.
//!
//! A tag is the version of the event and a digest of the body, `"<version>-<digest>"`. `If-None-Match` compares the
//! whole, so a cached copy is never older than the last seat. `If-Match` compares the version only: somebody who
//! joins while an organiser writes changes the body, but nothing that the organiser overwrites.

use std::{convert::Infallible, fmt::Write as _};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use sha2::{Digest as _, Sha256};

use crate::domain::Version;

/// The tag of a body that shows this version of an event.
pub(super) fn tag(version: &Version, body: &[u8]) -> String {
    format!("\"{}-{}\"", version.as_str(), digest(body))
}

/// The tag of a body that is of no single event.
pub(super) fn of_body(body: &[u8]) -> String {
    format!("\"{}\"", digest(body))
}

/// Whether the client has the body of this tag already.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers, header::IF_NONE_MATCH)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn digest(body: &[u8]) -> String {
    let mut digest = String::with_capacity(24);
    // 96 bits are plenty to tell apart what one address has ever looked like.
    for byte in &Sha256::digest(body)[..12] {
        // Writing to a string does not fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

/// Which versions of an event the client wants to change or delete; `None` means any.
///
/// A weak tag, and what is not a tag of ours, matches nothing: an edit that may be wrong is not made.
pub(super) struct IfMatch(pub(super) Option<Vec<Version>>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let any = !headers.contains_key(header::IF_MATCH)
            || listed(headers, header::IF_MATCH).any(|tag| tag == "*");
        let version = |tag: &str| {
            let (version, _) = tag.strip_prefix('"')?.strip_suffix('"')?.rsplit_once('-')?;
            Some(Version::new(version))
        };
        let versions = || {
            listed(headers, header::IF_MATCH)
                .filter_map(version)
                .collect()
        };
        Ok(Self((!any).then(versions)))
    }
}

/// The members of a header that is a list. A tag of ours has no comma.
fn listed(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn versions(if_match: &[&str]) -> Option<Vec<String>> {
        let mut request = Request::new(());
        for value in if_match {
            let value = value.parse().unwrap();
            request.headers_mut().append(header::IF_MATCH, value);
        }
        let (mut parts, ()) = request.into_parts();
        let Ok(IfMatch(versions)) = IfMatch::from_request_parts(&mut parts, &()).await;
        let names = |versions: Vec<Version>| {
            versions
                .iter()
                .map(|version| version.as_str().to_owned())
                .collect()
        };
        versions.map(names)
    }

    #[tokio::test]
    async fn an_edit_names_the_versions_it_is_meant_for() {
        assert_eq!(versions(&[]).await, None);
        assert_eq!(versions(&["*"]).await, None);
        assert_eq!(versions(&["\"7-ab\""]).await, Some(vec!["7".to_owned()]));
        let several = Some(vec!["7".to_owned(), "8".to_owned()]);
        assert_eq!(versions(&["\"7-ab\" , \"8-cd\""]).await, several);
        assert_eq!(versions(&["\"7-ab\"", "\"8-cd\""]).await, several);
        for nothing in ["", "7-ab", "\"7\"", "W/\"7-ab\"", "\"", "\"7-ab", "é"] {
            assert_eq!(versions(&[nothing]).await, Some(vec![]), "{nothing}");
        }
    }

    #[test]
    fn a_known_body_is_told_from_others() {
        let tag = tag(&Version::new("7"), b"body");
        let known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            is_known(&headers, &tag)
        };
        assert!(known(&tag) && known("*") && known(&format!("W/{tag}")));
        assert!(known(&format!("\"1-2\", {tag}")));
        assert!(!known("\"7-0\"") && !known("") && !known("7"));
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
