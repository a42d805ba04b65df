//! What each worker of a shared run did. They share one schedule, so one that is unlike the others stands out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;
mod words;

pub(super) use words::Row;

use crate::clock::Offset;
use crate::generator::Health;

/// One worker of a shared run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Worker {
    /// Its number, from 1.
    pub worker: u32,
    /// What is amiss with it, or unlike the others; nothing where all is well.
    pub marks: Vec<Mark>,
    /// What it did; nothing where there are no results of it.
    pub did: Option<Did>,
}

/// What a worker did, warm-up included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Did {
    /// Requests that it sent.
    pub sent: u64,
    /// Those that say something about the service.
    pub requests: u64,
    /// Failures among them.
    pub failures: u64,
    /// Median from the intended start.
    pub response_p50_ms: f64,
    /// 99th percentile from the intended start.
    pub response_p99_ms: f64,
    /// 99th percentile of its own delay.
    pub lateness_p99_ms: f64,
    /// What it took from its machine.
    pub health: Health,
    /// How far the service's clock was ahead of its own; nothing where the service did not say what time it is.
    pub clock: Option<Offset>,
    /// Seconds with something to send that are there.
    pub seconds: u64,
    /// Seconds with something to send that are not there.
    pub seconds_missing: u64,
}

/// Why a worker stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// There are no results of it.
    Missing,
    /// It did not live to write its end.
    Killed,
    /// Somebody stopped it.
    Stopped,
    /// Some of its seconds are not there.
    SecondsMissing,
    /// Its clock could not be compared with the others'.
    ClockUnknown,
    /// Its clock is not that of the others.
    ClockApart,
    /// It began at another time than the run.
    BegunElsewhen,
    /// It was itself too late.
    Late,
    /// It was short of CPU, or of something else that it needs.
    Strained,
    /// Its requests were answered much later than those of the others.
    Slow,
    /// Its requests failed much more often than those of the others.
    Failing,
}
