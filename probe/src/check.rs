//! The vocabulary of diagnosis: what a check is and what it finds.

use crate::{
    case::Case,
    reading::current_failures,
    snapshot::Observed,
    words::{Phrase, Words},
};

/// One known fault: how to recognise it, and which other faults it causes.
///
/// The id names the fault and is also the name of its file, its scenario and its runbook section.
#[derive(Debug)]
pub struct Check {
    /// Component first, kebab-case: `network-database-port-closed`.
    pub id: &'static str,
    /// The root-cause classes of the error-message corpus that this fault covers; reports name the one that is said, else the first.
    pub classes: &'static [&'static str],
    /// How bad it is.
    pub severity: Severity,
    /// The fault as a plain sentence.
    pub fault: Phrase,
    /// Ids of the faults that this one causes.
    pub explains: &'static [&'static str],
    /// Looks for the fault. Nothing found means: seen and healthy.
    pub find: fn(&Case<'_>) -> Observed<Vec<Finding>>,
}

impl Check {
    /// The class that it has before anything is seen.
    pub fn class(&self) -> Option<&'static str> {
        self.classes.first().copied()
    }

    /// The class that reports name: where it covers several, the one that ends tasks or is being said, else the first.
    pub fn class_in(&self, case: &Case<'_>) -> Option<&'static str> {
        if self.classes.len() < 2 {
            return self.class();
        }
        let ends = current_failures(case).unwrap_or_default();
        let ended_by = ends.iter().find(|(_, _, end)| end.is(self.classes));
        let ended_by = ended_by.and_then(|(_, _, end)| end.class);
        let mut said = case.suspected(self.classes);
        ended_by
            .or_else(|| said.find_map(|said| said.reading.fault()))
            .or(self.class())
    }
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is broken, but it is not wise: never a fault.
    Advice,
    /// The service works, with a part of it broken or a deployment failing.
    Warning,
    /// The service is down, or the next task will not start.
    Critical,
}

impl Severity {
    /// The word in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// A fault that was found, with what proves it and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it was found on, for example a security group or a task definition.
    pub subject: String,
    /// What is wrong, as a sentence with the real names in it.
    pub message: Words,
    /// What was seen, where, and what was expected.
    pub evidence: Vec<Evidence>,
    /// What mends it. `probe` only prints it.
    pub fix: Vec<Fix>,
}

/// One observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// API and field, for example `ecs:DescribeTasks stoppedReason`.
    pub source: &'static str,
    /// What was seen.
    pub saw: Words,
    /// What was expected instead.
    pub expected: Words,
}

/// One way to mend a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: Words,
    /// An AWS CLI command or a CloudFormation snippet with the real ids.
    pub command: String,
}
