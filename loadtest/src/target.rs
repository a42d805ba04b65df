//! The service as the load test knows it outside the measured requests: to prepare, to verify, to clean up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod shapes;

pub use shapes::{Draft, Event, Happening, Known, Listing, Page, Person, Place};

/// How many pages of a list or a history are read at most: a server that repeats its cursor must not hold us.
const PAGES: usize = 1_000;

#[derive(Deserialize)]
struct HistoryPage {
    items: Vec<Happening>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Booking<'a> {
    user_name: &'a str,
}

/// Why the service did not do what was asked outside the measured requests.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// No whole answer came.
    #[error("{0} got no answer: {1}")]
    Unanswered(String, String),
    /// The answer was not the one that was promised.
    #[error("{0} answered {1}: {2}")]
    Unexpected(String, u16, String),
}

/// What the health check says of the service, as far as it says anything.
#[derive(Debug, Clone)]
pub struct Health {
    /// Its version.
    pub version: Option<String>,
    /// What time it is there.
    pub timestamp: Option<DateTime<Utc>>,
}

/// A client of the service.
#[derive(Debug, Clone)]
pub struct Target {
    client: Client,
    host: Url,
    calls: Arc<AtomicU64>,
}

impl Target {
    /// A client with a limit for each call.
    pub fn new(host: Url, timeout: Duration) -> reqwest::Result<Self> {
        Ok(Self {
            client: Client::builder()
                .timeout(timeout)
                .redirect(Policy::none())
                .no_proxy()
                .build()?,
            host,
            calls: Arc::default(),
        })
    }

    /// How many requests were made in this way.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether `/health` answers 200, and what it says.
    pub async fn health(&self) -> Result<Health, TargetError> {
        let (_, bytes) = self.call(Method::GET, "health", None::<&()>).await?;
        let health = serde_json::from_slice::<Value>(&bytes).unwrap_or_default();
        let text = |key: &str| health.get(key).and_then(Value::as_str);
        Ok(Health {
            version: text("version").map(str::to_owned),
            timestamp: text("timestamp").and_then(|text| text.parse().ok()),
        })
    }

    /// Creates an event, or finds the one that was created with this idempotency key.
    pub async fn create(&self, draft: &Draft, key: Option<&str>) -> Result<Event, TargetError> {
        let mut request = self.request(Method::POST, "events").json(draft);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        read("POST /events", self.send("POST /events", request).await?)
    }

    /// Joins an event; joining again changes nothing.
    pub async fn join(&self, id: i64, user: &str, waits: bool) -> Result<Place, TargetError> {
        let path = format!(
            "events/{id}/join{}",
            if waits { "?waitlist=true" } else { "" }
        );
        let booking = Booking { user_name: user };
        match self.call(Method::POST, &path, Some(&booking)).await {
            Ok((202, _)) => Ok(Place::InLine),
            Ok(_) => Ok(Place::Seat),
            Err(TargetError::Unexpected(_, 404 | 409, _)) => Ok(Place::None),
            Err(error) => Err(error),
        }
    }

    /// Gives a seat or a place back; it is well if there was none.
    pub async fn leave(&self, id: i64, user: &str) -> Result<(), TargetError> {
        let path = format!("events/{id}/join?user_name={user}");
        match self.call(Method::DELETE, &path, None::<&()>).await {
            Ok(_) | Err(TargetError::Unexpected(_, 404, _)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What happened to an event, oldest first; `None` where the service tells no history.
    pub async fn history(&self, id: i64) -> Result<Option<Vec<Happening>>, TargetError> {
        let mut history = vec![];
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let path = format!("events/{id}/history?limit=100{cursor}");
            let page: HistoryPage = match self.read(Method::GET, &path, None::<&()>).await {
                Err(TargetError::Unexpected(_, 404, _)) => return Ok(None),
                other => other?,
            };
            history.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        Ok(Some(history))
    }

    /// All events of an organizer and, if it is that of a whole run, of its workers; past ones included.
    pub async fn all_of(&self, organizer: &str) -> Result<Vec<Event>, TargetError> {
        let mut events = vec![];
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let page = self.mentioning(organizer, cursor.as_deref()).await?;
            // The search is the service's, the decision ours: nobody else's events are taken for ours.
            events.extend(
                page.items
                    .into_iter()
                    .filter(|event| is_of(&event.organizer, organizer)),
            );
            match page.next {
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                _ => break,
            }
        }
        Ok(events)
    }

    /// Finds an event; `None` if there is none with this number.
    pub async fn find(&self, id: i64) -> Result<Option<Event>, TargetError> {
        match self
            .read(Method::GET, &format!("events/{id}"), None::<&()>)
            .await
        {
            Err(TargetError::Unexpected(_, 404, _)) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Deletes an event; it is well if it was gone already.
    pub async fn delete(&self, id: i64) -> Result<(), TargetError> {
        match self
            .call(Method::DELETE, &format!("events/{id}"), None::<&()>)
            .await
        {
            Ok(_) | Err(TargetError::Unexpected(_, 404, _)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// One page of the events, past ones included, that have the name of an organizer anywhere in their texts.
    pub async fn mentioning(
        &self,
        organizer: &str,
        cursor: Option<&str>,
    ) -> Result<Page, TargetError> {
        let mut url = self.host.clone();
        url.query_pairs_mut()
            .clear()
            .extend_pairs([("q", organizer), ("when", "all"), ("limit", "100")])
            .extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let query = url.query().unwrap_or_default();
        self.read(Method::GET, &format!("events?{query}"), None::<&()>)
            .await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, TargetError> {
        let what = format!("{method} /{path}");
        read(&what, self.call(method, path, body).await?)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(u16, Vec<u8>), TargetError> {
        let what = format!("{method} /{path}");
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(&what, request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.host.as_str().trim_end_matches('/'));
        self.client.request(method, url)
    }

    async fn send(
        &self,
        what: &str,
        request: RequestBuilder,
    ) -> Result<(u16, Vec<u8>), TargetError> {
        let unanswered = |error: reqwest::Error| {
            let cause = crate::outcome::of_error(&error).1.unwrap_or_default();
            TargetError::Unanswered(what.to_owned(), cause.into_owned())
        };
        self.calls.fetch_add(1, Ordering::Relaxed);
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unanswered)?;
        if status.is_success() {
            Ok((status.as_u16(), bytes.into()))
        } else {
            let body: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
            Err(TargetError::Unexpected(
                what.to_owned(),
                status.as_u16(),
                body,
            ))
        }
    }
}

/// Whether an organizer is this one, or that of one of its workers.
fn is_of(organizer: &str, run: &str) -> bool {
    let worker = organizer
        .strip_prefix(run)
        .map(|rest| rest.strip_prefix('-'));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    organizer == run || worker.flatten().is_some_and(number)
}

fn read<T: DeserializeOwned>(
    what: &str,
    (status, bytes): (u16, Vec<u8>),
) -> Result<T, TargetError> {
    serde_json::from_slice(&bytes)
        .map_err(|error| TargetError::Unexpected(what.to_owned(), status, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_run_has_its_workers_and_a_worker_has_nobody_elses() {
        let run = "loadtest-20260401-090000-1a2b";
        for (organizer, of, is) in [
            (run, run, true),
            ("loadtest-20260401-090000-1a2b-10", run, true),
            (
                "loadtest-20260401-090000-1a2b-10",
                "loadtest-20260401-090000-1a2b-1",
                false,
            ),
            (run, "loadtest-20260401-090000-1a2b-1", false),
            ("loadtest-20260401-090000-1a2b-", run, false),
            ("loadtest-20260401-090000-1a2b-x", run, false),
            ("loadtest-20260401-090000-1a2", run, false),
        ] {
            assert_eq!(is_of(organizer, of), is, "{organizer} of {of}");
        }
    }
}
