//! The report for a terminal: causes first, each with its proof, its fix and its symptoms.

use super::{
    page::{Page, Paint, Screen},
    wrap::FIRM,
};
use crate::{
    report::{Cause, Fix, Report},
    words::{Lang, phrases},
};

phrases! {
    SAW = "saw", "観測";
    EXPECTED = "expected", "期待";
    FIX = "fix", "対処";
    SYMPTOMS = "explains", "この原因による症状";
    RUNBOOK = "runbook", "手順書";
    UNKNOWN = "Could not tell", "判定できなかった項目";
    DO = "do", "対応";
    ADVICE = "Advice: nothing is broken; probe explain tells why and how to change it", "推奨事項 (障害ではありません。理由と手順は probe explain で確認できます)";
    PAST = "Past, no longer happening", "過去の失敗 (現在は発生していません)";
    CRITICAL = "critical", "重大";
    WARNING = "warning", "警告";
    ADVISED = "advice", "推奨";
    HEALTHY = "Healthy", "正常";
    FAULT = "Fault", "障害";
    UNDETERMINED = "Undetermined", "判定不能";
}

/// The report as text.
pub fn table(report: &Report, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let lang = report.lang();
    let Report {
        target, taken_at, ..
    } = report;
    let (strong, unsure, dim) = (paint.strong, paint.unsure, paint.dim);
    page.heading_of(&paint, target, *taken_at);
    for (i, cause) in report.causes.iter().enumerate() {
        write_cause(&mut page, i + 1, cause, lang, &paint);
    }
    if !report.unknown.is_empty() {
        page.verbatim("");
        let title = UNKNOWN.in_lang(lang);
        page.prose("", &format!("{unsure}? {title}{unsure:#}"));
        for unseen in report.unseen() {
            page.prose("  ", &unseen.call);
            let act = DO.in_lang(lang);
            page.prose(&format!("    {strong}{act}{strong:#} "), unseen.action);
            let checks = few(&unseen.checks, lang);
            page.prose("    ", &format!("{dim}{checks}{dim:#}"));
        }
    }
    if !report.advice.is_empty() {
        page.verbatim("");
        page.prose("", ADVICE.in_lang(lang));
        for advice in &report.advice {
            let (message, id) = (&advice.message, advice.id);
            page.prose("  · ", &format!("{message} {dim}({id}){dim:#}"));
            // One command is enough to begin with; probe explain has the others.
            for fix in advice.fix.iter().take(1) {
                write_fix(&mut page, fix, lang, &paint);
            }
        }
    }
    if !report.past.is_empty() {
        page.verbatim("");
        let title = PAST.in_lang(lang);
        page.prose("", &format!("{dim}{title}{dim:#}"));
        for past in &report.past {
            let at = past.at.format("%H:%M:%S");
            let head = format!("  {dim}{at} × {} ", past.tasks);
            page.prose(&head, &format!("{}{dim:#}", past.reason));
        }
    }
    page.verbatim("");
    page.prose("", &total(report, &paint));
    page.text
}

fn write_cause(page: &mut Page, number: usize, cause: &Cause, lang: Lang, paint: &Paint) {
    let (bad, dim) = (paint.bad, paint.dim);
    let Cause {
        id, subject, fault, ..
    } = cause;
    page.verbatim("");
    page.prose(&format!("{bad}✗ {number}. "), &format!("{fault}{bad:#}"));
    let severity = severity(cause.severity, lang);
    page.prose(
        "     ",
        &format!("{dim}{id} · {severity} · {subject}{dim:#}"),
    );
    let (saw, expected) = (SAW.in_lang(lang), EXPECTED.in_lang(lang));
    for proof in &cause.evidence {
        let source = proof.source;
        page.prose(
            &format!("   {saw} "),
            &format!("{} {dim}({source}){dim:#}", proof.saw),
        );
        page.prose(
            &format!("     {dim}{expected} "),
            &format!("{}{dim:#}", proof.expected),
        );
    }
    for fix in &cause.fix {
        write_fix(page, fix, lang, paint);
    }
    if !cause.symptoms.is_empty() {
        page.prose("   ", SYMPTOMS.in_lang(lang));
        for symptom in &cause.symptoms {
            let (fault, id) = (&symptom.fault, symptom.id);
            page.prose("     ↳ ", &format!("{fault} {dim}({id}){dim:#}"));
        }
    }
    let label = RUNBOOK.in_lang(lang);
    page.prose(
        &format!("   {dim}{label} "),
        &format!("{} · probe{FIRM}explain{FIRM}{id}{dim:#}", cause.runbook),
    );
}

fn write_fix(page: &mut Page, fix: &Fix, lang: Lang, paint: &Paint) {
    let (strong, command) = (paint.strong, paint.command);
    let label = FIX.in_lang(lang);
    page.prose(&format!("   {strong}{label}{strong:#} "), &fix.title);
    for line in fix.command.lines() {
        page.verbatim(&format!("     {command}{line}{command:#}"));
    }
}

/// The word of a report for how bad a fault is, as a person reads it.
pub fn severity(word: &str, lang: Lang) -> &'static str {
    let phrase = match word {
        "critical" => CRITICAL,
        "advice" => ADVISED,
        _ => WARNING,
    };
    phrase.in_lang(lang)
}

/// The first of many names; one denied call can leave a hundred checks without an answer.
fn few(names: &[&str], lang: Lang) -> String {
    const MOST: usize = 8;
    if names.len() <= MOST {
        return names.join(" ");
    }
    let (first, more) = (names[..MOST - 2].join(" "), names.len() + 2 - MOST);
    match lang {
        Lang::En => format!("{first} and {more} more (-o json names all)"),
        Lang::Ja => format!("{first} ほか {more} 項目 (-o json ですべて表示)"),
    }
}

fn total(report: &Report, paint: &Paint) -> String {
    let lang = report.lang();
    let (causes, unknown, checks) = (
        report.causes.len(),
        report.unknown.len(),
        report.checks_run(),
    );
    let (style, word) = match report.verdict {
        "healthy" => (paint.good, HEALTHY),
        "fault" => (paint.bad, FAULT),
        _ => (paint.unsure, UNDETERMINED),
    };
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let counts = match (unknown, lang) {
        (0, Lang::En) => format!(
            "{causes} root cause{}, every check could tell",
            plural(causes)
        ),
        (0, Lang::Ja) => format!("根本原因 {causes} 件、すべての項目を判定済み"),
        (_, Lang::En) => format!(
            "{causes} root cause{}, {unknown} of {checks} checks could not tell",
            plural(causes)
        ),
        (_, Lang::Ja) => {
            format!("根本原因 {causes} 件、{checks} 項目中 {unknown} 項目は判定できず")
        }
    };
    format!("{style}{}{style:#}: {counts}", word.in_lang(lang))
}
