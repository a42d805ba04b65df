//! Report v1: the diagnosis as people and programs get it. A contract: a changed field is an entry in CHANGELOG.md.

mod making;
mod unseen;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{snapshot::Subject, words::Lang};

pub use unseen::{Unknown, Unseen, action, is_not_logged_in};

/// The whole report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// `healthy`, `fault` or `undetermined`.
    pub verdict: &'static str,
    /// Root causes, the worst first.
    pub causes: Vec<Cause>,
    /// What could not be seen.
    pub unknown: Vec<Unknown>,
    /// What is not wrong but not wise either.
    pub advice: Vec<Advice>,
    /// What went wrong before, and no longer does.
    pub past: Vec<Past>,
    #[serde(skip)]
    lang: Option<Lang>,
    #[serde(skip)]
    checks_run: usize,
}

/// A fault that no other fault explains.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Cause {
    /// Id of the check.
    pub id: &'static str,
    /// Root-cause class, where one fits.
    pub class: Option<&'static str>,
    /// `critical` or `warning`.
    pub severity: &'static str,
    /// What it was found on.
    pub subject: String,
    /// What is wrong, with the real names.
    pub fault: String,
    /// What proves it.
    pub evidence: Vec<Proof>,
    /// What mends it.
    pub fix: Vec<Fix>,
    /// Where the runbook tells more.
    pub runbook: String,
    /// The faults that this one explains.
    pub symptoms: Vec<Symptom>,
}

/// A fault that its cause explains.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Symptom {
    /// Id of the check.
    pub id: &'static str,
    /// Root-cause class, where one fits.
    pub class: Option<&'static str>,
    /// `critical` or `warning`.
    pub severity: &'static str,
    /// What it was found on.
    pub subject: String,
    /// What is wrong, with the real names.
    pub fault: String,
    /// What proves it.
    pub evidence: Vec<Proof>,
    /// Where the runbook tells more.
    pub runbook: String,
}

/// One observation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Proof {
    /// API and field.
    pub source: &'static str,
    /// What was seen.
    pub saw: String,
    /// What was expected instead.
    pub expected: String,
}

/// One way to mend a fault.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// Command or snippet with the real ids.
    pub command: String,
}

/// What is not wrong but not wise either.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Advice {
    /// Id of the advice.
    pub id: &'static str,
    /// What it was found on.
    pub subject: String,
    /// What to change, and why.
    pub message: String,
    /// How to change it.
    pub fix: Vec<Fix>,
    /// Where the runbook tells more.
    pub runbook: String,
}

/// Failures of the past, grouped by equal reasons.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Past {
    /// The newest.
    pub at: DateTime<Utc>,
    /// How many tasks.
    pub tasks: usize,
    /// Why they stopped, in AWS's words.
    pub reason: String,
}

impl Report {
    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }

    /// How many checks ran.
    pub fn checks_run(&self) -> usize {
        self.checks_run
    }
}

/// The JSON Schema of a report.
///
/// # Errors
/// When it cannot be written as JSON: a defect of this program.
pub fn schema() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&schemars::schema_for!(Report))? + "\n")
}
