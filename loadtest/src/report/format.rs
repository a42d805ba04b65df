//! The forms that a report can take.

use super::{Report, html, json, junit, markdown, text};
use crate::lang::Lang;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Tables for a terminal
    Text,
    /// One page that needs nothing else
    Html,
    /// For issues and summaries of CI jobs
    Markdown,
    /// XML for CI systems that list tests
    Junit,
    /// For programs, and for every other form
    Json,
}

impl Format {
    /// The report in this form; text is broken into lines of `width` columns, if there is one.
    pub fn render(self, report: &Report, lang: Lang, width: Option<u16>) -> anyhow::Result<String> {
        Ok(match self {
            Self::Text => text::render(report, lang, width),
            Self::Html => html::render(report, lang)?,
            Self::Markdown => markdown::render(report, lang),
            Self::Junit => junit::render(report, lang)?,
            Self::Json => json::render(report)?,
        })
    }
}
