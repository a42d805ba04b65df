//! The headers with which a browser protects the readers of a page.

use reqwest::header::HeaderMap;

use crate::{words, words::Words};

/// What is missing of the headers that the service itself sends.
pub(super) fn missing(headers: &HeaderMap) -> Vec<&'static str> {
    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let policy = value("content-security-policy");
    let framed = !policy.contains("frame-ancestors") && value("x-frame-options").is_empty();
    let checks = [
        ("Content-Security-Policy", policy.is_empty()),
        ("frame-ancestors", framed && !policy.is_empty()),
        (
            "X-Content-Type-Options: nosniff",
            value("x-content-type-options") != "nosniff",
        ),
        ("Referrer-Policy", value("referrer-policy").is_empty()),
    ];
    let missing = checks.into_iter().filter(|(_, is_missing)| *is_missing);
    missing.map(|(name, _)| name).collect()
}

/// What to say where browsers are not told to come by HTTPS only, which the load balancer is to say; `None` where they
/// are.
pub(super) fn without_transport_security(headers: &HeaderMap) -> Option<Words> {
    if headers.contains_key("strict-transport-security") {
        return None;
    }
    Some(words!(
        "no HSTS: browsers may be led to plain HTTP; the load balancer sends it with the listener attribute routing.http.response.strict_transport_security.header_value",
        "HSTS がないため、ブラウザーが HTTP に誘導される可能性がある。ALB のリスナー属性 routing.http.response.strict_transport_security.header_value で付与できる"
    ))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn what_is_missing_is_named() {
        let all = [
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ];
        assert!(missing(&headers(&all)).is_empty());
        assert_eq!(missing(&headers(&all[..1])).len(), 2);
        assert_eq!(
            missing(&headers(&[])),
            [
                "Content-Security-Policy",
                "X-Content-Type-Options: nosniff",
                "Referrer-Policy"
            ]
        );
        let framed = [
            ("content-security-policy", "default-src 'none'"),
            all[1],
            all[2],
        ];
        assert_eq!(missing(&headers(&framed)), ["frame-ancestors"]);
        assert!(without_transport_security(&headers(&all)).is_some());
        let strict = [("strict-transport-security", "max-age=31536000")];
        assert!(without_transport_security(&headers(&strict)).is_none());
    }
}
