//! How the run goes, on stderr: a table that renews itself on a terminal, plain lines elsewhere.

use std::collections::VecDeque;
use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
use rustix::termios::tcgetwinsize;

use crate::events::Event;
use crate::lang::{Lang, count};
use crate::order::Order;
use crate::record::Second;

/// Without a terminal, a line each so many seconds.
const PLAIN: u64 = 5;
/// The second row of the table is about so many seconds.
const RECENT: usize = 10;
/// So many of the last events are shown.
const EVENTS: usize = 3;
/// The column of the longest time, and the width of a terminal below which it is left out.
const LONGEST: usize = 8;
const NARROW: u16 = 70;
/// The columns of a terminal that does not tell.
const COLUMNS: u16 = 80;

/// Shows how a run goes.
pub struct Progress<'a> {
    order: &'a Order,
    lang: Lang,
    terminal: bool,
    recent: VecDeque<Second>,
    so_far: Sum,
    events_told: usize,
    lines: usize,
}

/// Counts of some seconds.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    offered: u64,
    sent: u64,
    requests: u64,
    failures: u64,
    slow: u64,
}

impl<'a> Progress<'a> {
    /// Nothing is shown yet.
    pub fn new(order: &'a Order, lang: Lang) -> Self {
        Self {
            order,
            lang,
            terminal: stderr().is_terminal(),
            recent: VecDeque::new(),
            so_far: Sum::default(),
            events_told: 0,
            lines: 0,
        }
    }

    /// Shows one more second, and what has happened until then.
    pub fn show(&mut self, second: &Second, events: &[Event]) {
        self.so_far.add(second);
        self.recent.push_back(second.clone());
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        let mut err = stderr().lock();
        // Nobody can be told that stderr is gone.
        if self.terminal {
            let columns = tcgetwinsize(&err).map_or(COLUMNS, |size| size.ws_col.max(20));
            let text = self.table(second, events, columns);
            if self.lines > 0 {
                let _ = write!(err, "\x1b[{}A", self.lines);
            }
            // Line by line: a whole table that goes before the next one comes flickers, and some terminals keep it.
            let _ = write!(err, "{}\x1b[J", text.replace('\n', "\x1b[K\n"));
            self.lines = text.lines().count();
        } else {
            for event in &events[self.events_told.min(events.len())..] {
                let _ = writeln!(err, "{}", self.event(event));
            }
            self.events_told = events.len();
            if (second.second + 1).is_multiple_of(PLAIN) {
                let _ = writeln!(err, "{}", self.line(second));
            }
        }
        let _ = err.flush();
    }

    fn line(&self, last: &Second) -> String {
        let (at, p99, late) = (last.second + 1, last.response_p99_ms, last.lateness_p99_ms);
        let (sent, answered, failures) = (count(self.so_far.sent), last.requests, last.failures);
        let phase = self.phase(last.second).0;
        self.lang.pick(
            format!("{at:>4} s  {phase}  {sent:>9} sent  {answered:>5}/s  p99 {p99:>8.1} ms  {failures} failed  generator late p99 {late:.1} ms"),
            format!("{at:>4} 秒  {phase}  送信 {sent:>9} 件  {answered:>5}/s  p99 {p99:>8.1} ms  失敗 {failures} 件  負荷生成側の遅れ p99 {late:.1} ms"),
        )
    }

    /// The name of the phase in a second, and the seconds that it still takes.
    fn phase(&self, second: u64) -> (&str, u64) {
        let plan = &self.order.plan;
        let at = Duration::from_secs(second);
        let phases = plan.phases.iter().zip(plan.begins());
        phases
            .map(|(phase, begin)| (phase, begin + phase.duration))
            .find(|(_, end)| at < *end)
            .map_or_else(
                || (self.lang.pick("last answers", "最後の応答待ち"), 0),
                |(phase, end)| (phase.name.as_str(), (end - at).as_secs()),
            )
    }

    fn event(&self, event: &Event) -> String {
        format!("{:>6.1} s  {}", event.at_s, event.what.text(self.lang))
    }

    fn table(&self, last: &Second, events: &[Event], columns: u16) -> String {
        let (at, lang) = (last.second + 1, self.lang);
        let (phase, left) = self.phase(last.second);
        let whole = self.order.plan.duration().as_secs_f64().ceil();
        let head = lang.pick(
            format!("{at} of {whole} s · phase {phase}, {left} s left"),
            format!("{at} / {whole} 秒 · フェーズ {phase} (残り {left} 秒)"),
        );
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(columns);
        table.set_header(vec![
            "",
            lang.pick("offered", "予定"),
            lang.pick("sent", "送信"),
            lang.pick("answered", "応答"),
            lang.pick("failed", "失敗"),
            lang.pick("slow", "遅延"),
            "p50 ms",
            "p99 ms",
            lang.pick("max ms", "最大 ms"),
        ]);
        let times = [
            last.response_p50_ms,
            last.response_p99_ms,
            last.response_max_ms,
        ];
        let mut now = Sum::default();
        now.add(last);
        let mut recent = Sum::default();
        self.recent.iter().for_each(|second| recent.add(second));
        let seconds = self.recent.len();
        let mut row = vec![lang.pick("last second", "直近 1 秒").to_owned()];
        row.extend(now.cells());
        row.extend(times.map(|ms| format!("{ms:.1}")));
        table.add_row(row);
        for (name, sum) in [
            (
                lang.pick(format!("last {seconds} s"), format!("直近 {seconds} 秒")),
                recent,
            ),
            (
                lang.pick("so far".to_owned(), "累計".to_owned()),
                self.so_far,
            ),
        ] {
            let mut row = vec![name];
            row.extend(sum.cells());
            table.add_row(row);
        }
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((1, 0));
            if place > 0 {
                column.set_cell_alignment(CellAlignment::Right);
            }
            // What wraps is hard to read: where it is narrow the longest time gives way.
            if place == LONGEST && columns < NARROW {
                column.set_constraint(ColumnConstraint::Hidden);
            }
        }
        let pulse = &last.generator;
        let (late, cpu, files) = (last.lateness_p99_ms, 100.0 * pulse.cpu, pulse.descriptors);
        let generator = lang.pick(
            format!("generator: late p99 {late:.1} ms, {cpu:.0} % of a CPU, {files} files open"),
            format!("負荷生成側: 遅れ p99 {late:.1} ms、CPU {cpu:.0} %、オープンファイル {files}"),
        );
        let mut text = format!(
            "{}\n{table}\n{}\n",
            cut(&head, columns),
            cut(&generator, columns)
        );
        for event in events.iter().rev().take(EVENTS).rev() {
            text.push_str(&cut(&self.event(event), columns));
            text.push('\n');
        }
        text
    }
}

/// As much of a line as surely fits: a line that wraps would spoil the next redraw.
fn cut(line: &str, columns: u16) -> String {
    let mut left = usize::from(columns);
    let width = |c: char| if c.is_ascii() { 1 } else { 2 };
    line.chars()
        .take_while(|c| {
            let fits = width(*c) <= left;
            left = left.saturating_sub(width(*c));
            fits && *c != '\n'
        })
        .collect()
}

impl Sum {
    fn add(&mut self, second: &Second) {
        self.offered += second.offered;
        self.sent += second.sent;
        self.requests += second.requests;
        self.failures += second.failures;
        self.slow += second.slow;
    }

    fn cells(self) -> [String; 5] {
        [
            self.offered,
            self.sent,
            self.requests,
            self.failures,
            self.slow,
        ]
        .map(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_before_it_wraps() {
        assert_eq!(cut("abcdef", 4), "abcd");
        assert_eq!(cut("遅延あり", 5), "遅延");
        assert_eq!(cut("one\ntwo", 20), "one");
    }
}
