//! What a recommendation starts from.

use chrono::NaiveDateTime;

use super::balancer::Needed;
use super::prices::Prices;

/// What is known and expected.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    /// What one task bears at the objective, at least, in requests per second.
    pub(super) bears: f64,
    /// Where that comes from.
    pub(super) bears_by: String,
    pub(super) crowd: Crowd,
    pub(super) headroom: f64,
    /// From the decision to healthy tasks, and from the load to healthy tasks, in seconds.
    pub(super) scale_out: ScaleOut,
    pub(super) min: u32,
    pub(super) pool: u32,
    pub(super) max_connections: Option<u32>,
    pub(super) day: Option<(NaiveDateTime, NaiveDateTime)>,
    /// The rate right before the peak, in requests per second, if somebody knows it.
    pub(super) usual: Option<f64>,
    /// What a run has needed of the load balancer, if one has watched it.
    pub(super) needed: Option<Needed>,
    /// Of a task for an hour, in US dollars in Tokyo.
    pub(super) task_hour: f64,
    pub(super) prices: Prices,
}

/// Who is expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Crowd {
    /// So many requests per second at most.
    Rate(f64),
    /// So many people within so many seconds, of so many requests each.
    People {
        people: u32,
        rush_s: f64,
        requests: u32,
    },
}

/// How long scaling out takes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ScaleOut {
    /// From the decision.
    pub(super) decided_s: f64,
    /// From the load, by metrics of 20 seconds and of one minute.
    pub(super) fast_s: f64,
    pub(super) slow_s: f64,
    /// Whether somebody measured it.
    pub(super) is_measured: bool,
}
