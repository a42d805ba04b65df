//! Fetches the keys of load balancers and keeps them.
//!
//! A key that was fetched once works until the service stops, also when the key service is away.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use reqwest::{Client, StatusCode, Url};
use thiserror::Error;
use tracing::warn;

use super::{
    key::{KeyId, PublicKey},
    shelf::{Answer, Look, Shelf},
};
use crate::outgoing;

/// How long the answer to a question may take.
const LIMIT: Duration = Duration::from_secs(2);
/// The longest answer that can be a key, in bytes; a key has 178.
const LONGEST: usize = 4_096;

/// Where the keys of load balancers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyService(Url);

impl FromStr for KeyService {
    type Err = &'static str;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let url: Url = raw.parse().map_err(|_| "is not an address")?;
        let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            // Whoever could change the answer on its way could be everybody.
            _ => return Err("must begin with https:// (http:// only on this machine)"),
        }
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        plain
            .then_some(Self(url))
            .ok_or("must have no user, query or fragment")
    }
}

impl KeyService {
    fn address(&self, id: KeyId) -> String {
        format!("{}/{id}", self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Display for KeyService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The key service gives no answer, or cannot be asked as often as it would be necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the load balancer's key cannot be fetched at the moment")]
pub struct KeysAway;

/// The keys of load balancers; cheap to clone.
#[derive(Debug, Clone)]
pub struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: KeyService,
    client: Client,
    shelf: Mutex<Shelf>,
}

impl Keys {
    /// Makes ready to fetch keys there. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// When the system's root certificates cannot be read.
    pub fn new(service: KeyService) -> reqwest::Result<Self> {
        Ok(Self(Arc::new(Inner {
            service,
            client: outgoing::client(LIMIT)?,
            shelf: Mutex::default(),
        })))
    }

    /// The key of that id, from memory if possible; `None` if there is none.
    ///
    /// # Errors
    ///
    /// When that cannot be found out at the moment.
    pub async fn get(&self, id: KeyId) -> Result<Option<PublicKey>, KeysAway> {
        let look = self.0.shelf().look(id, Instant::now());
        let mut coming = match look {
            Look::Found(answer) => return told(answer),
            Look::Wait(coming) => coming,
            Look::Ask(sender, coming) => {
                // A task of its own: others wait for the answer, also when this request has gone away.
                let inner = self.0.clone();
                tokio::spawn(async move {
                    let answer = inner.ask(id).await;
                    inner.shelf().put(id, answer, Instant::now());
                    sender.send_replace(Some(answer));
                });
                coming
            }
        };
        let answer = coming
            .wait_for(Option::is_some)
            .await
            .map_err(|_| KeysAway)?;
        told(answer.unwrap_or(Answer::Away))
    }
}

fn told(answer: Answer) -> Result<Option<PublicKey>, KeysAway> {
    match answer {
        Answer::Key(key) => Ok(Some(key)),
        Answer::Unknown => Ok(None),
        Answer::Away => Err(KeysAway),
    }
}

impl Inner {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // Nothing is left half done by a panic in there.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, id: KeyId) -> Answer {
        match self.fetch(id).await {
            Ok(Some(key)) => Answer::Key(key),
            Ok(None) => Answer::Unknown,
            Err(error) => {
                let (service, error) = (self.service.to_string(), format!("{error:#}"));
                warn!(service, error, "the load balancer's key was not fetched");
                Answer::Away
            }
        }
    }

    async fn fetch(&self, id: KeyId) -> anyhow::Result<Option<PublicKey>> {
        let mut response = self.client.get(self.service.address(id)).send().await?;
        match response.status() {
            StatusCode::OK => {}
            // A store of files says "forbidden" of those that it does not have.
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Ok(None),
            status => bail!("the answer was {status}"),
        }
        let mut pem = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            ensure!(
                pem.len() + chunk.len() <= LONGEST,
                "the answer is too long for a key"
            );
            pem.extend_from_slice(&chunk);
        }
        let key = PublicKey::from_pem(&pem).context("the answer is of no use")?;
        Ok(Some(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_https_or_from_this_machine() {
        let id = KeyId::parse("c2f80c8b-c05c-4068-af14-17299f7896b1").unwrap();
        for (raw, address) in [
            ("https://keys.example", "https://keys.example"),
            ("https://s3.example/keys/", "https://s3.example/keys"),
            ("http://127.0.0.1:81", "http://127.0.0.1:81"),
            ("http://[::1]:81/", "http://[::1]:81"),
        ] {
            let service: KeyService = raw.parse().unwrap();
            assert_eq!(service.address(id), format!("{address}/{id}"));
        }
        for raw in [
            "",
            "keys.example",
            "http://keys.example",
            "http://127.0.0.1.keys.example",
            "http://localhost@keys.example",
            "ftp://127.0.0.1",
            "https://keys.example/?id=",
            "https://keys.example/#",
            "https://me:secret@keys.example",
        ] {
            assert!(raw.parse::<KeyService>().is_err(), "{raw}");
        }
    }
}
