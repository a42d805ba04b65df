//! How the service and its targets do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// How many tasks the service has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tasks {
    /// How many it should have.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// How many are being started.
    pub pending: u32,
    /// Whether a deployment is under way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deploying: bool,
}

/// What the service says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When ECS says that it happened.
    pub of_s: f64,
    /// In the words of ECS.
    pub message: String,
}

/// How the targets of the load balancer do, in all target groups of the service together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Those that get requests.
    pub healthy: u32,
    /// Those whose checks do not succeed yet.
    pub initial: u32,
    /// Those whose checks fail.
    pub unhealthy: u32,
    /// Those that finish what they have.
    pub draining: u32,
}

/// How large a task of the service is, as its task definition writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskSize {
    /// In units, 1,024 of which are a CPU.
    pub cpu: String,
    /// In MiB.
    pub memory: String,
}

impl TaskSize {
    /// In the words of people.
    pub fn text(&self, lang: Lang) -> String {
        let Self { cpu, memory } = self;
        lang.pick(
            format!("{cpu} CPU units, {memory} MiB"),
            format!("{cpu} CPU ユニット、{memory} MiB"),
        )
    }
}
