//! One exchange with the service: sent, read to the last byte, and sorted.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::ETAG;
use serde::Deserialize;

use crate::endpoint::Endpoint;
use crate::outcome::{self, Outcome};

/// A whole answer, or the sort of failure.
pub(super) struct Exchange {
    pub(super) status: Option<u16>,
    pub(super) outcome: Outcome,
    pub(super) cause: Option<Cow<'static, str>>,
    pub(super) first_byte: Duration,
    pub(super) tag: Option<String>,
    pub(super) body: Bytes,
}

/// Sends and reads until the last byte; a connection whose body is left unread cannot be used again.
pub(super) async fn exchange(
    endpoint: Endpoint,
    request: RequestBuilder,
    started: Instant,
) -> Exchange {
    let answer = request.send().await;
    let first_byte = started.elapsed();
    let failed = |error: &reqwest::Error, status| {
        let (outcome, cause) = outcome::of_error(error);
        Exchange {
            status,
            outcome,
            cause,
            first_byte,
            tag: None,
            body: Bytes::new(),
        }
    };
    let response = match answer {
        Err(error) => return failed(&error, None),
        Ok(response) => response,
    };
    let status = response.status().as_u16();
    let tag = response.headers().get(ETAG);
    let tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    match response.bytes().await {
        Err(error) => failed(&error, Some(status)),
        Ok(bytes) => {
            let (outcome, mut cause) = outcome::of_status(endpoint, status);
            if outcome == Outcome::ServerFault
                && let Some(problem) = problem(&bytes)
            {
                cause = Some(format!("http-{status} {problem}").into());
            }
            Exchange {
                status: Some(status),
                outcome,
                cause,
                first_byte,
                tag,
                body: bytes,
            }
        }
    }
}

/// The last part of the type of a problem document (RFC 9457): why a 503 is one.
///
/// Only a short name: causes are counted, and a server that names each fault anew must not fill the memory.
fn problem(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Problem {
        r#type: String,
    }
    let Problem { r#type } = serde_json::from_slice(body).ok()?;
    let name = r#type.rsplit('/').next()?;
    let short = (1..=40).contains(&name.len());
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    (short && plain).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_named_by_its_type_unless_that_is_endless() {
        let name = |name: &str| problem(format!(r#"{{"type":"/problems/{name}"}}"#).as_bytes());
        assert_eq!(name("overloaded"), Some("overloaded".to_owned()));
        assert_eq!(name("request-4711"), None);
        assert_eq!(name(&"x".repeat(41)), None);
        assert_eq!(problem(b"<html>"), None);
    }
}
