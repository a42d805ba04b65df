//! The service as the load test knows it outside the measured requests: to prepare, to verify, to clean up.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An event as the service shows it; only what the load test looks at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub organizer: String,
    /// How many may take part.
    pub max_participants: u32,
    /// How many the service says take part.
    pub participants_count: u32,
    /// Who takes part; only where one event is shown.
    #[serde(default)]
    pub participants: Vec<Participant>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Participant {
    /// The name.
    pub user_name: String,
}

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    /// The events.
    pub items: Vec<Event>,
    /// The cursor of the next page.
    #[serde(default)]
    pub next: Option<String>,
}

/// An event to create or to change.
#[derive(Debug, Clone, Serialize)]
pub struct Draft {
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// When it begins, in RFC 3339.
    pub event_date: String,
    /// Where it takes place.
    pub location: String,
    /// How many may take part.
    pub max_participants: u32,
    /// Who makes it.
    pub organizer: String,
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

/// A client of the service.
#[derive(Debug, Clone)]
pub struct Target {
    client: Client,
    host: Url,
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
        })
    }

    /// Whether `/health` answers 200, and the version that it tells, if it tells one.
    pub async fn health(&self) -> Result<Option<String>, TargetError> {
        #[derive(Deserialize)]
        struct Health {
            version: Option<String>,
        }
        let (_, bytes) = self.call(Method::GET, "health", None::<&()>).await?;
        let health = serde_json::from_slice::<Health>(&bytes);
        Ok(health.ok().and_then(|health| health.version))
    }

    /// Creates an event.
    pub async fn create(&self, draft: &Draft) -> Result<Event, TargetError> {
        self.read(Method::POST, "events", Some(draft)).await
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
        let (status, bytes) = self.call(method, path, body).await?;
        serde_json::from_slice(&bytes)
            .map_err(|error| TargetError::Unexpected(what, status, error.to_string()))
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(u16, Vec<u8>), TargetError> {
        let what = format!("{method} /{path}");
        let unanswered = |error: reqwest::Error| {
            let cause = crate::outcome::of_error(&error).1.unwrap_or_default();
            TargetError::Unanswered(what.clone(), cause.into_owned())
        };
        let url = format!("{}/{path}", self.host.as_str().trim_end_matches('/'));
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unanswered)?;
        if status.is_success() {
            Ok((status.as_u16(), bytes.into()))
        } else {
            let body: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
            Err(TargetError::Unexpected(what, status.as_u16(), body))
        }
    }
}
