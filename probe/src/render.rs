//! From a report to text. Formats, never decides.

mod cleanup;
mod concerns;
mod cost;
mod database;
mod doctor;
mod failover;
mod grade;
mod insights;
mod json;
mod lesson;
mod lessons;
mod manual;
mod markdown;
mod moment;
mod not_seen;
mod page;
mod rows;
mod sections;
mod slo;
mod smoke;
mod status;
mod table;
mod targets;
mod tasks;
mod timeline;
mod wrap;

pub use cleanup::cleanup;
pub use cost::cost;
pub use database::database;
pub use doctor::doctor;
pub use failover::failover;
pub use grade::{After, Grade, Solution, grade, solution};
pub use insights::insights;
pub use json::json;
pub use lesson::{Briefing, briefing, hint};
pub use lessons::lessons;
pub use manual::manual;
pub use markdown::markdown;
pub use page::{Screen, Style, complaint};
pub use rows::rows;
pub use slo::slo;
pub use smoke::smoke;
pub use status::{status, status_lines};
pub use table::{severity, table};
pub use targets::{target_lines, targets};
pub use tasks::tasks;
pub use timeline::timeline;
pub use wrap::extent;

use crate::report::Report;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people, at a terminal.
    Table,
    /// For programs: report v1.
    Json,
    /// For pasting into an incident.
    Markdown,
}

/// Text that keeps its columns where Markdown is read.
pub fn fenced(text: &str) -> String {
    format!("```text\n{text}```\n")
}

/// Writes the report in that format.
///
/// # Errors
/// When it cannot be serialised.
pub fn render(report: &Report, format: Format, screen: Screen) -> serde_json::Result<String> {
    match format {
        Format::Table => Ok(table(report, screen)),
        Format::Json => json(report),
        Format::Markdown => Ok(markdown(report)),
    }
}
