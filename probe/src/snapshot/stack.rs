//! What made the service and what moves it: its CloudFormation stack and Application Auto Scaling.

use serde::{Deserialize, Serialize};

use super::Event;

/// A CloudFormation stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Name of the stack.
    pub name: String,
    /// For example `UPDATE_ROLLBACK_COMPLETE`.
    pub status: String,
    /// Events that tell of a failure in its last operation, newest first: `<resource> <status>: <reason>`.
    pub failures: Vec<Event>,
}

/// The scalable target of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaling {
    /// Fewest tasks.
    pub min: i32,
    /// Most tasks.
    pub max: i32,
    /// What is suspended: `dynamic scaling in`, `dynamic scaling out`, `scheduled scaling`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspended: Vec<String>,
}
