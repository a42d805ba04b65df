//! From a diagnosis to the report in one language.

use super::{Advice, Cause, Fix, Past, Proof, Report, Symptom, Unknown};
use crate::{
    check::{Check, Evidence, Finding, Severity},
    diagnose::{self, Diagnosis, Verdict},
    reading::past_failures,
    runbook,
    snapshot::Snapshot,
    words::{Lang, Words},
};

impl Report {
    /// Writes the diagnosis of a snapshot down in one language.
    pub fn new(snapshot: &Snapshot, diagnosis: &Diagnosis, lang: Lang) -> Self {
        let causes = diagnosis.causes.iter().flat_map(|cause| {
            let symptoms = || {
                let each = |symptom: &diagnose::Symptom| {
                    symptom
                        .findings
                        .iter()
                        .map(|finding| self::symptom(symptom, finding, lang))
                        .collect::<Vec<_>>()
                };
                cause.symptoms.iter().flat_map(each).collect::<Vec<_>>()
            };
            // The symptoms hang under the first finding: the check explains them, whichever subject it was.
            let finding = move |(i, finding): (usize, &Finding)| {
                self::cause(
                    cause,
                    finding,
                    if i == 0 { symptoms() } else { vec![] },
                    lang,
                )
            };
            cause
                .findings
                .iter()
                .enumerate()
                .map(finding)
                .collect::<Vec<_>>()
        });
        Self {
            version: 1,
            target: snapshot.target.clone(),
            taken_at: snapshot.taken_at,
            verdict: match diagnosis.verdict() {
                Verdict::Healthy => "healthy",
                Verdict::Fault => "fault",
                Verdict::Undetermined => "undetermined",
            },
            causes: causes.collect(),
            unknown: diagnosis
                .unknown
                .iter()
                .map(|(check, unobserved)| Unknown::new(check, unobserved, lang))
                .collect(),
            advice: diagnosis
                .advice
                .iter()
                .map(|(check, finding)| advice(check, finding, lang))
                .collect(),
            past: past_failures(snapshot)
                .into_iter()
                .map(|(reason, tasks, at)| Past {
                    at,
                    tasks,
                    reason: printable(&reason),
                })
                .collect(),
            lang: Some(lang),
            checks_run: crate::checks::all()
                .filter(|check| check.severity != Severity::Advice)
                .count(),
        }
    }
}

fn cause(by: &diagnose::Cause, finding: &Finding, symptoms: Vec<Symptom>, lang: Lang) -> Cause {
    Cause {
        id: by.check.id,
        class: by.class,
        severity: by.check.severity.as_str(),
        subject: finding.subject.clone(),
        fault: told(&finding.message, lang),
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| proof(evidence, lang))
            .collect(),
        fix: fixes(finding, lang),
        runbook: runbook::location(by.check.id, lang),
        symptoms,
    }
}

fn advice(check: &Check, finding: &Finding, lang: Lang) -> Advice {
    Advice {
        id: check.id,
        subject: finding.subject.clone(),
        message: told(&finding.message, lang),
        fix: fixes(finding, lang),
        runbook: runbook::location(check.id, lang),
    }
}

fn fixes(finding: &Finding, lang: Lang) -> Vec<Fix> {
    let fix = |fix: &crate::check::Fix| Fix {
        title: fix.title.in_lang(lang).to_owned(),
        command: fix.command.clone(),
    };
    finding.fix.iter().map(fix).collect()
}

fn symptom(by: &diagnose::Symptom, finding: &Finding, lang: Lang) -> Symptom {
    Symptom {
        id: by.check.id,
        class: by.class,
        severity: by.check.severity.as_str(),
        subject: finding.subject.clone(),
        fault: told(&finding.message, lang),
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| proof(evidence, lang))
            .collect(),
        runbook: runbook::location(by.check.id, lang),
    }
}

fn proof(evidence: &Evidence, lang: Lang) -> Proof {
    Proof {
        source: evidence.source,
        saw: told(&evidence.saw, lang),
        expected: told(&evidence.expected, lang),
    }
}

/// The words in one language.
fn told(words: &Words, lang: Lang) -> String {
    printable(words.in_lang(lang))
}

/// Without what drives a terminal: the colours of an application's log, and other control characters.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {},
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_cannot_drive_the_terminal() {
        for (quoted, told) in [
            (
                "\u{1b}[31mERROR\u{1b}[0m: no\u{7} way\r\n  at main",
                "ERROR: no way\n  at main",
            ),
            ("\u{1b}[2J\u{1b}[Hgone", "gone"),
            ("接続\tok", "接続\tok"),
        ] {
            assert_eq!(printable(quoted), told);
        }
    }
}
