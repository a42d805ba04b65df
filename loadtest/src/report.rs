//! The report: everything that a run has shown, as one value. Renderers format it and decide nothing.
//!
//! It is read as it is written: `loadtest report FILE` makes every other form from the JSON alone,
//! so whatever a renderer says of a run is in here, sentences in both languages included.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::judge::Verdict;
use crate::judge::budget::Budget;
use crate::lang::Lang;
use crate::manifest::Manifest;
use crate::plan::Plan;

mod arrange;
mod comparison;
mod figures;
#[cfg(test)]
pub(crate) mod fixture;
mod format;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
mod meaning;
mod read;
pub mod scaling;
#[cfg(test)]
mod tests;
pub mod text;
mod wording;
mod workers;

pub use arrange::Findings;
pub use comparison::{Compared, Comparison};
pub use figures::{
    CellFigures, EndpointFigures, Example, Generator, Hdr, Latency, Percentiles, Second, Share,
    Slow,
};
pub use format::Format;
pub use read::{order, read};
pub use scaling::Scaling;
pub use workers::{Did, Mark, Worker};

/// The report, version 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this format: 1.
    pub version: u32,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, and what to do next.
    pub reasons: Vec<Said>,
    /// What was done.
    pub run: Run,
    /// How available the service was in the judged phases.
    pub availability: Availability,
    /// How quick the service was in the judged phases.
    pub latency: Latency,
    /// What was demanded, and what was shown of it.
    pub rules: Vec<Ruling>,
    /// What a run like this costs of the error budget; nothing without a rule for the availability of the whole.
    pub budget: Option<Budget>,
    /// How it compares with an earlier run, if it was told of one.
    pub comparison: Option<Comparison>,
    /// The parts of the schedule, in their order.
    pub phases: Vec<Phase>,
    /// How the requests of the judged phases ended: counts by sort of outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Why those ended that did not end well.
    pub causes: Vec<Cause>,
    /// The figures of each endpoint over the judged phases.
    pub endpoints: BTreeMap<String, EndpointFigures>,
    /// The figures of each endpoint in each phase, with the histograms that they come from.
    pub cells: Vec<CellFigures>,
    /// How the generator itself did.
    pub generator: Generator,
    /// What each worker did, if several shared the run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workers: Vec<Worker>,
    /// What was acknowledged, and what of it the service shows.
    pub ledger: LedgerView,
    /// What became of the events of the run.
    pub cleanup: Cleanup,
    /// Second by second, without gaps.
    pub seconds: Vec<Second>,
    /// What else happened, to be seen on the same time axis.
    pub markers: Vec<Marker>,
    /// How the service scaled, if somebody watched it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// By what and on what it was run.
    pub manifest: Manifest,
    /// The load and the rules: `loadtest run --plan` takes the report to repeat it.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub plan: Plan,
}

/// Something said to people: a stable name, and the sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// The stable name.
    pub code: String,
    /// In English.
    pub message: String,
    /// In Japanese.
    pub message_ja: String,
}

impl Said {
    /// The sentence in a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.message, &self.message_ja)
    }
}

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// It went through its whole schedule.
    Complete,
    /// Somebody stopped it, or it stopped itself.
    Cancelled,
    /// It was killed: what is known comes from what it had written by then.
    Killed,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// The id, on everything that the run created.
    pub id: String,
    /// The service.
    pub host: String,
    /// When.
    pub started_at: DateTime<Utc>,
    /// Requests per second, on average over the schedule.
    pub rate: f64,
    /// How long the schedule is, in seconds.
    pub duration_s: f64,
    /// How many people wait for answers at most.
    pub users: usize,
    /// Where the draws began.
    pub seed: u64,
    /// How it ended.
    pub end: End,
}

/// A part of the schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Its beginning, in seconds after that of the schedule.
    pub from_s: f64,
    /// Its end.
    pub to_s: f64,
    /// Requests per second, such as `200/s` or `50/s..400/s`.
    pub rate: String,
    /// Whether it counts for the verdict; a warm-up does not.
    pub judged: bool,
}

/// How available the service was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Availability {
    /// The share of requests answered well; nothing without requests.
    pub point: Option<f64>,
    /// With 95 % confidence at least this.
    pub low: f64,
    /// With 95 % confidence at most this.
    pub high: f64,
    /// The target, if the plan has one for the whole run.
    pub target: Option<f64>,
    /// Requests that count.
    pub requests: u64,
    /// Failures among them.
    pub failures: u64,
    /// How many requests are worth one independent request, because failures come in bursts.
    pub design_effect: f64,
}

/// A rule of the plan, and what the run has shown of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ruling {
    /// Whether it was shown to be kept, shown to be missed, or neither.
    pub verdict: Verdict,
    /// What it demands.
    pub demand: Demand,
    /// Only of requests to this endpoint.
    pub endpoint: Option<String>,
    /// Only of requests of the phase with this name.
    pub phase: Option<String>,
    /// Also of the worst stretch of this length, in seconds.
    pub window_s: Option<f64>,
    /// Where the worst stretch began, in seconds.
    pub window_start_s: Option<f64>,
    /// The share of requests that missed what is demanded.
    pub share: Share,
    /// The share that may miss it.
    pub allowed: f64,
}

/// What a rule demands of each request.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Demand {
    /// An answer that is no failure.
    Availability,
    /// An answer within this time after the intended start.
    Slower {
        /// In milliseconds.
        than_ms: f64,
    },
}

/// Why requests did not end well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// The sort of outcome.
    pub outcome: String,
    /// The cause.
    pub cause: String,
    /// How often.
    pub count: u64,
}

/// What was acknowledged, and what of it the service shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerView {
    /// How many operations were acknowledged, by their sort.
    pub acknowledged: BTreeMap<String, u64>,
    /// How many events were compared.
    pub compared: usize,
    /// How many could not be looked up.
    pub unseen: usize,
    /// How many races for the seats of an event there were in which everybody was answered; nothing where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub races: Option<usize>,
    /// The broken promises.
    pub violations: Vec<Said>,
}

/// What became of the events of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cleanup {
    /// How many were deleted.
    pub deleted: u64,
    /// Why some may be left.
    pub left: Option<String>,
}

/// Something that happened at a moment of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Marker {
    /// Seconds after the beginning of the schedule.
    pub at_s: f64,
    /// What it was.
    #[serde(flatten)]
    pub said: Said,
}
