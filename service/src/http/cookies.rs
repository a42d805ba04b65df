//! What browsers keep for us: the name of the reader where nobody has to log in, and their language.

use axum::http::{HeaderMap, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Site;

/// The name under which they join, where nobody has to log in.
pub(super) const NAME: &str = "name";
/// The language that they chose.
pub(super) const LANGUAGE: &str = "lang";

/// The secret of a calendar feed that was just made.
pub(super) const FEED: &str = "feed";

/// The values of the cookies of that name, the most specific first.
pub(super) fn read(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(move |cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
        .filter_map(|encoded| percent_decode_str(encoded).decode_utf8().ok())
        .map(std::borrow::Cow::into_owned)
}

/// The header that has a browser keep a value for a year.
pub(super) fn keep(site: &Site, name: &str, value: &str) -> (header::HeaderName, HeaderValue) {
    cookie(site, name, value, "Path=/; Max-Age=31536000; SameSite=Lax")
}

/// The header that has a browser keep a secret for ten minutes, for one page; an empty one is forgotten.
pub(super) fn keep_shortly(
    site: &Site,
    name: &str,
    value: &str,
    path: &str,
) -> (header::HeaderName, HeaderValue) {
    let seconds = if value.is_empty() { 0 } else { 600 };
    let kept = format!("Path={path}; Max-Age={seconds}; SameSite=Strict");
    cookie(site, name, value, &kept)
}

fn cookie(site: &Site, name: &str, value: &str, kept: &str) -> (header::HeaderName, HeaderValue) {
    let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC);
    let secure = if site.https { "; Secure" } else { "" };
    let cookie = format!("{name}={encoded}; {kept}; HttpOnly{secure}");
    // Encoded, the value is plain ASCII, so that this does not fail.
    let cookie = HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""));
    (header::SET_COOKIE, cookie)
}
