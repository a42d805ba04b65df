//! From a report to text. Formats, never decides.

mod json;
mod manual;
mod markdown;
mod page;
mod rows;
mod table;
mod wrap;

pub use json::json;
pub use manual::manual;
pub use markdown::markdown;
pub use page::{Screen, Style, complaint};
pub use rows::rows;
pub use table::{severity, table};

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
