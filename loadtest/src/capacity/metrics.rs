//! What the service itself says at `/metrics` (Prometheus text): how busy its connections to the database are.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, Url};
use serde::Serialize;

use crate::drive::Crew;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The connections to the database at one moment, or at the worst one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pool {
    /// Requests that wait for a connection.
    pub waiting: u64,
    /// Connections in use.
    pub used: u64,
    /// The most there can be.
    pub limit: u64,
}

impl Pool {
    /// What is said in an answer of the service; nothing if it says nothing of it.
    pub fn read(text: &str) -> Option<Self> {
        let value = |name: &str| {
            let mut lines = text.lines();
            let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
            line.trim()
                .parse::<f64>()
                .ok()
                .map(|value| value.max(0.0) as u64)
        };
        let open = value("db_pool_connections")?;
        Some(Self {
            waiting: value("db_pool_waiting")?,
            used: open.saturating_sub(value("db_pool_idle")?),
            limit: value("db_pool_limit")?,
        })
    }

    /// The worst of some moments.
    pub fn worst(moments: &[Option<Self>]) -> Option<Self> {
        let seen = moments.iter().flatten().copied();
        seen.max_by_key(|pool| (pool.waiting, pool.used))
    }
}

/// Asks once a second.
#[derive(Debug)]
pub struct Watch {
    client: Client,
    url: Url,
    seconds: Mutex<Vec<Option<Pool>>>,
}

impl Watch {
    /// A watch of this address.
    pub fn new(url: Url) -> reqwest::Result<Self> {
        let client = Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self {
            client,
            url,
            seconds: Mutex::default(),
        })
    }

    /// What is said now.
    pub async fn ask(&self) -> Option<Pool> {
        let answer = self.client.get(self.url.clone()).send().await.ok()?;
        Pool::read(&answer.error_for_status().ok()?.text().await.ok()?)
    }

    /// Asks once in each second of the schedule; runs for ever.
    pub async fn run(&self, crew: &Crew) {
        let begin = crew.pacer.begun().await;
        for second in 1.. {
            tokio::time::sleep_until((begin + Duration::from_secs(second)).into()).await;
            let pool = self.ask().await;
            let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
            // An answer that took its time is that of the second in which it was asked for.
            seconds.resize(second as usize - 1, None);
            seconds.push(pool);
        }
    }

    /// What was said in each second.
    pub fn seconds(&self) -> Vec<Option<Pool>> {
        let seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        seconds.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_the_service_are_read() {
        let text = "# HELP db_pool_limit The most\n# TYPE db_pool_limit gauge\ndb_pool_limit 10\n\
            db_pool_connections 8\ndb_pool_idle 1\ndb_pool_waiting 3\n# EOF\n";
        let pool = Pool::read(text).unwrap();
        assert_eq!((pool.waiting, pool.used, pool.limit), (3, 7, 10));
        assert_eq!(Pool::read("up 1\n"), None);
        let calm = Pool { waiting: 0, ..pool };
        assert_eq!(
            Pool::worst(&[None, Some(calm), Some(pool), None]),
            Some(pool)
        );
    }
}
