//! How a request is made and measured: the body is always read, the outcome sorted, the sample booked.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use goose::prelude::{GooseRequest, GooseUser, TransactionError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::endpoint::Endpoint;
use crate::outcome::{self, Outcome};
use crate::pacer::Slot;
use crate::record::{Recorder, Sample};
use crate::stop::Stop;

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

/// One measured request of one user in one slot.
pub struct Call<'a> {
    /// The goose user that makes it.
    pub user: &'a mut GooseUser,
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

/// A whole answer, or the sort of failure.
struct Exchange {
    status: Option<u16>,
    outcome: Outcome,
    cause: Option<Cow<'static, str>>,
    first_byte: Duration,
    body: Vec<u8>,
}

impl Call<'_> {
    /// Makes a request without a body.
    pub async fn send<T: DeserializeOwned>(self, endpoint: Endpoint, path: &str) -> Answer<T> {
        self.measure(endpoint, path, None::<&()>).await
    }

    /// Makes a request with a JSON body.
    pub async fn send_json<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        path: &str,
        body: &impl Serialize,
    ) -> Answer<T> {
        self.measure(endpoint, path, Some(body)).await
    }

    async fn measure<T: DeserializeOwned>(
        self,
        endpoint: Endpoint,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Answer<T> {
        let Self {
            user,
            slot,
            recorder,
            begin,
            stop,
            run,
        } = self;
        let started = Instant::now();
        let exchange = tokio::select! {
            exchange = exchange(user, endpoint, path, body, format!("{run}-{:07}", slot.index), started) => exchange,
            () = stop.cut() => return Answer::Unknown,
        };
        let Ok(mut exchange) = exchange else {
            return Answer::Failed;
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
        recorder.record(
            ended.saturating_duration_since(begin),
            Sample {
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
            (Some(done), ..) => Answer::Done(done),
            (None, Outcome::Refused, Some(status)) => Answer::Refused(status),
            (None, Outcome::ClientFault, _) => Answer::Failed,
            _ => Answer::Unknown,
        }
    }
}

/// Sends and reads until the last byte; a connection whose body is left unread cannot be used again.
async fn exchange(
    user: &mut GooseUser,
    endpoint: Endpoint,
    path: &str,
    body: Option<&impl Serialize>,
    request_id: String,
    started: Instant,
) -> Result<Exchange, Box<TransactionError>> {
    let method = endpoint.method();
    let mut builder = user
        .get_request_builder(&method, path)?
        .header("x-request-id", request_id);
    if let Some(body) = body {
        builder = builder.json(body);
    }
    let request = GooseRequest::builder()
        .method(method)
        .name(endpoint.name())
        .set_request_builder(builder)
        .build();
    let answer = user.request(request).await?.response;
    let first_byte = started.elapsed();
    let failed = |error: &reqwest::Error, status| {
        let (outcome, cause) = outcome::of_error(error);
        Exchange {
            status,
            outcome,
            cause,
            first_byte,
            body: vec![],
        }
    };
    Ok(match answer {
        Err(error) => failed(&error, None),
        Ok(response) => {
            let status = response.status().as_u16();
            match response.bytes().await {
                Err(error) => failed(&error, Some(status)),
                Ok(bytes) => {
                    let (outcome, cause) = outcome::of_status(endpoint, status);
                    Exchange {
                        status: Some(status),
                        outcome,
                        cause,
                        first_byte,
                        body: bytes.into(),
                    }
                }
            }
        }
    })
}

/// An answer without a body is as good as `null`, for callers that expect nothing.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(if body.is_empty() { b"null" } else { body }).ok()
}
