//! `probe logs -o json`: a line of a container.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A line that a container wrote; one object for each line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogEntry {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// When CloudWatch took it in.
    pub ingested_at: DateTime<Utc>,
    /// Id of the task.
    pub task: String,
    /// Name of the container.
    pub container: String,
    /// The line, with secrets blanked.
    pub message: String,
    /// With `--json`, of a line that is JSON: the chosen fields; `null` for one that it does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<String, Value>>,
}
