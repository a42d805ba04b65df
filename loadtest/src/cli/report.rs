//! Which reports, in which form.

use std::path::PathBuf;

use clap::Args;

use crate::report::Format;

/// Where reports go, beside the terminal.
#[derive(Debug, Clone, Default, Args)]
pub struct FileArguments {
    /// Write the report as JSON to FILE; every other form can be made from it later
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write it as a page with charts to FILE, which needs nothing else
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write it as Markdown to FILE
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Write it as JUnit XML to FILE, a test case for each rule and each promise
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

impl FileArguments {
    /// The forms that were asked for, with their files.
    pub fn reports(self) -> Vec<(Format, PathBuf)> {
        [
            (Format::Json, self.json),
            (Format::Html, self.html),
            (Format::Markdown, self.markdown),
            (Format::Junit, self.junit),
        ]
        .into_iter()
        .filter_map(|(format, path)| Some((format, path?)))
        .collect()
    }
}

/// Which report, and in which form.
#[derive(Debug, Clone, Args)]
pub struct ReportArguments {
    /// The JSON report of a run, or its NDJSON file
    #[arg(required_unless_present = "schema")]
    pub file: Option<PathBuf>,
    /// The form
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Format,
    /// Write it to FILE instead of printing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Print the JSON Schema of the reports instead
    #[arg(long, conflicts_with_all = ["file", "output", "out"])]
    pub schema: bool,
}
