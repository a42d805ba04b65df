//! What a plan expects of scaling.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Mistake;
use super::units::Time;

/// What a plan expects of scaling under its highest load, which begins at the step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// So many tasks run at least,
    pub tasks: u32,
    /// so long after the step at the latest.
    pub within: Time,
    /// So long after the load went down there are no more tasks than before the step; without it nobody waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_within: Option<Time>,
    /// There are never more tasks; without it, than the maximum of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// So long may the service stay at its maximum under load: longer, and nobody knows what more load would do.
    #[serde(default = "a_minute")]
    pub at_most_for: Time,
    /// What a task and the database have of connections, if they are to be counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<Connections>,
}

/// What a task and the database have of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// The pool of a task.
    pub pool: u32,
    /// `max_connections` of the database.
    pub most: u32,
}

fn a_minute() -> Time {
    Time(Duration::from_secs(60))
}

impl Expected {
    pub(super) fn checked(self) -> Result<Self, Mistake> {
        if self.tasks == 0 || self.most.is_some_and(|most| most < self.tasks) {
            return Err(Mistake::ScalingTasks(self.tasks));
        }
        if self.within.0.is_zero() {
            return Err(Mistake::NoTime("scaling.within"));
        }
        if self.back_within.is_some_and(|within| within.0.is_zero()) {
            return Err(Mistake::NoTime("scaling.back_within"));
        }
        Ok(self)
    }
}
