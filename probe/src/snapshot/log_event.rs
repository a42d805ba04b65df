//! A line of a log with where it came from.

use chrono::{DateTime, Utc};

use super::Text;

/// A line with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// CloudWatch's id of the event: unique, so that no line is shown twice.
    pub id: String,
    /// The event's own time.
    pub at: DateTime<Utc>,
    /// When CloudWatch took it in.
    pub ingested_at: DateTime<Utc>,
    /// The task that wrote it.
    pub task: String,
    /// The container of the task; empty where the stream's name does not tell.
    pub container: String,
    /// The line.
    pub message: Text,
}
