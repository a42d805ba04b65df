//! The figures of a report: shares, times, and what each endpoint and each second has seen.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::generator::Health;
use crate::record::times::{self, Times, max_ms, percentile_ms};

/// A share of requests, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// Requests that count.
    pub requests: u64,
    /// Those among them that are meant.
    pub failures: u64,
    /// The share; nothing without requests.
    pub point: Option<f64>,
    /// With 95 % confidence at least this.
    pub low: f64,
    /// With 95 % confidence at most this.
    pub high: f64,
    /// How many requests are worth one independent request, because they come in bursts.
    pub design_effect: f64,
}

/// How quick the service was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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

/// How many answers were slow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slow {
    /// Slower than this is slow.
    pub limit_ms: f64,
    /// How many.
    pub requests: u64,
}

/// A distribution of times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Percentiles {
    /// Median.
    pub p50_ms: f64,
    /// 90th percentile.
    pub p90_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// 99.9th percentile.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

impl Percentiles {
    /// Those of a histogram; all 0 where it is empty.
    pub fn of(times: &Times) -> Self {
        Self {
            p50_ms: percentile_ms(times, 50.0),
            p90_ms: percentile_ms(times, 90.0),
            p95_ms: percentile_ms(times, 95.0),
            p99_ms: percentile_ms(times, 99.0),
            p999_ms: percentile_ms(times, 99.9),
            max_ms: max_ms(times),
        }
    }
}

/// The figures of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointFigures {
    /// Requests.
    pub requests: u64,
    /// How they ended.
    pub outcomes: BTreeMap<String, u64>,
    /// From the intended start.
    pub response: Percentiles,
    /// From the send.
    pub service: Percentiles,
}

impl EndpointFigures {
    /// Those that the business refused.
    pub fn refused(&self) -> u64 {
        self.ended(&["refused"])
    }

    /// Those that were answered, but late.
    pub fn slow(&self) -> u64 {
        self.ended(&["slow"])
    }

    /// Those that count against the availability.
    pub fn failed(&self) -> u64 {
        self.ended(&["server_fault", "network_fault"])
    }

    fn ended(&self, outcomes: &[&str]) -> u64 {
        outcomes
            .iter()
            .filter_map(|outcome| self.outcomes.get(*outcome))
            .sum()
    }
}

/// The figures of one endpoint in one phase; those without a request are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CellFigures {
    /// The place of the phase in `phases`.
    pub phase: usize,
    /// The endpoint.
    pub endpoint: String,
    /// The figures.
    #[serde(flatten)]
    pub figures: EndpointFigures,
    /// The slowest request.
    pub slowest: Option<Example>,
    /// The first one that failed.
    pub failed: Option<Example>,
    /// Response times.
    pub response_hdr: Hdr,
    /// Service times.
    pub service_hdr: Hdr,
}

impl super::Report {
    /// The limits of time that its rules set, the shortest first.
    pub fn limits_ms(&self) -> Vec<f64> {
        let mut limits: Vec<f64> = self
            .rules
            .iter()
            .filter_map(|ruling| match ruling.demand {
                super::Demand::Slower { than_ms } => Some(than_ms),
                super::Demand::Availability => None,
            })
            .collect();
        limits.sort_by(f64::total_cmp);
        limits.dedup();
        limits
    }

    /// The figures of several endpoints and phases together, exact because they come from the histograms.
    pub fn over(&self, meant: impl Fn(&CellFigures) -> bool) -> EndpointFigures {
        let mut sum = EndpointFigures {
            requests: 0,
            outcomes: BTreeMap::new(),
            response: Percentiles::default(),
            service: Percentiles::default(),
        };
        let (mut response, mut service) = (times::times(), times::times());
        for cell in self.cells.iter().filter(|cell| meant(cell)) {
            sum.requests += cell.figures.requests;
            for (outcome, count) in &cell.figures.outcomes {
                *sum.outcomes.entry(outcome.clone()).or_default() += count;
            }
            // Cannot fail: every histogram resizes itself.
            let _ = response.add(&cell.response_hdr.0);
            let _ = service.add(&cell.service_hdr.0);
        }
        sum.response = Percentiles::of(&response);
        sum.service = Percentiles::of(&service);
        sum
    }
}

/// One request, to be looked for in the logs of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// Its `x-request-id`.
    pub request_id: String,
    /// From the intended start.
    pub response_ms: f64,
    /// The sort of outcome.
    pub outcome: String,
    /// Why it was not simply well.
    pub cause: Option<String>,
}

/// A histogram of times in microseconds; in JSON HdrHistogram V2, deflated, base64.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Hdr(pub Times);

impl TryFrom<String> for Hdr {
    type Error = io::Error;

    fn try_from(text: String) -> io::Result<Self> {
        times::decode(&text).map(Self)
    }
}

impl From<Hdr> for String {
    fn from(Hdr(times): Hdr) -> Self {
        times::encode(&times)
    }
}

/// One second of the run, by the time of the answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Second {
    /// Seconds since the schedule began.
    pub second: u64,
    /// Requests that the schedule intended for it.
    pub offered: u64,
    /// Requests that were sent in it.
    pub sent: u64,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of those, the ones that say something about the service.
    pub counted: u64,
    /// Of those, the failures.
    pub failures: u64,
    /// Of those, the ones later than the limit for slow answers.
    pub slow: u64,
    /// Failures by cause.
    pub causes: BTreeMap<String, u64>,
    /// Median from the intended start.
    pub response_p50_ms: f64,
    /// 99th percentile from the intended start.
    pub response_p99_ms: f64,
    /// 99.9th percentile from the intended start.
    pub response_p999_ms: f64,
    /// The longest from the intended start.
    pub response_max_ms: f64,
    /// 99th percentile of the generator's own delay.
    pub lateness_p99_ms: f64,
}

/// How the generator itself did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The largest 99th percentile at which the figures can be trusted.
    pub lateness_limit_ms: f64,
    /// What it took from the machine.
    #[serde(flatten)]
    pub health: Health,
}
