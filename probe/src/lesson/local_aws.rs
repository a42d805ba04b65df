//! The local AWS in which lessons break something: its verbs at `/lab/`, on this machine only.
//!
//! The one part of `probe` that changes anything. It cannot be made for an address that is not loopback.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use reqwest::{Client, StatusCode, Url, redirect};
use serde_json::{Value, json};

/// How long a verb may take: a deployment of five stacks takes some seconds on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The local AWS on this machine.
#[derive(Debug)]
pub struct LocalAws {
    client: Client,
    url: Url,
    stack: String,
    region: String,
}

/// Why nothing was broken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The address is not one of this machine.
    #[error("{0} is not an address of this machine")]
    NotLoopback(String),
    /// Nobody answers there.
    #[error("nothing answers at {0}")]
    Silent(String),
    /// Something answers that knows no lessons.
    #[error("what answers at {0} is not the local AWS of this repository")]
    Stranger(String),
    /// It could not do what it was asked for.
    #[error("the local AWS could not {verb}: {why}")]
    Failed {
        /// What it was asked for.
        verb: &'static str,
        /// Its words.
        why: String,
    },
}

impl LocalAws {
    /// For the stacks with a prefix in the local AWS at an address.
    ///
    /// # Errors
    /// When the address is not loopback.
    pub fn at(address: &str, stack: &str, region: &str) -> Result<Self, Refusal> {
        let refuse = || Refusal::NotLoopback(address.to_owned());
        let url = Url::parse(address).map_err(|_| refuse())?;
        if url.scheme() != "http" || !is_loopback(&url) {
            return Err(refuse());
        }
        // No proxy and no redirection leads away from this machine, and neither does a name.
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .resolve("localhost", here)
            .timeout(PATIENCE)
            .build()
            .map_err(|_| refuse())?;
        Ok(Self {
            client,
            url,
            stack: stack.to_owned(),
            region: region.to_owned(),
        })
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// When nobody answers, or something else does.
    pub async fn greet(&self) -> Result<(), Refusal> {
        // A fault without a name: it answers with the names that it knows, and touches nothing.
        match self.ask("break", json!({ "scenario": "" })).await {
            Err(Refusal::Failed { why, .. }) if why.starts_with("no scenario") => Ok(()),
            Err(silent @ Refusal::Silent(_)) => Err(silent),
            _ => Err(Refusal::Stranger(self.url.to_string())),
        }
    }

    /// Deploys the stacks.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn deploy(&self) -> Result<(), Refusal> {
        self.ask("deploy", json!({ "image_tag": "v1" })).await
    }

    /// Empties the account, whatever was in it.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn reset(&self) -> Result<(), Refusal> {
        self.ask("reset", json!({})).await
    }

    /// Makes a fault, and lets some minutes pass.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn break_with(&self, fault: &str) -> Result<(), Refusal> {
        self.ask("break", json!({ "scenario": fault })).await
    }

    /// Lets the time pass that a repair needs.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn pass_time(&self) -> Result<(), Refusal> {
        self.ask("recover", json!({})).await
    }

    async fn ask(&self, verb: &'static str, mut wanted: Value) -> Result<(), Refusal> {
        wanted["prefix"] = self.stack.as_str().into();
        wanted["region"] = self.region.as_str().into();
        let mut url = self.url.clone();
        url.set_path(&format!("/lab/{verb}"));
        let failed = |error: reqwest::Error| match error.is_connect() {
            true => Refusal::Silent(self.url.to_string()),
            false => Refusal::Failed {
                verb,
                why: error.without_url().to_string(),
            },
        };
        let answer = self.client.post(url).json(&wanted).send().await;
        let answer = answer.map_err(failed)?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        match (status, body["error"].as_str()) {
            (StatusCode::OK, None) => Ok(()),
            (_, why) => Err(Refusal::Failed {
                verb,
                why: why.unwrap_or(status.as_str()).to_owned(),
            }),
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_can_be_broken() {
        let at = |address| LocalAws::at(address, "events", "ap-northeast-1");
        for address in [
            "http://127.0.0.1:5000",
            "http://127.8.0.9:5000/",
            "http://localhost:5000",
            "http://[::1]:5000",
        ] {
            assert!(at(address).is_ok(), "{address}");
        }
        for address in [
            "https://ecs.ap-northeast-1.amazonaws.com",
            "http://10.0.11.5:5000",
            "http://0.0.0.0:5000",
            "http://127.0.0.1.example.com:5000",
            "http://127.0.0.1@example.com:5000",
            "http://localhost.example.com",
            "http://169.254.169.254",
            "http://[::ffff:10.0.0.1]:5000",
            "ftp://127.0.0.1",
            "127.0.0.1:5000",
            "",
        ] {
            assert!(
                matches!(at(address), Err(Refusal::NotLoopback(_))),
                "{address}"
            );
        }
    }
}
