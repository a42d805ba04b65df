//! What is wrong with something that was looked at, and what to do about it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    check::{Check, Finding, Fix, Severity},
    words::{Lang, Words},
};

/// Something that is wrong or not wise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Concern {
    /// Id of the fault that `probe explain` tells more about, where there is one.
    pub explain: Option<String>,
    /// `critical`, `warning` or `advice`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do, the best first.
    pub steps: Vec<Step>,
}

/// Something that a person may do. `probe` only prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// What it does.
    pub title: String,
    /// The command.
    pub command: String,
}

impl Concern {
    /// What no check of the catalogue looks for.
    pub(super) fn new(
        severity: Severity,
        explain: Option<&str>,
        message: &Words,
        steps: Vec<(Words, String)>,
        lang: Lang,
    ) -> Self {
        let step = |(title, command): (Words, String)| Step {
            title: title.in_lang(lang).to_owned(),
            command,
        };
        Self {
            explain: explain.map(ToOwned::to_owned),
            severity: severity.as_str().to_owned(),
            message: message.in_lang(lang).to_owned(),
            steps: steps.into_iter().map(step).collect(),
        }
    }

    /// What a check of the catalogue has found.
    pub(super) fn found(check: &Check, finding: Finding, lang: Lang) -> Self {
        let fixes = finding.fix.into_iter();
        let steps = fixes
            .map(|Fix { title, command }| (title, command))
            .collect();
        Self::new(
            check.severity,
            Some(check.id),
            &finding.message,
            steps,
            lang,
        )
    }

    /// The order in which a person reads them: the worst first.
    pub(super) fn rank(&self) -> usize {
        let order = [Severity::Critical, Severity::Warning, Severity::Advice];
        order
            .iter()
            .position(|severity| severity.as_str() == self.severity)
            .unwrap_or(order.len())
    }
}
