//! The report as text, for people.

use comfy_table::{CellAlignment, Table, presets};

use super::{EndpointFigures, Percentiles, Report};
use crate::judge::Verdict;
use crate::lang::{Lang, count};

/// The whole report.
pub fn render(report: &Report, lang: Lang) -> String {
    let mut text = verdict(report, lang);
    text.push('\n');
    text.push_str(&summary(report, lang));
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

fn summary(report: &Report, lang: Lang) -> String {
    let mut table = bare();
    let run = &report.run;
    let (rate, seconds, users) = (run.rate, run.duration_s, count(run.users as u64));
    table.add_row(vec![
        lang.pick("run", "実行").to_owned(),
        lang.pick(
            format!(
                "{}: {rate}/s for {seconds} s on {}, at most {users} at once, seed {}",
                run.id, run.host, run.seed
            ),
            format!(
                "{}: {} に {rate}/s で {seconds} 秒、同時 {users} 人まで、シード {}",
                run.id, run.host, run.seed
            ),
        ),
    ]);
    table.add_row(vec![
        lang.pick("availability", "可用性").to_owned(),
        availability(report, lang),
    ]);
    let slow = &report.latency.slow;
    table.add_row(vec![
        lang.pick("slow answers", "遅い応答").to_owned(),
        lang.pick(
            format!(
                "{} of {} later than {} ms",
                count(slow.requests),
                count(report.availability.requests),
                slow.limit_ms
            ),
            format!(
                "{} 件中 {} 件が {} ms 超",
                count(report.availability.requests),
                count(slow.requests),
                slow.limit_ms
            ),
        ),
    ]);
    table.add_row(vec![
        lang.pick("ledger", "照合").to_owned(),
        ledger(report, lang),
    ]);
    let generator = &report.generator;
    table.add_row(vec![
        lang.pick("generator", "負荷生成側").to_owned(),
        lang.pick(
            format!(
                "{} sent, {} waited for a free user, {} never sent; its own delay p50 {:.1} ms, p99 {:.1} ms; {:.0} % of a CPU",
                count(generator.sent), count(generator.queued), count(generator.unsent),
                generator.lateness_p50_ms, generator.lateness_p99_ms, 100.0 * generator.cpu,
            ),
            format!(
                "送信 {} 件、空き待ち {} 件、未送信 {} 件、生成側の遅れ p50 {:.1} ms / p99 {:.1} ms、CPU {:.0} %",
                count(generator.sent), count(generator.queued), count(generator.unsent),
                generator.lateness_p50_ms, generator.lateness_p99_ms, 100.0 * generator.cpu,
            ),
        ),
    ]);
    table.add_row(vec![
        lang.pick("clean-up", "後片付け").to_owned(),
        cleanup(report, lang),
    ]);
    lines(&table)
}

fn availability(report: &Report, lang: Lang) -> String {
    let it = &report.availability;
    let point = it
        .point
        .map_or_else(|| "-".to_owned(), |point| format!("{:.3} %", 100.0 * point));
    let (low, high) = (100.0 * it.low, 100.0 * it.high);
    let effect = if it.design_effect > 1.0 {
        lang.pick(
            format!(
                "; failures come in bursts (design effect {:.1})",
                it.design_effect
            ),
            format!(
                "、失敗は集中して発生 (デザイン効果 {:.1})",
                it.design_effect
            ),
        )
    } else {
        String::new()
    };
    lang.pick(
        format!("{point}, {} failures of {}; 95 % sure: at least {low:.3} %, at most {high:.3} %{effect}", count(it.failures), count(it.requests)),
        format!("{point}、{} 件中 失敗 {} 件、信頼度 95 % で {low:.3} % 以上 {high:.3} % 以下{effect}", count(it.requests), count(it.failures)),
    )
}

fn ledger(report: &Report, lang: Lang) -> String {
    let ledger = &report.ledger;
    let done = &ledger.acknowledged;
    let (joins, leaves) = (count(done.joins), count(done.leaves));
    let (creates, edits, deletes) = (count(done.creates), count(done.edits), count(done.deletes));
    let broken = ledger.violations.len();
    let end = match (broken, ledger.unseen) {
        (0, 0) => lang.pick("all of it is there".to_owned(), "すべて一致".to_owned()),
        (0, _) => lang.pick(
            "not all of it could be looked up".to_owned(),
            "一部は照合できず".to_owned(),
        ),
        _ => lang.pick(
            format!("{broken} promises broken"),
            format!("不一致 {broken} 件"),
        ),
    };
    lang.pick(
        format!("{joins} joins, {leaves} leaves, {creates} creates, {edits} edits, {deletes} deletes acknowledged: {end}"),
        format!("受付済みの 参加 {joins} 件、取消 {leaves} 件、作成 {creates} 件、変更 {edits} 件、削除 {deletes} 件: {end}"),
    )
}

fn cleanup(report: &Report, lang: Lang) -> String {
    let (run, host) = (&report.run.id, &report.run.host);
    match &report.cleanup.left {
        None => lang.pick(
            format!("{} events of the run deleted", count(report.cleanup.deleted)),
            format!("この実行のイベント {} 件を削除", count(report.cleanup.deleted)),
        ),
        Some(why) => lang.pick(
            format!("events may be left ({why}); run: loadtest cleanup {run} --host {host}"),
            format!("イベントが残っている可能性があります ({why})。次を実行してください: loadtest cleanup {run} --host {host}"),
        ),
    }
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
