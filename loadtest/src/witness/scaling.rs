//! What scaling follows, may do, plans and does.

use serde::{Deserialize, Serialize};

/// Between which counts scaling moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// Policies add no tasks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_suspended: bool,
    /// Policies take no tasks away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_suspended: bool,
    /// Scheduled actions do nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub schedules_suspended: bool,
}

/// What scaling follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The metric as AWS names it, such as `ECSServiceAverageCPUUtilization`.
    pub metric: String,
    /// The value that it keeps the metric at.
    pub target: f64,
    /// How long after a scale-out the next one waits, in seconds.
    pub out_cooldown_s: f64,
    /// How long after a scale-in the next one waits, in seconds.
    pub in_cooldown_s: f64,
}

impl Policy {
    /// Whether it follows the CPU of the tasks.
    pub fn follows_cpu(&self) -> bool {
        self.metric.starts_with("ECSServiceAverageCPUUtilization")
    }

    /// How often its metric has a value, in seconds.
    pub fn resolution_s(&self) -> f64 {
        if self.metric.ends_with("HighResolution") {
            20.0
        } else {
            60.0
        }
    }
}

/// A planned change of the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Its name.
    pub name: String,
    /// When, as `at(…)`, `cron(…)` or `rate(…)`.
    pub schedule: String,
    /// The fewest tasks from then on.
    pub min: Option<u32>,
    /// The most tasks from then on.
    pub max: Option<u32>,
}

/// Something that scaling did, or did not do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id; a later sighting of the same says how it went on.
    pub id: String,
    /// When AWS says that it began.
    pub from_s: f64,
    /// How it stands, such as `Successful`.
    pub status: String,
    /// What it does, such as `Setting desired count to 4.`.
    pub description: String,
    /// Why it did nothing, as AWS codes it, such as `AlreadyAtMaxCapacity`; empty where it did something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_scaled: Vec<String>,
}
