//! `probe explain ID`: the runbook section of a fault. `probe explain --message TEXT`: what a message means.

use std::io::Read;

use super::{Error, Exit, print, say, screen};
use crate::{
    checks,
    cli::{self, Global},
    reading::{Confidence, Meaning, Place, Reading, UNRECOGNISED, classify},
    render::{Format, manual},
    runbook,
    snapshot::Text,
    words,
    words::Lang,
};

pub(super) fn run(args: &cli::Explain, global: &Global) -> Result<Exit, Error> {
    match (&args.message, &args.id) {
        (Some(text), _) => message(text, args.place, global),
        (None, id) => fault(id.as_deref().unwrap_or_default(), global),
    }
}

fn fault(id: &str, global: &Global) -> Result<Exit, Error> {
    let lang = global.lang();
    let unknown = || {
        Error::Usage(words!(
            "there is no fault {id}\nhint: probe list shows them",
            "障害 {id} はありません\nヒント: probe list で一覧を表示できます"
        ))
    };
    // A message is explained by its class: who asks for that one gets the check that stands for it.
    let check = checks::by_id(id)
        .or_else(|| checks::by_class(id))
        .ok_or_else(unknown)?;
    let section = runbook::section(check.id, lang).ok_or_else(unknown)?;
    match global.output {
        Format::Table => print(&manual(&section, screen()))?,
        Format::Markdown => print(&section)?,
        Format::Json => {
            let value = serde_json::json!({
                "id": check.id,
                "class": check.class(),
                "classes": check.classes,
                "severity": check.severity.as_str(),
                "fault": check.fault.in_lang(lang),
                "explains": check.explains,
                "runbook": runbook::location(check.id, lang),
                "text": section,
            });
            print(&(serde_json::to_string_pretty(&value)? + "\n"))?;
        }
    }
    Ok(Exit::Healthy)
}

/// One message on its own. It is scrubbed before it is read, so that no secret can be echoed.
fn message(text: &str, place: Option<Place>, global: &Global) -> Result<Exit, Error> {
    let mut text = text.to_owned();
    if text == "-" {
        text.clear();
        std::io::stdin().read_to_string(&mut text)?;
    }
    if text.trim().is_empty() {
        return Err(Error::Usage(words!(
            "the message is empty",
            "メッセージが空です"
        )));
    }
    let answer = Answer::new(classify(&Text::from(text), place), global.lang());
    match global.output {
        Format::Table => print(&manual(&answer.text(), screen()))?,
        Format::Markdown => print(&answer.text())?,
        Format::Json => print(&(serde_json::to_string_pretty(&answer.json())? + "\n"))?,
    }
    Ok(Exit::Healthy)
}

/// What is said of a message.
struct Answer {
    reading: Reading,
    lang: Lang,
    fault: Option<&'static str>,
    fix: Option<String>,
    runbook: Option<String>,
}

impl Answer {
    fn new(reading: Reading, lang: Lang) -> Self {
        let class = reading.fault();
        let check = class.and_then(checks::by_class);
        Self {
            fault: check.map(|check| check.fault.in_lang(lang)).or(class),
            fix: check.and_then(|check| runbook::mitigation(check.id, lang)),
            runbook: check.map(|check| runbook::location(check.id, lang)),
            reading,
            lang,
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "class": match self.reading.meaning {
                Meaning::Fault(class) => Some(class),
                Meaning::Normal(_) => None,
                Meaning::Unrecognised => Some(UNRECOGNISED),
            },
            "confidence": self.reading.confidence.as_str(),
            "object": self.reading.object,
            "supports": self.reading.supports,
            "refutes": self.reading.refutes,
            "fault": self.fault,
            "fix": self.fix,
            "runbook": self.runbook,
        })
    }

    fn text(&self) -> String {
        let Reading {
            meaning,
            supports,
            refutes,
            ..
        } = &self.reading;
        let sure = confidence(self.reading.confidence, self.lang);
        let mut lines = vec![match (self.lang, meaning) {
            (Lang::En, Meaning::Normal(class)) => format!("a normal event, no fault ({class})"),
            (Lang::Ja, Meaning::Normal(class)) => {
                format!("正常なイベントで、障害ではありません ({class})")
            }
            (lang, Meaning::Unrecognised) => say(
                lang,
                "not recognised: this message alone names no cause; probe diagnose looks at what surrounds it",
                "判別できません: このメッセージだけでは原因を特定できません。probe diagnose で設定や状態と合わせて診断してください",
            )
            .to_owned(),
            (_, Meaning::Fault(class)) => {
                format!("{} ({class}, {sure})", self.fault.unwrap_or(class))
            }
        }];
        let mut list = |en: &'static str, ja: &'static str, names: &[&str]| {
            if !names.is_empty() {
                let label = say(self.lang, en, ja);
                lines.push(format!("{label}: {}", names.join(", ")));
            }
        };
        let object: Vec<&str> = self.reading.object.as_deref().into_iter().collect();
        list("names", "対象", &object);
        list("also possible", "ほかに考えられる原因", supports);
        list("ruled out", "除外できる原因", refutes);
        if let Some(fix) = &self.fix {
            lines.push(format!("\n{fix}"));
        }
        if let Some(runbook) = &self.runbook {
            let label = say(self.lang, "runbook", "手順書");
            lines.push(format!("\n{label}: {runbook}"));
        }
        lines.join("\n") + "\n"
    }
}

fn confidence(confidence: Confidence, lang: Lang) -> &'static str {
    match (lang, confidence) {
        (Lang::En, confidence) => confidence.as_str(),
        (Lang::Ja, Confidence::Certain) => "確実",
        (Lang::Ja, Confidence::Likely) => "可能性が高い",
        (Lang::Ja, Confidence::Possible) => "可能性あり",
    }
}
