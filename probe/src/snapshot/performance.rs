//! What `probe slo` looks at: the requests of a service, and how long its tasks took to answer, over time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Observed, Subject, Traffic};

/// Requests and answer times of a service. What could not be seen says why.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// When it was looked at; the windows end here.
    pub taken_at: DateTime<Utc>,
    /// Which service.
    pub target: Subject,
    /// The minutes of the last three days; `None` where no load balancer sends to the service.
    pub minutes: Observed<Option<Series>>,
    /// The hours of the last thirty days; `None` where no load balancer sends to the service.
    pub hours: Observed<Option<Series>>,
}

/// What was counted, step by step. A step in which nothing was counted is not there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Length of a step in seconds.
    pub step_seconds: i64,
    /// The requests, by the beginning of the step.
    pub traffic: BTreeMap<DateTime<Utc>, Traffic>,
    /// How long tasks took to answer, for lengths of time of their own.
    pub answer_times: Vec<AnswerTimes>,
}

/// How long tasks took to answer, in seconds; of several target groups, those of the slowest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnswerTimes {
    /// When this time begins.
    pub from: DateTime<Utc>,
    /// How long it is.
    pub length: TimeDelta,
    /// Half of the requests were answered within this.
    pub p50: Option<f64>,
    /// Nineteen of twenty.
    pub p95: Option<f64>,
    /// Ninety-nine of a hundred.
    pub p99: Option<f64>,
}
