//! Report v1 as JSON.

use crate::report::Report;

/// Indented JSON with a line end.
///
/// # Errors
/// When the report cannot be serialised.
pub fn json(report: &Report) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(report)? + "\n")
}
