//! The lines above the tables: what was run, how it went, what was left.

use super::{bare, lines};
use crate::lang::{Lang, count};
use crate::report::Report;

/// The lines, with their names in the first column.
pub(super) fn render(report: &Report, lang: Lang) -> String {
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
