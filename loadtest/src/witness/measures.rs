//! What CloudWatch measures, and the alarms on it.

use serde::{Deserialize, Serialize};

/// A state that an alarm took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// When CloudWatch says that it took the state.
    pub since_s: f64,
    /// The state.
    pub state: AlarmState,
    /// What it makes scaling do; nothing for alarms of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scales: Option<Direction>,
}

/// The states of an alarm, as CloudWatch names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Its metric is where it should be.
    Ok,
    /// It is not.
    Alarm,
    /// Too few values to say.
    InsufficientData,
}

/// Which way scaling goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More tasks.
    Out,
    /// Fewer tasks.
    In,
}

/// A value of a metric over a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What was measured.
    pub of: Measure,
    /// When the time begins.
    pub from_s: f64,
    /// How long it is.
    pub period_s: f64,
    /// The value, in the unit of the measure.
    pub value: f64,
}

/// What CloudWatch measures.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// CPU of the tasks, in percent of what they reserved, on average.
    Cpu,
    /// Memory of the tasks, in percent, on average.
    Memory,
    /// Requests that the load balancer passed on.
    Requests,
    /// Answers 5xx of the load balancer itself.
    BalancerFaults,
    /// Answers 5xx of the tasks.
    TaskFaults,
    /// 99th percentile of the tasks' time to answer, in seconds.
    ResponseP99,
    /// Connections that the load balancer refused.
    Rejected,
    /// The highest use of load balancer capacity units.
    PeakLcus,
    /// Connections of the database, at most.
    DatabaseConnections,
    /// CPU of the database, in percent.
    DatabaseCpu,
    /// Time of a read of the database's disk, in seconds.
    DatabaseRead,
    /// Time of a write of the database's disk, in seconds.
    DatabaseWrite,
    /// What is left of the database's CPU credits.
    DatabaseCredits,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Cpu,
        Self::Memory,
        Self::Requests,
        Self::BalancerFaults,
        Self::TaskFaults,
        Self::ResponseP99,
        Self::Rejected,
        Self::PeakLcus,
        Self::DatabaseConnections,
        Self::DatabaseCpu,
        Self::DatabaseRead,
        Self::DatabaseWrite,
        Self::DatabaseCredits,
    ];
}
