//! The report for an incident ticket or a chat.

use std::fmt::Write;

use super::severity;
use crate::{report::Report, words::Lang};

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut text, report);
    text
}

fn write_report(out: &mut String, report: &Report) -> std::fmt::Result {
    let ja = report.lang() == Lang::Ja;
    let word = |en: &'static str, japanese: &'static str| if ja { japanese } else { en };
    let verdict = match report.verdict {
        "healthy" => word("healthy", "正常"),
        "fault" => word("fault", "障害"),
        _ => word("undetermined", "判定不能"),
    };
    writeln!(
        out,
        "## {}/{}: {verdict}\n",
        report.target.cluster, report.target.service
    )?;
    writeln!(
        out,
        "{} · {}",
        report.target.region,
        report.taken_at.format("%Y-%m-%d %H:%M:%S UTC")
    )?;
    for cause in &report.causes {
        writeln!(out, "\n### {}\n", cause.fault)?;
        writeln!(
            out,
            "`{}` · {} · [{}]({})\n",
            cause.id,
            severity(cause.severity, report.lang()),
            word("runbook", "手順書"),
            cause.runbook
        )?;
        writeln!(
            out,
            "| {} | {} | {} |\n|---|---|---|",
            word("source", "情報源"),
            word("saw", "観測"),
            word("expected", "期待")
        )?;
        for proof in &cause.evidence {
            writeln!(
                out,
                "| {} | {} | {} |",
                proof.source,
                cell(&proof.saw),
                cell(&proof.expected)
            )?;
        }
        for fix in &cause.fix {
            writeln!(out, "\n{}\n\n```sh\n{}\n```", fix.title, fix.command)?;
        }
        if !cause.symptoms.is_empty() {
            writeln!(out, "\n{}\n", word("Explains", "この原因による症状"))?;
            for symptom in &cause.symptoms {
                writeln!(out, "- {} (`{}`)", symptom.fault, symptom.id)?;
            }
        }
    }
    if !report.unknown.is_empty() {
        writeln!(
            out,
            "\n### {}\n",
            word("Could not tell", "判定できなかった項目")
        )?;
        for unseen in report.unseen() {
            let checks = unseen.checks.join("`, `");
            writeln!(
                out,
                "- {}; {} (`{checks}`)",
                cell(&unseen.call),
                unseen.action
            )?;
        }
    }
    if !report.advice.is_empty() {
        writeln!(out, "\n### {}\n", word("Advice", "推奨事項"))?;
        for advice in &report.advice {
            writeln!(out, "- {} (`{}`)", advice.message, advice.id)?;
            for fix in &advice.fix {
                // Indented, so that it stays in the item.
                let command = fix.command.replace('\n', "\n  ");
                writeln!(out, "\n  {}\n\n  ```sh\n  {command}\n  ```\n", fix.title)?;
            }
        }
    }
    if !report.past.is_empty() {
        writeln!(
            out,
            "\n### {}\n",
            word(
                "Past, no longer happening",
                "過去の失敗 (現在は発生していません)"
            )
        )?;
        for past in &report.past {
            writeln!(
                out,
                "- {} × {} {}",
                past.at.format("%H:%M:%S"),
                past.tasks,
                cell(&past.reason)
            )?;
        }
    }
    Ok(())
}

/// Text inside a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
