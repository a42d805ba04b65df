//! The report as JSON, for programs and for every other form of it.

use super::Report;

/// The whole report.
pub fn render(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

/// The report that was written as this text.
pub fn read(text: &str) -> serde_json::Result<Report> {
    serde_json::from_str(text)
}

/// The JSON Schema of the reports.
pub fn schema() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&schemars::schema_for!(Report)).map(|text| text + "\n")
}
