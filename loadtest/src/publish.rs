//! Where a finished report goes: files, the terminal, GitHub Actions.

use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::judge::Verdict;
use crate::lang::Lang;
use crate::overwrite::Overwrite;
use crate::report::{Format, Report, github};
use crate::usage::UsageError;

/// The files of a report, open before there is anything to write: who waits an hour for a report must get it.
#[derive(Debug)]
pub struct Outlet {
    files: Vec<(Format, PathBuf, Overwrite)>,
}

impl Outlet {
    /// Opens them.
    pub fn open(reports: &[(Format, PathBuf)]) -> Result<Self, UsageError> {
        let files = reports
            .iter()
            .map(|(format, path)| Ok((*format, path.clone(), Overwrite::open(path)?)))
            .collect::<Result<_, UsageError>>()?;
        Ok(Self { files })
    }

    /// Writes the report everywhere; what cannot be written somewhere is written everywhere else first.
    pub fn publish(self, report: &Report, lang: Lang) -> anyhow::Result<()> {
        let mut done = show(Format::Text, report, lang);
        for (format, path, mut file) in self.files {
            let written = format
                .render(report, lang, None)
                .and_then(|text| Ok(file.write_all(text.as_bytes())?))
                .with_context(|| format!("{} could not be written", path.display()));
            done = done.and(written);
        }
        done.and(github(report, lang))
    }
}

/// Prints the report.
pub fn show(format: Format, report: &Report, lang: Lang) -> anyhow::Result<()> {
    let text = format.render(report, lang, screen())?;
    stdout()
        .write_all(text.as_bytes())
        .context("the report could not be printed")
}

/// The exit code that says the verdict.
pub fn exit_code(report: &Report) -> u8 {
    match report.verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Inconclusive => 2,
    }
}

/// Tells GitHub Actions, where it is GitHub Actions that runs this.
fn github(report: &Report, lang: Lang) -> anyhow::Result<()> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if set("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        stdout().write_all(github::annotations(report, lang).as_bytes())?;
    }
    if let Some(summary) = set("GITHUB_STEP_SUMMARY") {
        github::summarise(report, lang, Path::new(&summary))
            .context("the summary of the job could not be written")?;
    }
    Ok(())
}

/// How many columns the terminal has; a pipe has as many as it is given.
fn screen() -> Option<u16> {
    if !stdout().is_terminal() {
        return None;
    }
    // A terminal that does not know its width says 0.
    terminal_size::terminal_size()
        .map(|(width, _)| width.0)
        .filter(|width| *width > 0)
}
