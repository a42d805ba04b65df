//! Another site's page must not act in the name of somebody who happens to have ours open.
//!
//! A browser adds the load balancer's session cookie also to a request that another site's page has it send. What
//! such a page cannot do is to say where the request really comes from: the browser writes that itself.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Site,
    problem::{Kind, Problem},
};
use crate::identity::Identity;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests that change something and come from another site.
pub(super) async fn refuse(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || is_ours(&site, request.method(), request.headers()) {
        return next.run(request).await;
    }
    Problem::new(Kind::CrossSite).into_response()
}

fn is_ours(site: &Site, method: &Method, headers: &HeaderMap) -> bool {
    if headers.contains_key(SEC_FETCH_SITE) {
        // "none" is the person, by a bookmark or the address bar. "same-site" is a neighbour under the same domain.
        let mut values = headers.get_all(SEC_FETCH_SITE).iter();
        return values.all(|value| matches!(value.as_bytes(), b"same-origin" | b"none"));
    }
    // Browsers from before 2023, and all of them over plain HTTP except to this machine.
    if headers.contains_key(header::ORIGIN) {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let own = |origin: &HeaderValue| is_own(site, origin.to_str().ok()?, headers);
        return origins.all(|origin| own(origin).unwrap_or(false));
    }
    match &site.identity {
        // No browser says nothing of where such a request comes from; a program does.
        Identity::Claimed => true,
        // A program here has somebody's session, and so could an old browser. But without asking us first, which
        // we would deny, a browser lets other sites send no other method than POST and no other types than these.
        Identity::Alb(_) => method != Method::POST || !is_of_a_form(headers),
    }
}

/// Whether an origin is the place that the request went to; `None` if it is no place at all.
fn is_own(site: &Site, origin: &str, headers: &HeaderMap) -> Option<bool> {
    let (scheme, place) = origin.split_once("://")?;
    let port = match scheme {
        "https" => 443,
        // Whoever can write pages on plain HTTP, as everybody on the way can, must not act where there is HTTPS.
        "http" if !site.https => 80,
        _ => return None,
    };
    // The load balancer may have added the port that goes without saying, or taken it away.
    let parsed = |raw: &str| {
        let place: Authority = raw.parse().ok()?;
        let port = place.port_u16().unwrap_or(port);
        Some((place.host().to_ascii_lowercase(), port))
    };
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, None) = (hosts.next()?.to_str().ok()?, hosts.next()) else {
        return None;
    };
    Some(parsed(host)? == parsed(place)?)
}

/// Whether a page's form could send a body of this type.
fn is_of_a_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return true;
    };
    let essence = value.to_str().unwrap_or("").split(';').next().unwrap_or("");
    let essence = essence.trim().to_ascii_lowercase();
    !essence.starts_with("application/") || essence == "application/x-www-form-urlencoded"
}
