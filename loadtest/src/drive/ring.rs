//! The clients of all users: few, shared, and renewed in turn, so that no connection lives for ever.
//!
//! reqwest closes a connection that is idle for long, never one that is in use for long.
//! A load balancer that grows adds addresses, and only a new connection looks the name up again;
//! phones come and go, too. So each client is replaced when its time is over: those who still wait for an answer
//! finish with the old one, and its connections close when the last of them has it.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use reqwest::Client;

use super::client;
use crate::plan::Plan;

/// So many users share a client; over HTTP/2 that is a connection, which carries about 100 requests at once.
const USERS: usize = 100;
/// At least so many clients: one that is replaced must not make everybody connect again at once.
const FEWEST: usize = 4;
/// And at most so many.
const MOST: usize = 32;
/// Lifetimes differ by this part of themselves, up and down, so that renewals do not fall into step.
const JITTER: f64 = 0.25;
/// How often somebody looks whose time is over.
const LOOK: Duration = Duration::from_millis(250);

/// The clients.
#[derive(Debug)]
pub struct Ring {
    clients: Vec<RwLock<Client>>,
}

impl Ring {
    /// The clients of a plan.
    pub fn new(plan: &Plan) -> reqwest::Result<Self> {
        let first = client(plan)?;
        // Without a lifetime one is enough; over HTTP/2 it would be one connection for all.
        let count = if plan.connection_lifetime.is_none() && !plan.http2 {
            1
        } else {
            (plan.users / USERS).clamp(FEWEST, MOST)
        };
        let others = (1..count).map(|_| client(plan));
        let clients = std::iter::once(Ok(first))
            .chain(others)
            .map(|client| client.map(RwLock::new))
            .collect::<reqwest::Result<_>>()?;
        Ok(Self { clients })
    }

    /// The client that a user has now.
    pub fn client(&self, user: usize) -> Client {
        self.clients[user % self.clients.len()]
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces each client when its time is over; runs for ever.
    pub async fn renew(&self, plan: &Plan, mut rng: StdRng) {
        let Some(lifetime) = plan.connection_lifetime else {
            return std::future::pending().await;
        };
        let mut jittered =
            |part: f64| lifetime.mul_f64(part * rng.random_range(1.0 - JITTER..=1.0 + JITTER));
        let begin = Instant::now();
        let count = self.clients.len();
        // Spread over a lifetime from the first time on.
        let mut due: Vec<_> = (1..=count)
            .map(|place| begin + jittered(place as f64 / count as f64))
            .collect();
        loop {
            tokio::time::sleep(LOOK.min(lifetime / 4)).await;
            for (place, due) in due.iter_mut().enumerate() {
                if Instant::now() < *due {
                    continue;
                }
                *due = Instant::now() + jittered(1.0);
                // Reading the roots of trust takes a while, and others want to run.
                let plan = plan.clone();
                let Ok(Ok(renewed)) = tokio::task::spawn_blocking(move || client(&plan)).await
                else {
                    continue;
                };
                *self.clients[place]
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = renewed;
            }
        }
    }
}
