//! One log line a request, and the id that ties it to the client's view.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::{error, info, warn};
use uuid::Uuid;

use super::problem::Cause;
use crate::domain::UserName;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who acts in a request, on the way to the log.
#[derive(Clone)]
pub(super) struct Actor(pub(super) UserName);

/// Logs the request once it is answered. Bodies and query strings stay out: they are personal.
pub(super) async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = accepted_id(request.headers().get(REQUEST_ID))
        .unwrap_or_else(|| Uuid::now_v7().hyphenated().to_string());
    let method = request.method().clone();
    // The template of the route, so that lines can be counted by it.
    let path = request.extensions().get::<MatchedPath>().cloned();

    let mut response = next.run(request).await;

    let path = path.as_ref().map_or("(none)", MatchedPath::as_str);
    let status = response.status();
    let response_time_ms = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    let user = response
        .extensions()
        .get::<Actor>()
        .map(|Actor(name)| name.as_str());
    let cause = response
        .extensions()
        .get::<Cause>()
        .map(|Cause(text)| text.as_str());
    let (method, code) = (method.as_str(), status.as_u16());
    // Who is not logged in should not have come as far as here: somebody has to look at the load balancer.
    if matches!(
        status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::UNAUTHORIZED
    ) {
        warn!(
            request_id,
            method,
            path,
            status = code,
            response_time_ms,
            user,
            error = cause,
            "request"
        );
    } else if status.is_server_error() {
        error!(
            request_id,
            method,
            path,
            status = code,
            response_time_ms,
            user,
            error = cause,
            "request"
        );
    } else {
        info!(
            request_id,
            method,
            path,
            status = code,
            response_time_ms,
            user,
            "request"
        );
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The client's own id, unless it is long or has characters that could confuse whoever reads the log.
fn accepted_id(value: Option<&HeaderValue>) -> Option<String> {
    let id = value?.to_str().ok()?;
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-_.:=/+".contains(&b);
    ((1..=128).contains(&id.len()) && id.bytes().all(harmless)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        let accepted = |raw: &'static str| accepted_id(Some(&HeaderValue::from_static(raw)));
        assert_eq!(
            accepted("Root=1-67891233-abcdef").as_deref(),
            Some("Root=1-67891233-abcdef")
        );
        for raw in ["", "a b", "{\"x\":1}", "a\u{7f}"] {
            assert_eq!(
                HeaderValue::from_str(raw)
                    .ok()
                    .and_then(|value| accepted_id(Some(&value))),
                None,
                "{raw}"
            );
        }
        let long = HeaderValue::from_str(&"a".repeat(129)).unwrap();
        assert_eq!(accepted_id(Some(&long)), None);
    }
}
