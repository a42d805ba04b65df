//! How a request is made and measured: the body is always read, the outcome sorted, the sample booked.

use std::time::Instant;

use reqwest::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Client, RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::endpoint::Endpoint;
use crate::outcome::Outcome;
use crate::pacer::Slot;
use crate::record::{Recorder, Sample};
use crate::stop::Stop;

mod exchange;

use exchange::exchange;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the caller learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// The service did it and said this.
    Done(T),
    /// The service refused, with this status; nothing has changed.
    Refused(u16),
    /// The service rejected or did not do it.
    Failed,
    /// Nobody knows whether it was done: no whole answer came, or a fault.
    Unknown,
}

/// What was shown, with the tag by which a client says what it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged<T> {
    /// The `ETag`, if there was one.
    pub tag: Option<String>,
    /// What was shown.
    pub shown: T,
}

/// One measured request of one user in one slot.
pub struct Call<'a> {
    /// The client with whose connections it is made.
    pub client: Client,
    /// The address of the service.
    pub host: &'a Url,
    /// The slot it fills.
    pub slot: Slot,
    /// Where the sample goes.
    pub recorder: &'a Recorder,
    /// When the schedule began.
    pub begin: Instant,
    /// Cuts off what hangs when the run was stopped.
    pub stop: &'a Stop,
    /// The run, for the request id.
    pub run: &'a str,
}

/// The `x-request-id` of the request in a slot, by which the service's logs are searched,
/// and its `Idempotency-Key` where it has one.
pub fn request_id(run: &str, slot: u64) -> String {
    format!("{run}-{slot:07}")
}

/// A `traceparent` (W3C Trace Context, level 1) whose trace id is a function of run and slot; it asks for the trace to be kept.
pub fn traceparent(run: &str, slot: u64) -> String {
    // FNV-1a over the name of the run, which differs in its last digits.
    let run = run.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The slot from 1: an id of zeros alone is not valid.
    format!("00-{run:016x}{:016x}-{:016x}-01", slot + 1, slot + 1)
}

/// The address of a path with its query; not parsed as a whole, for the host has been before.
fn address(host: &Url, path: &str) -> Url {
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    let mut url = host.clone();
    url.set_path(&[host.path().trim_end_matches('/'), path].concat());
    url.set_query(query);
    url
}

impl Call<'_> {
    /// Makes a request without a body.
    pub async fn send<T: DeserializeOwned>(self, endpoint: Endpoint, path: &str) -> Answer<T> {
        let request = self.request(endpoint, path);
        untagged(self.measure(endpoint, request).await)
    }

    /// Reads something that may be known already; nothing is shown if it still is as it was.
    pub async fn read<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        path: &str,
        known: Option<&str>,
    ) -> Answer<Tagged<Option<T>>> {
        let mut request = self.request(endpoint, path);
        if let Some(tag) = known {
            request = request.header(IF_NONE_MATCH, tag);
        }
        self.measure(endpoint, request).await
    }

    /// Sends a JSON body that is meant for what was read, if it was.
    pub async fn send_tagged<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        path: &str,
        tag: Option<&str>,
        body: &impl Serialize,
    ) -> Answer<Tagged<T>> {
        let mut request = self.request(endpoint, path).json(body);
        if let Some(tag) = tag {
            request = request.header(IF_MATCH, tag);
        }
        self.measure(endpoint, request).await
    }

    /// Makes a request with a JSON body.
    pub async fn send_json<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        path: &str,
        body: &impl Serialize,
    ) -> Answer<T> {
        let request = self.request(endpoint, path).json(body);
        untagged(self.measure(endpoint, request).await)
    }

    fn request(&self, endpoint: Endpoint, path: &str) -> RequestBuilder {
        let id = request_id(self.run, self.slot.index);
        let url = address(self.host, path);
        let mut request = self.client.request(endpoint.method(), url);
        if endpoint == Endpoint::Create {
            // The only endpoint that makes something new each time it is called.
            request = request.header(IDEMPOTENCY_KEY, &id);
        }
        request
            .header(X_REQUEST_ID, id)
            .header(TRACEPARENT, traceparent(self.run, self.slot.index))
    }

    async fn measure<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        request: RequestBuilder,
    ) -> Answer<Tagged<T>> {
        let slot = self.slot;
        self.recorder.sending();
        let started = Instant::now();
        let mut exchange = tokio::select! {
            exchange = exchange(endpoint, request, started) => exchange,
            () = self.stop.cut() => return Answer::Unknown,
        };
        let ended = Instant::now();
        let done = if exchange.outcome == Outcome::Ok {
            decode(&exchange.body)
        } else {
            None
        };
        if exchange.outcome == Outcome::Ok && done.is_none() {
            (exchange.outcome, exchange.cause) =
                (Outcome::ServerFault, Some("body-not-as-promised".into()));
        }
        self.recorder.record(
            ended.saturating_duration_since(self.begin),
            Sample {
                slot: slot.index,
                phase: slot.phase,
                endpoint,
                outcome: exchange.outcome,
                cause: exchange.cause,
                response: ended.saturating_duration_since(slot.intended),
                service: ended - started,
                first_byte: exchange.first_byte,
                lateness: slot.lateness(started),
                queued: slot.queued(),
            },
        );
        match (done, exchange.outcome, exchange.status) {
            (Some(shown), ..) => Answer::Done(Tagged {
                tag: exchange.tag,
                shown,
            }),
            (None, Outcome::Refused, Some(status)) => Answer::Refused(status),
            (None, Outcome::ClientFault, _) => Answer::Failed,
            _ => Answer::Unknown,
        }
    }
}

fn untagged<T>(answer: Answer<Tagged<T>>) -> Answer<T> {
    match answer {
        Answer::Done(tagged) => Answer::Done(tagged.shown),
        Answer::Refused(status) => Answer::Refused(status),
        Answer::Failed => Answer::Failed,
        Answer::Unknown => Answer::Unknown,
    }
}

/// An answer without a body is as good as `null`, for callers that expect nothing.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(if body.is_empty() { b"null" } else { body }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_the_slot() {
        assert_eq!(
            request_id("20260401-090000-1a2b", 42),
            "20260401-090000-1a2b-0000042"
        );
        let trace = traceparent("20260401-090000-1a2b", 0);
        let parts: Vec<_> = trace.split('-').map(str::len).collect();
        assert_eq!(parts, [2, 32, 16, 2]);
        assert_ne!(trace, traceparent("20260401-090000-1a2c", 0));
        assert_ne!(trace, traceparent("20260401-090000-1a2b", 1));
    }

    #[test]
    fn an_address_keeps_what_the_host_has_before_the_path() {
        for (host, path, expected) in [
            (
                "http://127.0.0.1:8080",
                "/events?q=%E8%B2%A0",
                "http://127.0.0.1:8080/events?q=%E8%B2%A0",
            ),
            ("https://events/", "/events/7", "https://events/events/7"),
            (
                "https://intra/events-app/",
                "/events",
                "https://intra/events-app/events",
            ),
        ] {
            let host = Url::parse(host).unwrap();
            assert_eq!(address(&host, path).as_str(), expected);
        }
    }
}
