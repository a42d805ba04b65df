//! Where events are announced, and how.

use std::fmt;

use anyhow::{Context as _, Result, bail};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use reqwest::Url;

use crate::domain::Language;

/// Where to announce events, and how.
#[derive(Debug, Args)]
pub struct Announcements {
    /// The Slack incoming webhook that events are announced to; without it they are not
    #[arg(long, env, hide_env_values = true)]
    pub slack_webhook_url: Option<Secret>,
    /// The language of the announcements
    #[arg(
        long,
        env,
        default_value = "ja",
        value_parser = PossibleValuesParser::new(["ja", "en"])
            .map(|tag| if tag == "en" { Language::English } else { Language::Japanese })
    )]
    pub slack_language: Language,
    /// Where people find the pages, such as https://events.example.com, for links in announcements and calendars
    #[arg(long, env)]
    pub public_url: Option<String>,
}

/// A text that must not be seen, in logs above all.
#[derive(Clone)]
pub struct Secret(String);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Announcements {
    /// The address of the webhook, if there is one; an empty one is none.
    ///
    /// # Errors
    ///
    /// When it is no address, or one that would send announcements through the network in clear text.
    pub fn webhook(&self) -> Result<Option<Url>> {
        // The address is the key to the channel: errors do not repeat it.
        let Some(Secret(raw)) = &self.slack_webhook_url else {
            return Ok(None);
        };
        if raw.is_empty() {
            return Ok(None);
        }
        let url: Url = raw
            .parse()
            .ok()
            .context("SLACK_WEBHOOK_URL is not an address")?;
        let safe = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            _ => false,
        };
        if !safe {
            bail!("SLACK_WEBHOOK_URL must begin with https:// (http:// only on this machine)");
        }
        Ok(Some(url))
    }

    /// Where people find the pages, without a slash at the end; an empty address is none.
    ///
    /// # Errors
    ///
    /// When it is no address of a page.
    pub fn pages(&self) -> Result<Option<String>> {
        let Some(raw) = self.public_url.as_deref().filter(|raw| !raw.is_empty()) else {
            return Ok(None);
        };
        let url: Option<Url> = raw.parse().ok();
        let plain = url.filter(|url| {
            matches!(url.scheme(), "https" | "http")
                && url.username().is_empty()
                && url.query().is_none()
                && url.fragment().is_none()
        });
        let plain =
            plain.context("PUBLIC_URL is not an address such as https://events.example.com")?;
        Ok(Some(plain.as_str().trim_end_matches('/').to_owned()))
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("");
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcements(webhook: &str, pages: &str) -> Announcements {
        Announcements {
            slack_webhook_url: Some(webhook.to_owned().into()),
            slack_language: Language::Japanese,
            public_url: Some(pages.to_owned()),
        }
    }

    #[test]
    fn the_webhook_is_encrypted_or_on_this_machine() {
        for (raw, accepted) in [
            ("https://hooks.slack.com/services/T0/B0/secret", true),
            ("http://127.0.0.1:9999/secret", true),
            ("http://[::1]:9999/secret", true),
            ("http://localhost/secret", true),
            ("http://hooks.slack.com/secret", false),
            ("http://127.0.0.1.example.com/secret", false),
            ("http://169.254.169.254/secret", false),
            ("file:///etc/secret", false),
            ("secret", false),
        ] {
            let webhook = announcements(raw, "").webhook();
            assert_eq!(webhook.is_ok(), accepted, "{raw}");
            if let Err(error) = webhook {
                assert!(
                    !format!("{error:#} {error:?}").contains("secret"),
                    "{error:?}"
                );
            }
        }
        assert_eq!(announcements("", "").webhook().unwrap(), None);
    }

    #[test]
    fn the_webhook_does_not_show() {
        let shown = format!(
            "{:?}",
            announcements("https://hooks.slack.com/services/T0/B0/key", "")
        );
        assert!(!shown.contains("hooks"), "{shown}");
    }

    #[test]
    fn links_begin_with_the_address_of_the_pages() {
        for (raw, expected) in [
            ("", None),
            (
                "https://events.example.com",
                Some("https://events.example.com"),
            ),
            (
                "https://events.example.com/",
                Some("https://events.example.com"),
            ),
            (
                "http://localhost:8080/in/",
                Some("http://localhost:8080/in"),
            ),
        ] {
            assert_eq!(announcements("", raw).pages().unwrap().as_deref(), expected);
        }
        for raw in [
            "events.example.com",
            "javascript:alert(1)",
            "https://a.example/?q=1",
            "https://me@a.example",
        ] {
            assert!(announcements("", raw).pages().is_err(), "{raw}");
        }
    }
}
