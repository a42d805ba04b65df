//! The report as text, for people.

use comfy_table::{CellAlignment, Table, presets};

use super::{EndpointFigures, Percentiles, Report};
use crate::judge::Verdict;
use crate::lang::{Lang, count};

mod summary;

/// The whole report.
pub fn render(report: &Report, lang: Lang) -> String {
    let mut text = verdict(report, lang);
    text.push('\n');
    text.push_str(&summary::render(report, lang));
    text.push('\n');
    text.push_str(&latency(report, lang));
    text.push('\n');
    text.push_str(&endpoints(report, lang));
    if !report.causes.is_empty() {
        text.push('\n');
        text.push_str(&causes(report, lang));
    }
    if !report.ledger.violations.is_empty() {
        text.push('\n');
        text.push_str(&violations(report, lang));
    }
    text
}

/// So many broken promises are listed; the JSON report has all of them.
const LISTED: usize = 20;

fn verdict(report: &Report, lang: Lang) -> String {
    let word = match report.verdict {
        Verdict::Pass => lang.pick("PASS", "PASS (合格)"),
        Verdict::Fail => lang.pick("FAIL", "FAIL (不合格)"),
        Verdict::Inconclusive => lang.pick("INCONCLUSIVE", "INCONCLUSIVE (判定不能)"),
    };
    let reasons: String = report
        .reasons
        .iter()
        .map(|reason| format!("  {}\n", reason.text(lang)))
        .collect();
    format!("{word}\n{reasons}")
}

fn latency(report: &Report, lang: Lang) -> String {
    let mut table = bare();
    table.set_header(vec![
        lang.pick("latency (ms)", "応答時間 (ms)"),
        "p50",
        "p95",
        "p99",
        lang.pick("max", "最大"),
    ]);
    for (name, times) in [
        (
            lang.pick("from the intended start", "予定時刻から"),
            &report.latency.response,
        ),
        (
            lang.pick("from the send", "送信から"),
            &report.latency.service,
        ),
        (
            lang.pick("to the first byte", "最初のバイトまで"),
            &report.latency.first_byte,
        ),
    ] {
        let mut row = vec![name.to_owned()];
        row.extend(percentiles(times));
        table.add_row(row);
    }
    figures(table)
}

fn endpoints(report: &Report, lang: Lang) -> String {
    let mut table = bare();
    table.set_header(vec![
        lang.pick("endpoint", "エンドポイント"),
        lang.pick("requests", "件数"),
        lang.pick("refused", "業務上の拒否"),
        lang.pick("slow", "遅延"),
        lang.pick("failed", "失敗"),
        "p50",
        "p95",
        "p99",
        lang.pick("max", "最大"),
    ]);
    for (name, endpoint) in &report.endpoints {
        let mut row = vec![(*name).to_owned(), count(endpoint.requests)];
        row.extend(["refused", "slow"].map(|outcome| count(ended(endpoint, outcome))));
        row.push(count(
            ended(endpoint, "server_fault") + ended(endpoint, "network_fault"),
        ));
        row.extend(percentiles(&endpoint.response));
        table.add_row(row);
    }
    figures(table)
}

fn ended(endpoint: &EndpointFigures, outcome: &str) -> u64 {
    endpoint.outcomes.get(outcome).copied().unwrap_or_default()
}

fn causes(report: &Report, lang: Lang) -> String {
    let mut table = bare();
    table.set_header(vec![
        lang.pick("not simply ok", "正常以外の内訳"),
        lang.pick("cause", "原因"),
        lang.pick("requests", "件数"),
    ]);
    for cause in &report.causes {
        let outcome = match cause.outcome {
            "refused" => lang.pick("refused by a rule", "業務上の拒否"),
            "server_fault" => lang.pick("fault of the service", "サービス側の障害"),
            "network_fault" => lang.pick("no whole answer", "応答が完結せず"),
            _ => lang.pick("fault of the generator", "負荷生成側の問題"),
        };
        table.add_row(vec![
            outcome.to_owned(),
            cause.cause.clone(),
            count(cause.count),
        ]);
    }
    lines(&table)
}

fn violations(report: &Report, lang: Lang) -> String {
    let all = &report.ledger.violations;
    let mut text = format!("{}\n", lang.pick("broken promises", "不一致の内訳"));
    for violation in all.iter().take(LISTED) {
        text.push_str(&format!(
            "  {}: {}\n",
            violation.code(),
            violation.text(lang)
        ));
    }
    if all.len() > LISTED {
        let more = all.len() - LISTED;
        text.push_str(&lang.pick(
            format!("  and {more} more\n"),
            format!("  ほか {more} 件\n"),
        ));
    }
    text
}

fn percentiles(times: &Percentiles) -> [String; 4] {
    [times.p50_ms, times.p95_ms, times.p99_ms, times.max_ms].map(|ms| format!("{ms:.1}"))
}

fn bare() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// Every column but the first holds figures.
fn figures(mut table: Table) -> String {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    lines(&table)
}

fn lines(table: &Table) -> String {
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}
