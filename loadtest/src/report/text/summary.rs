//! The lines above the tables: what was run, how it went, what was left.

use super::{Page, lines};
use crate::clean::command;
use crate::lang::{clock, count, millis, percent};
use crate::report::wording;

impl Page<'_> {
    /// The lines, with their names in the first column.
    pub(super) fn summary(&self) -> Option<String> {
        let mut table = self.table();
        for (name, text) in [
            (self.lang.pick("run", "実行"), self.run()),
            (
                self.lang.pick("availability", "可用性"),
                self.availability(),
            ),
            (self.lang.pick("budget", "予算"), self.budget()),
            (self.lang.pick("comparison", "比較"), self.comparison()),
            (self.lang.pick("ledger", "照合"), self.ledger()),
            (self.lang.pick("generator", "負荷生成側"), self.generator()),
            (self.lang.pick("clean-up", "後片付け"), self.cleanup()),
        ] {
            if !text.is_empty() {
                table.add_row([name.to_owned(), text]);
            }
        }
        Some(lines(&table))
    }

    fn run(&self) -> String {
        let run = &self.report.run;
        let (id, host, seed) = (&run.id, &run.host, run.seed);
        let (rate, time, users) = (
            millis(run.rate).trim_end_matches(".00").to_owned(),
            clock(run.duration_s),
            count(run.users as u64),
        );
        self.lang.pick(
            format!("{id}: {rate}/s for {time} on {host}, at most {users} at once, seed {seed}"),
            format!("{id}: {host} に {rate}/s で {time}、同時 {users} 人まで、シード {seed}"),
        )
    }

    fn availability(&self) -> String {
        let it = &self.report.availability;
        let point = it.point.map_or_else(|| "-".to_owned(), percent);
        let (low, high) = (percent(it.low), percent(it.high));
        let (failures, requests) = (count(it.failures), count(it.requests));
        let text = self.lang.pick(
            format!("{point}, {failures} failures of {requests}; 95 % sure: {low} – {high}"),
            format!("{point}、{requests} 件中 失敗 {failures} 件、信頼度 95 % で {low} – {high}"),
        );
        if it.design_effect <= 1.0 {
            return text;
        }
        let effect = it.design_effect;
        text + &self.lang.pick(
            format!("; failures come in bursts (design effect {effect:.1})"),
            format!("、失敗は集中して発生 (デザイン効果 {effect:.1})"),
        )
    }

    fn budget(&self) -> String {
        self.report
            .budget
            .as_ref()
            .map(|budget| wording::budget(budget, self.lang).join(self.lang.pick("; ", "。")))
            .unwrap_or_default()
    }

    fn comparison(&self) -> String {
        let comparison = self.report.comparison.as_ref();
        comparison.map_or_else(String::new, |it| it.said.text(self.lang).to_owned())
    }

    fn ledger(&self) -> String {
        let done: Vec<String> = self
            .report
            .ledger
            .acknowledged
            .iter()
            .map(|(name, number)| {
                let name = wording::operation(name, self.lang);
                self.lang.pick(
                    format!("{} {name}", count(*number)),
                    format!("{name} {}", count(*number)),
                )
            })
            .collect();
        let done = done.join(self.lang.pick(", ", "、"));
        format!("{} ({done})", wording::ledger(self.report, self.lang))
    }

    fn generator(&self) -> String {
        let it = &self.report.generator;
        let [sent, queued, unsent] = [it.sent, it.queued, it.unsent].map(count);
        let [p50, p99] = [it.lateness_p50_ms, it.lateness_p99_ms].map(millis);
        let cpu = 100.0 * it.health.cpu;
        self.lang.pick(
            format!("{sent} sent, {queued} waited for a free user, {unsent} never sent; its own delay p50 {p50} ms, p99 {p99} ms; {cpu:.0} % of a CPU"),
            format!("送信 {sent} 件、空き待ち {queued} 件、未送信 {unsent} 件、生成側の遅れ p50 {p50} ms / p99 {p99} ms、CPU {cpu:.0} %"),
        )
    }

    fn cleanup(&self) -> String {
        let command = command(&self.report.run.id, &self.report.run.host);
        let deleted = count(self.report.cleanup.deleted);
        match &self.report.cleanup.left {
            None => self.lang.pick(
                format!("{deleted} events of the run deleted"),
                format!("この実行のイベント {deleted} 件を削除"),
            ),
            Some(why) => self.lang.pick(
                format!("events may be left ({why}); run: {command}"),
                format!(
                    "イベントが残っている可能性があります ({why})。次を実行してください: {command}"
                ),
            ),
        }
    }
}
