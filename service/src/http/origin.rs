//! Where the pages are, for addresses that leave the browser.

use axum::http::{HeaderMap, header, uri::Authority};

use super::Site;

/// The address that the pages begin with, without a slash at the end: the configured one, or else that of the request.
pub(super) fn of(site: &Site, headers: &HeaderMap) -> String {
    if let Some(pages) = &site.pages {
        return pages.clone();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let place: Option<Authority> = host.and_then(|host| host.parse().ok());
    // Somebody's name and password do not belong into an address that is passed on.
    let place = place.filter(|place| !place.as_str().contains('@'));
    let scheme = if site.https { "https" } else { "http" };
    format!(
        "{scheme}://{}",
        place.as_ref().map_or("localhost", Authority::as_str)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configured_address_goes_before_that_of_the_request() {
        let of = |site: &Site, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            super::of(site, &headers)
        };
        let plain = Site::default();
        assert_eq!(of(&plain, "127.0.0.1:8080"), "http://127.0.0.1:8080");
        let https = Site {
            https: true,
            ..Site::default()
        };
        assert_eq!(of(&https, "events.example"), "https://events.example");
        for odd in ["", "a b", "me:secret@events.example", "a\"><b"] {
            assert_eq!(of(&https, odd), "https://localhost", "{odd}");
        }
        let configured = Site {
            pages: Some("https://events.example".to_owned()),
            ..Site::default()
        };
        assert_eq!(of(&configured, "127.0.0.1:8080"), "https://events.example");
    }
}
