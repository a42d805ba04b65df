//! Asks the service at a fixed pace. A question that hangs does not hold up the next one.

use std::time::{Duration, Instant};

use reqwest::{Client, Url, redirect::Policy};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinHandle,
    time::sleep_until,
};

use super::Error;
use crate::{
    outage::{Sample, due},
    words,
};

/// An answer that takes longer is none: readiness is asked of the database within one second.
const PATIENCE: Duration = Duration::from_secs(2);
/// Where the service says whether it reaches its database.
const READY: &str = "/health/ready";

/// What is asked, and how often.
pub(super) struct Poll {
    url: Url,
    every: Duration,
    client: Client,
}

impl Poll {
    /// Takes the address of the service, or the whole address of another page whose answer needs the database.
    pub(super) fn new(address: &str, every: Duration) -> Result<Self, Error> {
        let url = Url::parse(address).ok().filter(|url| {
            ["http", "https"].contains(&url.scheme()) && url.has_host() && url.password().is_none()
        });
        let Some(mut url) = url else {
            return Err(Error::Usage(words!(
                "{address} is no address of a service\nhint: write for example https://events.example.com",
                "{address} はサービスの URL として使えません\nヒント: https://events.example.com のように指定してください"
            )));
        };
        if url.path() == "/" {
            url.set_path(READY);
        }
        // A connection of its own for each question, as new users have one: an old one could hide that none is taken.
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .user_agent(concat!(
                "probe/",
                env!("CARGO_PKG_VERSION"),
                " (failover test)"
            ))
            .build();
        let client = client.map_err(|error| Error::Other(error.into()))?;
        Ok(Self { url, every, client })
    }

    pub(super) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Begins to ask.
    pub(super) fn start(&self, began: Instant) -> Answers {
        let (sender, answers) = unbounded_channel();
        let (client, url, every) = (self.client.clone(), self.url.clone(), self.every);
        let pace = tokio::spawn(async move {
            for number in 0.. {
                let at = due(number, every);
                sleep_until((began + at).into()).await;
                let (client, url, sender) = (client.clone(), url.clone(), sender.clone());
                tokio::spawn(async move {
                    let failed = ask(&client, url).await;
                    let sample = Sample {
                        at: at.as_secs_f64(),
                        failed,
                    };
                    // Nobody listens any more when the test has ended.
                    let _ = sender.send(sample);
                });
            }
        });
        Answers {
            answers,
            pace,
            all: vec![],
        }
    }
}

/// Why it failed, in a few words that are the same for the same reason.
async fn ask(client: &Client, url: Url) -> Option<String> {
    match client.get(url).send().await {
        Ok(answer) if answer.status().is_success() => None,
        Ok(answer) => Some(format!("HTTP {}", answer.status().as_u16())),
        Err(error) if error.is_timeout() => Some("timeout".to_owned()),
        Err(error) if error.is_connect() => Some("no connection".to_owned()),
        Err(_) => Some("connection lost".to_owned()),
    }
}

/// The answers as they come in. Asking ends with them.
pub(super) struct Answers {
    answers: UnboundedReceiver<Sample>,
    pace: JoinHandle<()>,
    all: Vec<Sample>,
}

impl Answers {
    /// The next answer.
    pub(super) async fn next(&mut self) -> Option<Sample> {
        let sample = self.answers.recv().await?;
        self.all.push(sample.clone());
        Some(sample)
    }

    /// All answers, their times counted from the order.
    pub(super) fn after(&self, ordered: Duration) -> Vec<Sample> {
        let shifted = self.all.iter().map(|sample| Sample {
            at: sample.at - ordered.as_secs_f64(),
            failed: sample.failed.clone(),
        });
        shifted.collect()
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.pace.abort();
    }
}
