//! The report as text, for people at a terminal.
//!
//! Columns are aligned by the width on the screen (a Japanese character takes two columns).

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{EndpointFigures, Report, meaning, wording};
use crate::endpoint::Endpoint;
use crate::lang::{Lang, clock, count, millis, percent, round_percent};

mod summary;

/// So many broken promises are listed; the JSON report has all of them.
const LISTED: usize = 20;

/// The whole report, broken into lines of at most so many columns where a width is given.
pub fn render(report: &Report, lang: Lang, width: Option<u16>) -> String {
    let page = Page {
        report,
        lang,
        width,
    };
    [
        page.verdict(),
        page.summary(),
        page.rules(),
        page.latency(),
        page.scaling(),
        page.phases(),
        page.endpoints(),
        page.workers(),
        page.causes(),
        page.violations(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("\n")
}

/// The report with the form that it is to take; each part is `None` where there is nothing to say.
struct Page<'a> {
    report: &'a Report,
    lang: Lang,
    width: Option<u16>,
}

impl Page<'_> {
    fn verdict(&self) -> Option<String> {
        let mut reasons = self.table();
        for reason in &self.report.reasons {
            reasons.add_row([String::new(), reason.text(self.lang).to_owned()]);
        }
        let word = wording::verdict(self.report.verdict, self.lang);
        Some(format!("{word}\n{}", lines(&reasons)))
    }

    fn rules(&self) -> Option<String> {
        if self.report.rules.is_empty() {
            return None;
        }
        let mut table = self.table();
        table.set_header([
            self.lang.pick("rule", "ルール"),
            "",
            self.lang.pick("missed by", "違反率"),
            self.lang.pick("95 % sure", "信頼度 95 %"),
            self.lang.pick("allowed", "許容"),
        ]);
        for ruling in &self.report.rules {
            let share = &ruling.share;
            table.add_row([
                wording::rule(ruling, self.lang),
                wording::ruled(ruling.verdict, self.lang).to_owned(),
                share.point.map_or_else(|| "-".to_owned(), percent),
                format!("{} – {}", percent(share.low), percent(share.high)),
                round_percent(ruling.allowed),
            ]);
        }
        Some(figures(table, 2))
    }

    fn scaling(&self) -> Option<String> {
        let scaling = self.report.scaling.as_ref()?;
        let mut table = self.table();
        table.set_header(scaling.head(self.lang));
        for row in scaling.rows(self.lang) {
            table.add_row(row);
        }
        let mut said = self.table();
        said.add_row([scaling.felt(self.lang)]);
        for failure in &scaling.named {
            for evidence in &failure.evidence {
                let at = clock(evidence.at_s.max(0.0));
                let (source, saw) = (&evidence.source, evidence.text(self.lang));
                said.add_row([format!("{}: {at} {source}: {saw}", failure.said.code)]);
            }
        }
        for sentence in scaling.unseen(self.lang) {
            said.add_row([sentence]);
        }
        Some(format!("{}{}", figures(table, 1), lines(&said)))
    }

    fn latency(&self) -> Option<String> {
        let mut table = self.table();
        table.set_header([
            self.lang.pick("latency (ms)", "応答時間 (ms)"),
            "p50",
            "p90",
            "p99",
            "p99.9",
            self.lang.pick("max", "最大"),
        ]);
        let latency = &self.report.latency;
        for (name, times) in [
            (
                self.lang.pick("from the intended start", "予定時刻から"),
                &latency.response,
            ),
            (
                self.lang.pick("from the send", "送信から"),
                &latency.service,
            ),
            (
                self.lang.pick("to the first byte", "最初のバイトまで"),
                &latency.first_byte,
            ),
        ] {
            let mut row = vec![name.to_owned()];
            row.extend(
                [
                    times.p50_ms,
                    times.p90_ms,
                    times.p99_ms,
                    times.p999_ms,
                    times.max_ms,
                ]
                .map(millis),
            );
            table.add_row(row);
        }
        Some(figures(table, 1))
    }

    fn phases(&self) -> Option<String> {
        if self.report.phases.len() < 2 {
            return None;
        }
        let mut table = self.counted(self.lang.pick("phase", "フェーズ"));
        for (place, phase) in self.report.phases.iter().enumerate() {
            let mut name = format!("{} {}", phase.name, phase.rate);
            if !phase.judged {
                name.push_str(self.lang.pick(" (not judged)", " (判定対象外)"));
            }
            table.add_row(row(name, &self.report.over(|cell| cell.phase == place)));
        }
        Some(figures(table, 1))
    }

    fn endpoints(&self) -> Option<String> {
        let mut table = self.counted(self.lang.pick("endpoint", "エンドポイント"));
        for endpoint in Endpoint::ALL {
            if let Some(figures) = self.report.endpoints.get(endpoint.name()) {
                table.add_row(row(endpoint.name().to_owned(), figures));
            }
        }
        Some(figures(table, 1))
    }

    fn workers(&self) -> Option<String> {
        if self.report.workers.is_empty() {
            return None;
        }
        let mut table = self.table();
        table.set_header(self.report.worker_head(self.lang));
        for row in self.report.worker_rows(self.lang) {
            let mut line = vec![row.worker, row.marks];
            line.extend(row.cells.map(|cell| cell.text));
            table.add_row(line);
        }
        let mut said = self.table();
        said.add_row([self.report.workers_said(self.lang)]);
        Some(format!("{}{}", figures(table, 2), lines(&said)))
    }

    fn causes(&self) -> Option<String> {
        if self.report.causes.is_empty() {
            return None;
        }
        let mut table = self.table();
        table.set_header([
            self.lang.pick("cause", "原因"),
            self.lang.pick("requests", "件数"),
            self.lang.pick("meaning", "意味"),
        ]);
        for cause in &self.report.causes {
            let meaning = meaning::of(&cause.outcome, &cause.cause, self.lang);
            table.add_row([
                cause.cause.clone(),
                count(cause.count),
                meaning.what.to_owned(),
            ]);
        }
        if let Some(column) = table.column_mut(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        Some(lines(&table))
    }

    fn violations(&self) -> Option<String> {
        let all = &self.report.ledger.violations;
        if all.is_empty() {
            return None;
        }
        let mut table = self.table();
        table.set_header([self.lang.pick("broken promise", "食い違い"), ""]);
        for violation in all.iter().take(LISTED) {
            table.add_row([violation.code.as_str(), violation.text(self.lang)]);
        }
        if let Some(more) = all.len().checked_sub(LISTED).filter(|more| *more > 0) {
            let more = count(more as u64);
            table.add_row([
                String::new(),
                self.lang
                    .pick(format!("and {more} more"), format!("ほか {more} 件")),
            ]);
        }
        Some(lines(&table))
    }

    /// A table of counts and times by something.
    fn counted(&self, by: &str) -> Table {
        let mut table = self.table();
        table.set_header([
            by,
            self.lang.pick("requests", "件数"),
            self.lang.pick("refused", "拒否"),
            self.lang.pick("slow", "遅延"),
            self.lang.pick("failed", "失敗"),
            "p50",
            "p99",
        ]);
        table
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if let Some(width) = self.width {
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width);
        }
        table
    }
}

fn row(name: String, figures: &EndpointFigures) -> Vec<String> {
    let mut row = vec![name, count(figures.requests)];
    row.extend([figures.refused(), figures.slow(), figures.failed()].map(count));
    row.extend([figures.response.p50_ms, figures.response.p99_ms].map(millis));
    row
}

/// The columns from this one on hold figures.
fn figures(mut table: Table, from: usize) -> String {
    for column in table.column_iter_mut().skip(from) {
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
