//! The report: everything that a run has shown, as one value. Renderers format it and decide nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::judge::{Reason, Verdict};
use crate::ledger::{Acknowledged, Violation};
use crate::record::Second;

mod arrange;
pub mod json;
pub mod text;

pub use arrange::Findings;

/// The report, version 1.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The version of this shape.
    pub version: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    #[serde(serialize_with = "json::reasons")]
    pub reasons: Vec<Reason>,
    /// What was done.
    pub run: Run,
    /// How available the service was.
    pub availability: Availability,
    /// How quick it was.
    pub latency: Latency,
    /// How the requests ended.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Why those ended that did not end well.
    pub causes: Vec<Cause>,
    /// The figures of each endpoint.
    pub endpoints: BTreeMap<&'static str, EndpointFigures>,
    /// How the generator itself did.
    pub generator: Generator,
    /// What was acknowledged, and what of it the service shows.
    pub ledger: LedgerView,
    /// What became of the events of the run.
    pub cleanup: Cleanup,
    /// Second by second.
    pub seconds: Vec<Second>,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Run {
    /// The id.
    pub id: String,
    /// The service.
    pub host: String,
    /// When.
    pub started_at: String,
    /// Requests per second.
    pub rate: f64,
    /// How long.
    pub duration_s: f64,
    /// How many people.
    pub users: usize,
    /// The seed of the mix.
    pub seed: u64,
}

/// How available the service was.
#[derive(Debug, Serialize)]
pub struct Availability {
    /// The share of requests answered well; nothing without requests.
    pub point: Option<f64>,
    /// With 95 % confidence at least this.
    pub low: f64,
    /// With 95 % confidence at most this.
    pub high: f64,
    /// The target.
    pub target: f64,
    /// Requests that count.
    pub requests: u64,
    /// Failures among them.
    pub failures: u64,
    /// How many requests are worth one independent request, because failures come in bursts.
    pub design_effect: f64,
    /// The stretch of time over which bursts were looked for.
    pub batch_s: u64,
}

/// How quick the service was.
#[derive(Debug, Serialize)]
pub struct Latency {
    /// From the intended start to the last byte.
    pub response: Percentiles,
    /// From the send to the last byte.
    pub service: Percentiles,
    /// From the send to the headers.
    pub first_byte: Percentiles,
    /// How many were slow.
    pub slow: Slow,
}

/// How many were slow.
#[derive(Debug, Serialize)]
pub struct Slow {
    /// Slower than this is slow.
    pub limit_ms: f64,
    /// How many.
    pub requests: u64,
    /// Of all; nothing without requests.
    pub point: Option<f64>,
    /// With 95 % confidence at least this share.
    pub low: f64,
    /// With 95 % confidence at most this share.
    pub high: f64,
    /// What share may be slow.
    pub allowed: f64,
}

/// A distribution of times.
#[derive(Debug, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// Why requests did not end well.
#[derive(Debug, Serialize)]
pub struct Cause {
    /// The sort of outcome.
    pub outcome: &'static str,
    /// The cause.
    pub cause: String,
    /// How often.
    pub count: u64,
}

/// The figures of one endpoint.
#[derive(Debug, Serialize)]
pub struct EndpointFigures {
    /// Requests.
    pub requests: u64,
    /// How they ended.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// From the intended start.
    pub response: Percentiles,
    /// From the send.
    pub service: Percentiles,
}

/// How the generator itself did.
#[derive(Debug, Serialize)]
pub struct Generator {
    /// Requests sent.
    pub sent: u64,
    /// Requests that nobody was free to send before the run ended.
    pub unsent: u64,
    /// Requests that waited until somebody was free.
    pub queued: u64,
    /// Median of its own delay.
    pub lateness_p50_ms: f64,
    /// 99th percentile of its own delay.
    pub lateness_p99_ms: f64,
    /// Its longest delay.
    pub lateness_max_ms: f64,
    /// CPUs used on average.
    pub cpu: f64,
}

/// What was acknowledged, and what of it the service shows.
#[derive(Debug, Serialize)]
pub struct LedgerView {
    /// How much was acknowledged.
    pub acknowledged: Acknowledged,
    /// How many events were compared.
    pub compared: usize,
    /// How many could not be looked up.
    pub unseen: usize,
    /// The broken promises.
    #[serde(serialize_with = "json::violations")]
    pub violations: Vec<Violation>,
}

/// What became of the events of the run.
#[derive(Debug, Serialize)]
pub struct Cleanup {
    /// How many were deleted.
    pub deleted: u64,
    /// Why some may be left.
    pub left: Option<String>,
}
