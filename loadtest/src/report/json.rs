//! The report as JSON, for programs: stable codes, and English sentences beside them.

use serde::{Serialize, Serializer};

use super::Report;
use crate::judge::Reason;
use crate::lang::Lang;
use crate::ledger::Violation;

#[derive(Serialize)]
struct Said {
    code: &'static str,
    message: String,
}

/// The whole report.
pub fn render(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string_pretty(report).map(|text| text + "\n")
}

pub(super) fn reasons<S: Serializer>(reasons: &[Reason], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(reasons.iter().map(|reason| Said {
        code: reason.code(),
        message: reason.text(Lang::En),
    }))
}

pub(super) fn violations<S: Serializer>(
    violations: &[Violation],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(violations.iter().map(|violation| Said {
        code: violation.code(),
        message: violation.text(Lang::En),
    }))
}
