//! `probe smoke`: what was tried of the event service, and how it went.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::words::Lang;

/// How the event service did.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Smoke {
    /// Version of this format: 1.
    pub version: u32,
    /// The address that was tried.
    pub url: String,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// `passed`, `failed`, or `undetermined`: nothing failed, but something could not be tried.
    pub verdict: String,
    /// The steps, in their order.
    pub steps: Vec<SmokeStep>,
    /// The event that may still be there; `null` if nothing is left.
    pub left_behind: Option<LeftBehind>,
    /// Events of earlier runs that nobody removed. They are left alone.
    pub others_left_behind: Vec<LeftBehind>,
    /// The language it is written in.
    #[serde(skip)]
    pub lang: Option<Lang>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SmokeStep {
    /// `tls`, `redirect`, `health`, `ready`, `page`, `headers`, `login`, `guarded`, `create`, `read`, `list`, `change`,
    /// `join`, `leave`, `interrupted`, `move-back` or `remove`.
    pub step: String,
    /// `passed`, `warned`, `failed` or `skipped`.
    pub outcome: String,
    /// Method and path, where there was one.
    pub request: Option<String>,
    /// Milliseconds from the request to the end of the answer.
    pub took_ms: Option<f64>,
    /// What was seen.
    pub seen: String,
}

/// An event of a smoke test that is still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftBehind {
    /// Its number; `null` if nobody answered with it.
    pub id: Option<i64>,
    /// Its title.
    pub title: String,
    /// The command that removes it.
    pub command: String,
}
