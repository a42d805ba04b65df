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
    fields::media_type,
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
    let kind = media_type(headers);
    kind != "text/csv" && !kind.starts_with("application/")
        || kind == "application/x-www-form-urlencoded"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Auth, People};

    fn site(https: bool, auth: Auth) -> Site {
        let people = People {
            auth: Some(auth),
            alb_arn: Some(
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/b".into(),
            ),
            oidc_keys_url: None,
            oidc_client_id: None,
            oidc_name_claim: "email".into(),
            admins: String::new(),
        };
        let identity = people.identity().unwrap();
        Site {
            https,
            identity,
            ..Site::default()
        }
    }

    fn ours(site: &Site, method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        is_ours(site, &method, &map)
    }

    #[test]
    fn the_browsers_word_counts_before_everything_else() {
        let site = site(false, Auth::None);
        let own = ("origin", "http://events.example");
        let host = ("host", "events.example");
        for (value, expected) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
            ("Same-Origin, same-origin", false),
        ] {
            let headers = [("sec-fetch-site", value), own, host];
            assert_eq!(ours(&site, Method::POST, &headers), expected, "{value}");
        }
        let twice = [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert!(!ours(&site, Method::POST, &twice));
    }

    #[test]
    fn an_origin_must_be_the_place_that_was_asked() {
        let (plain, https) = (site(false, Auth::None), site(true, Auth::None));
        for (origin, host, on_plain, on_https) in [
            ("https://events.example", "events.example", true, true),
            ("https://events.example", "Events.Example:443", true, true),
            (
                "https://events.example:8443",
                "events.example:8443",
                true,
                true,
            ),
            ("http://events.example", "events.example:80", true, false),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true, false),
            ("http://[::1]:8080", "[::1]:8080", true, false),
            (
                "https://events.example:8443",
                "events.example",
                false,
                false,
            ),
            ("http://events.example", "events.example:443", false, false),
            ("https://evil.example", "events.example", false, false),
            (
                "https://events.example.evil.example",
                "events.example",
                false,
                false,
            ),
            (
                "https://evil.example/events.example",
                "events.example",
                false,
                false,
            ),
            ("https://a.events.example", "events.example", false, false),
            ("ftp://events.example", "events.example", false, false),
            ("events.example", "events.example", false, false),
            ("null", "null", false, false),
            ("", "", false, false),
        ] {
            let headers = [("origin", origin), ("host", host)];
            let case = format!("{origin} at {host}");
            assert_eq!(ours(&plain, Method::PUT, &headers), on_plain, "{case}");
            assert_eq!(ours(&https, Method::PUT, &headers), on_https, "{case}");
        }
        let place = ("origin", "https://a.example");
        let (a, b) = (("host", "a.example"), ("host", "b.example"));
        assert!(!ours(&plain, Method::POST, &[place]));
        assert!(!ours(&plain, Method::POST, &[place, a, b]));
        assert!(!ours(
            &plain,
            Method::POST,
            &[place, ("origin", "https://b.example"), a]
        ));
    }

    #[test]
    fn programs_pass_but_not_what_could_be_an_old_browser_with_a_session() {
        let (anybody, known) = (site(true, Auth::None), site(true, Auth::AlbOidc));
        for (method, kind, with_session) in [
            (Method::POST, Some("application/json"), true),
            (
                Method::POST,
                Some("Application/Merge-Patch+JSON; charset=utf-8"),
                true,
            ),
            (
                Method::POST,
                Some("application/x-www-form-urlencoded"),
                false,
            ),
            (
                Method::POST,
                Some("Application/X-WWW-Form-URLencoded;charset=utf-8"),
                false,
            ),
            (
                Method::POST,
                Some("multipart/form-data; boundary=application/json"),
                false,
            ),
            (Method::POST, Some("text/csv; charset=utf-8"), true),
            (Method::POST, Some("text/plain"), false),
            (Method::POST, Some("text/plain;application/json"), false),
            (Method::POST, None, false),
            (Method::PUT, None, true),
            (Method::DELETE, None, true),
        ] {
            let headers: Vec<_> = kind
                .map(|kind| ("content-type", kind))
                .into_iter()
                .collect();
            assert!(
                ours(&anybody, method.clone(), &headers),
                "{method} {kind:?}"
            );
            assert_eq!(
                ours(&known, method.clone(), &headers),
                with_session,
                "{method} {kind:?}"
            );
        }
    }
}
