//! The report for a terminal: causes first, each with its proof, its fix and its symptoms.

use std::fmt::Write;

use anstyle::{AnsiColor, Style as Ansi};

use crate::{
    report::{Cause, Report},
    words::{Lang, Phrase},
};

/// Whether the text may carry colour. The words alone say everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// With ANSI escapes.
    Coloured,
    /// Words only.
    Plain,
}

struct Paint {
    bad: Ansi,
    good: Ansi,
    unsure: Ansi,
    strong: Ansi,
    dim: Ansi,
}

impl Paint {
    fn new(style: Style) -> Self {
        let plain = Ansi::new();
        match style {
            Style::Plain => Self {
                bad: plain,
                good: plain,
                unsure: plain,
                strong: plain,
                dim: plain,
            },
            Style::Coloured => Self {
                bad: AnsiColor::Red.on_default().bold(),
                good: AnsiColor::Green.on_default().bold(),
                unsure: AnsiColor::Yellow.on_default().bold(),
                strong: Ansi::new().bold(),
                dim: Ansi::new().dimmed(),
            },
        }
    }
}

macro_rules! phrases {
    ($($name:ident = $en:literal, $ja:literal;)*) => {
        $(const $name: Phrase = Phrase { en: $en, ja: $ja };)*
    };
}

phrases! {
    SAW = "saw", "観測";
    EXPECTED = "expected", "期待";
    FIX = "fix", "対処";
    SYMPTOMS = "explains", "この原因による症状";
    RUNBOOK = "runbook", "手順書";
    UNKNOWN = "Could not tell", "判定できなかった項目";
    DO = "do", "対応";
    ADVICE = "Advice: nothing is broken, but probe explain tells why to change it", "助言 (障害ではありません。理由は probe explain で確認できます)";
    PAST = "Past, no longer happening", "過去の失敗 (現在は発生していません)";
    CRITICAL = "critical", "重大";
    WARNING = "warning", "警告";
    HEALTHY = "Healthy", "正常";
    FAULT = "Fault", "障害";
    UNDETERMINED = "Undetermined", "判定不能";
}

/// The report as text.
pub fn table(report: &Report, style: Style) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut text, report, &Paint::new(style));
    text
}

fn write_report(out: &mut String, report: &Report, paint: &Paint) -> std::fmt::Result {
    let lang = report.lang();
    let Report {
        target, taken_at, ..
    } = report;
    writeln!(
        out,
        "{strong}{}/{}{strong:#} {dim}{} {}{dim:#}",
        target.cluster,
        target.service,
        target.region,
        taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        strong = paint.strong,
        dim = paint.dim,
    )?;
    for (i, cause) in report.causes.iter().enumerate() {
        write_cause(out, i + 1, cause, lang, paint)?;
    }
    if !report.unknown.is_empty() {
        writeln!(
            out,
            "\n{unsure}? {}{unsure:#}",
            UNKNOWN.in_lang(lang),
            unsure = paint.unsure
        )?;
        for unseen in report.unseen() {
            writeln!(out, "  {}", unseen.call)?;
            writeln!(
                out,
                "    {dim}{}{dim:#} {}",
                DO.in_lang(lang),
                unseen.action,
                dim = paint.dim
            )?;
            writeln!(
                out,
                "    {dim}{}{dim:#}",
                unseen.checks.join(" "),
                dim = paint.dim
            )?;
        }
    }
    if !report.advice.is_empty() {
        writeln!(out, "\n{}", ADVICE.in_lang(lang))?;
        for advice in &report.advice {
            writeln!(
                out,
                "  · {} {dim}({}){dim:#}",
                advice.message,
                advice.id,
                dim = paint.dim
            )?;
        }
    }
    if !report.past.is_empty() {
        writeln!(out, "\n{dim}{}{dim:#}", PAST.in_lang(lang), dim = paint.dim)?;
        for past in &report.past {
            let at = past.at.format("%H:%M:%S");
            writeln!(
                out,
                "  {dim}{at} × {} {}{dim:#}",
                past.tasks,
                past.reason,
                dim = paint.dim
            )?;
        }
    }
    writeln!(out, "\n{}", total(report, paint))
}

fn write_cause(
    out: &mut String,
    number: usize,
    cause: &Cause,
    lang: Lang,
    paint: &Paint,
) -> std::fmt::Result {
    let (bad, strong, dim) = (paint.bad, paint.strong, paint.dim);
    writeln!(out, "\n{bad}✗ {number}. {}{bad:#}", cause.fault)?;
    writeln!(
        out,
        "     {dim}{} · {} · {}{dim:#}",
        cause.id,
        severity(cause.severity).in_lang(lang),
        cause.subject
    )?;
    for proof in &cause.evidence {
        writeln!(
            out,
            "   {} {} {dim}({}){dim:#}",
            SAW.in_lang(lang),
            proof.saw,
            proof.source
        )?;
        writeln!(
            out,
            "     {dim}{} {}{dim:#}",
            EXPECTED.in_lang(lang),
            proof.expected
        )?;
    }
    for fix in &cause.fix {
        writeln!(
            out,
            "   {strong}{}{strong:#} {}",
            FIX.in_lang(lang),
            fix.title
        )?;
        for line in fix.command.lines() {
            writeln!(out, "     {line}")?;
        }
    }
    if !cause.symptoms.is_empty() {
        writeln!(out, "   {}", SYMPTOMS.in_lang(lang))?;
        for symptom in &cause.symptoms {
            writeln!(out, "     ↳ {} {dim}({}){dim:#}", symptom.fault, symptom.id)?;
        }
    }
    writeln!(
        out,
        "   {dim}{} {} · probe explain {}{dim:#}",
        RUNBOOK.in_lang(lang),
        cause.runbook,
        cause.id
    )
}

fn severity(word: &str) -> Phrase {
    if word == "critical" {
        CRITICAL
    } else {
        WARNING
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
