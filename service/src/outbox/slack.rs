//! Sends messages to Slack, by an incoming webhook.

use std::{error::Error as _, time::Duration};

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{HeaderMap, RETRY_AFTER},
};
use serde_json::json;

use super::failure::Failure;
use crate::outgoing;

/// How long one delivery may take.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// What to wait where the receiver has too many messages and does not say how long.
const UNSAID: Duration = Duration::from_secs(30);
/// The longest that a receiver can make us wait at a time.
const LONGEST: Duration = Duration::from_mins(15);
/// How much of an answer is worth reading, in bytes: Slack says in one word what is wrong.
const ANSWER: usize = 200;

/// A channel of Slack. Whoever has the address can write to the channel, so no error and no log line has it.
pub struct Slack {
    client: Client,
    webhook: Url,
}

impl Slack {
    /// Prepares to send to a webhook; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the system's root certificates cannot be read.
    pub fn new(webhook: Url) -> reqwest::Result<Self> {
        Ok(Self {
            client: outgoing::client(LIMIT)?,
            webhook,
        })
    }

    /// Sends a message in Slack's markup, and waits for the answer.
    pub(super) async fn send(&self, text: &str) -> Result<(), Failure> {
        let message = json!({ "text": text, "unfurl_links": false, "unfurl_media": false });
        let sent = self.client.post(self.webhook.clone()).json(&message).send();
        let response = sent.await.map_err(unanswered)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait = retry_after(response.headers());
            return Err(Failure::TooMany { wait });
        }
        let word = beginning(response).await;
        let said = format!("Slack answered {}: {}", status.as_u16(), word.trim());
        Err(if status.is_server_error() {
            Failure::Unavailable(said)
        } else {
            Failure::Refused(said)
        })
    }
}

fn unanswered(error: reqwest::Error) -> Failure {
    // `without_url` for what reqwest itself says; the causes below speak of sockets and certificates.
    let error = error.without_url();
    if error.is_timeout() {
        return Failure::Unavailable(format!("Slack did not answer within {} s", LIMIT.as_secs()));
    }
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|cause| cause.source()) {
        cause = Some(deeper);
    }
    let cause = cause.map_or_else(|| error.to_string(), ToString::to_string);
    Failure::Unavailable(format!("Slack could not be reached: {cause}"))
}

fn retry_after(headers: &HeaderMap) -> Duration {
    headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map_or(UNSAID, Duration::from_secs)
        .clamp(Duration::from_secs(1), LONGEST)
}

/// The beginning of the answer, however long that is; whatever it is, it must fit into a log line.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER
        && let Ok(Some(more)) = response.chunk().await
    {
        bytes.extend_from_slice(&more);
    }
    bytes.truncate(ANSWER);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_receiver_says_how_long_to_wait_within_reason() {
        for (said, seconds) in [
            ("7", 7),
            (" 30 ", 30),
            ("0", 1),
            ("999999999", 900),
            ("-1", 30),
            ("soon", 30),
            ("99999999999999999999999", 30),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, said.parse().unwrap())]);
            assert_eq!(retry_after(&headers).as_secs(), seconds, "{said}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), UNSAID);
    }
}
