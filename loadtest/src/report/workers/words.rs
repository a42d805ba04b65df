//! The workers in words and rows: the same for every form of the report.

use super::{Did, Mark, Worker};
use crate::lang::{Lang, count, millis, percent};
use crate::report::Report;

/// A row of the table.
pub struct Row {
    /// The number of the worker, and of how many.
    pub worker: String,
    /// Why it stands out; empty where it does not.
    pub marks: String,
    /// Its figures.
    pub cells: [Cell; 7],
}

/// A figure of a worker.
#[derive(Default)]
pub struct Cell {
    /// As it is written.
    pub text: String,
    /// Whether the worker stands out by it.
    pub stands_out: bool,
    /// How long the bar behind it is: 1 is the slowest worker's, or the limit of the figure.
    pub bar: Option<f64>,
}

impl Report {
    /// The head of [`Report::worker_rows`], the marks second.
    pub fn worker_head(&self, lang: Lang) -> [&'static str; 9] {
        lang.pick(
            [
                "worker", "", "requests", "failed", "p99 ms", "late ms", "CPU", "clock ms",
                "seconds",
            ],
            [
                "ワーカー",
                "",
                "件数",
                "失敗",
                "p99 ms",
                "遅れ ms",
                "CPU",
                "時計 ms",
                "秒数",
            ],
        )
    }

    /// Each worker of a shared run.
    pub fn worker_rows(&self, lang: Lang) -> Vec<Row> {
        let did = || self.workers.iter().filter_map(|it| it.did.as_ref());
        let slowest = did().map(|it| it.response_p99_ms).fold(0.0, f64::max);
        let (late, busy) = (self.generator.lateness_limit_ms, self.plan.max_cpu);
        let row = |worker: &Worker| {
            let by = |marks: &[Mark]| worker.marks.iter().any(|mark| marks.contains(mark));
            let cell = |text: String, marks: &[Mark]| Cell {
                text,
                stands_out: by(marks),
                bar: None,
            };
            let beside = |full: f64, value: f64, cell: Cell| Cell {
                bar: (full > 0.0).then_some(value / full),
                ..cell
            };
            let cells = worker.did.as_ref().map(|did| {
                let (p99, lateness) = (did.response_p99_ms, did.lateness_p99_ms);
                let clock = [Mark::ClockApart, Mark::ClockUnknown, Mark::BegunElsewhen];
                let seconds = [Mark::SecondsMissing, Mark::Killed, Mark::Stopped];
                [
                    cell(count(did.requests), &[]),
                    cell(count(did.failures), &[Mark::Failing]),
                    beside(slowest, p99, cell(millis(p99), &[Mark::Slow])),
                    beside(late, lateness, cell(millis(lateness), &[Mark::Late])),
                    beside(
                        busy,
                        did.busy(),
                        cell(percent(did.busy()), &[Mark::Strained]),
                    ),
                    cell(did.clock(), &clock),
                    cell(did.seconds(), &seconds),
                ]
            });
            Row {
                worker: format!("{}/{}", worker.worker, self.workers.len()),
                marks: worker.said(lang),
                cells: cells.unwrap_or_default(),
            }
        };
        self.workers.iter().map(row).collect()
    }

    /// What the table shows, in a sentence.
    pub fn workers_said(&self, lang: Lang) -> String {
        let marked = self.workers.iter().filter(|it| !it.marks.is_empty());
        let marked: Vec<String> = marked
            .map(|it| format!("{} ({})", it.worker, it.said(lang)))
            .collect();
        let marked = marked.join(lang.pick(", ", "、"));
        if marked.is_empty() {
            return lang
                .pick(
                    "No worker stands out from the others.",
                    "ほかと大きく異なるワーカーはありません。",
                )
                .to_owned();
        }
        lang.pick(
            format!("Standing out: worker {marked}."),
            format!("目立つワーカー: {marked}"),
        )
    }
}

impl Worker {
    /// Why it stands out.
    fn said(&self, lang: Lang) -> String {
        let said: Vec<&str> = self.marks.iter().map(|mark| mark.text(lang)).collect();
        said.join(lang.pick(", ", "、"))
    }
}

impl Did {
    /// The share of its CPUs that it used in its busiest five seconds.
    fn busy(&self) -> f64 {
        self.health.busiest_cpu / self.health.cpus.max(1.0)
    }

    /// How far the service's clock was ahead.
    fn clock(&self) -> String {
        self.clock.map_or_else(
            || "?".to_owned(),
            |it| format!("{:+.0} ± {:.0}", it.ahead_ms, it.within_ms.ceil()),
        )
    }

    fn seconds(&self) -> String {
        let there = count(self.seconds);
        if self.seconds_missing == 0 {
            return there;
        }
        let all = count(self.seconds + self.seconds_missing);
        format!("{there}/{all}")
    }
}

impl Mark {
    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Missing => lang.pick("no results", "結果なし"),
            Self::Killed => lang.pick("killed", "強制終了"),
            Self::Stopped => lang.pick("stopped", "途中で停止"),
            Self::SecondsMissing => lang.pick("seconds missing", "欠けた秒あり"),
            Self::ClockUnknown => lang.pick("clock unknown", "時計の差が不明"),
            Self::ClockApart => lang.pick("clock wrong", "時計のずれ"),
            Self::BegunElsewhen => lang.pick("begun elsewhen", "開始時刻のずれ"),
            Self::Late => lang.pick("late", "送信の遅れ"),
            Self::Strained => lang.pick("strained", "CPU などの余力不足"),
            Self::Slow => lang.pick("slow", "応答が遅い"),
            Self::Failing => lang.pick("failing", "失敗が多い"),
        }
    }
}
