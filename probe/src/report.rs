//! Report v1: the diagnosis as people and programs get it. A contract: a changed field is an entry in CHANGELOG.md.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    check::{Check, Evidence, Finding, Severity},
    diagnose::{Diagnosis, Verdict},
    reading::past_failures,
    runbook,
    snapshot::{Snapshot, Subject, Unobserved},
    words::Lang,
};

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

/// A check that could not tell.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Unknown {
    /// Id of the check.
    pub check: &'static str,
    /// The call that did not answer.
    pub operation: String,
    /// Its error code.
    pub code: String,
    /// Its words.
    pub message: String,
    /// What to do about it.
    pub action: String,
}

/// A call that did not answer, with all that it leaves open.
#[derive(Debug)]
pub struct Unseen<'a> {
    /// The call, its error code and its words.
    pub call: String,
    /// What to do about it.
    pub action: &'a str,
    /// Ids of the checks that could not tell.
    pub checks: Vec<&'static str>,
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
    /// Writes the diagnosis of a snapshot down in one language.
    pub fn new(snapshot: &Snapshot, diagnosis: &Diagnosis, lang: Lang) -> Self {
        let causes = diagnosis.causes.iter().flat_map(|cause| {
            let symptoms = || {
                let each = |symptom: &crate::diagnose::Symptom| {
                    symptom
                        .findings
                        .iter()
                        .map(|finding| self::symptom(symptom.check, finding, lang))
                        .collect::<Vec<_>>()
                };
                cause.symptoms.iter().flat_map(each).collect::<Vec<_>>()
            };
            // The symptoms hang under the first finding: the check explains them, whichever subject it was.
            let finding = move |(i, finding): (usize, &Finding)| {
                self::cause(
                    cause.check,
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
                .map(|(check, unobserved)| unknown(check, unobserved, lang))
                .collect(),
            advice: diagnosis
                .advice
                .iter()
                .map(|(check, finding)| advice(check, finding, lang))
                .collect(),
            past: past_failures(snapshot)
                .into_iter()
                .map(|(reason, tasks, at)| Past { at, tasks, reason })
                .collect(),
            lang: Some(lang),
            checks_run: crate::checks::all()
                .filter(|check| check.severity != Severity::Advice)
                .count(),
        }
    }

    /// What could not be seen, by call: one denied call leaves many checks without an answer.
    pub fn unseen(&self) -> Vec<Unseen<'_>> {
        let mut calls: Vec<Unseen<'_>> = vec![];
        for unknown in &self.unknown {
            let call = format!(
                "{}: {}: {}",
                unknown.operation, unknown.code, unknown.message
            );
            match calls.iter_mut().find(|known| known.call == call) {
                Some(known) => known.checks.push(unknown.check),
                None => calls.push(Unseen {
                    call,
                    action: &unknown.action,
                    checks: vec![unknown.check],
                }),
            }
        }
        calls
    }

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

fn cause(check: &Check, finding: &Finding, symptoms: Vec<Symptom>, lang: Lang) -> Cause {
    Cause {
        id: check.id,
        class: check.class(),
        severity: check.severity.as_str(),
        subject: finding.subject.clone(),
        fault: finding.message.in_lang(lang).to_owned(),
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| proof(evidence, lang))
            .collect(),
        fix: fixes(finding, lang),
        runbook: runbook::location(check.id, lang),
        symptoms,
    }
}

fn advice(check: &Check, finding: &Finding, lang: Lang) -> Advice {
    Advice {
        id: check.id,
        subject: finding.subject.clone(),
        message: finding.message.in_lang(lang).to_owned(),
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

fn symptom(check: &Check, finding: &Finding, lang: Lang) -> Symptom {
    Symptom {
        id: check.id,
        class: check.class(),
        severity: check.severity.as_str(),
        subject: finding.subject.clone(),
        fault: finding.message.in_lang(lang).to_owned(),
        evidence: finding
            .evidence
            .iter()
            .map(|evidence| proof(evidence, lang))
            .collect(),
        runbook: runbook::location(check.id, lang),
    }
}

fn proof(evidence: &Evidence, lang: Lang) -> Proof {
    Proof {
        source: evidence.source,
        saw: evidence.saw.in_lang(lang).to_owned(),
        expected: evidence.expected.in_lang(lang).to_owned(),
    }
}

fn unknown(check: &Check, unobserved: &Unobserved, lang: Lang) -> Unknown {
    let Unobserved {
        operation,
        code,
        message,
    } = unobserved;
    let action = match (unobserved.is_denied(), code.as_str(), lang) {
        (true, _, Lang::En) => {
            format!("allow the action {operation} (all that probe calls: probe list --actions)")
        }
        (true, _, Lang::Ja) => format!(
            "アクション {operation} を許可する (probe が呼び出すアクションの一覧: probe list --actions)"
        ),
        (_, "Timeout" | "ConnectionFailed", Lang::En) => {
            "check the network to AWS and run it again".to_owned()
        }
        (_, "Timeout" | "ConnectionFailed", Lang::Ja) => {
            "AWS へのネットワークを確認し、もう一度実行する".to_owned()
        }
        (_, "CallFailed", Lang::En) if message.contains("credential") => {
            "log in to AWS (for example aws sso login), or name a profile with --profile".to_owned()
        }
        (_, "CallFailed", Lang::Ja) if message.contains("credential") => {
            "AWS にログインする (例: aws sso login)、または --profile でプロファイルを指定する"
                .to_owned()
        }
        (_, "ThrottlingException" | "Throttling" | "RequestLimitExceeded", Lang::En) => {
            "run it again in a minute".to_owned()
        }
        (_, "ThrottlingException" | "Throttling" | "RequestLimitExceeded", Lang::Ja) => {
            "1 分ほど待って、もう一度実行する".to_owned()
        }
        (_, _, Lang::En) => {
            "the message says what was not seen; check it by hand, or correct it and run again"
                .to_owned()
        }
        (_, _, Lang::Ja) => {
            "メッセージの内容を手動で確認するか、修正してからもう一度実行する".to_owned()
        }
    };
    Unknown {
        check: check.id,
        operation: operation.clone(),
        code: code.clone(),
        message: message.to_string(),
        action,
    }
}
