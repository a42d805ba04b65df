//! Every rule with its point, its interval and its limit over one logarithmic scale of shares: a forest plot.
//!
//! Each rule is a row of a table, and the plot is a column of it. Places are percentages, so it is as wide as there is room.

use crate::judge::Verdict;
use crate::lang::{Lang, count, percent, round_percent};
use crate::report::{Report, Ruling, wording};

/// Nothing smaller is shown: one of a million.
const SMALLEST: f64 = 1e-6;

/// The table.
pub(super) struct Forest {
    /// The labels of the scale with their places, in percent of its width.
    pub(super) ticks: Vec<(f64, String)>,
    /// The rules.
    pub(super) rows: Vec<Row>,
}

/// A rule.
pub(super) struct Row {
    /// What it demands.
    pub(super) text: String,
    /// Whether it is kept.
    pub(super) verdict: Verdict,
    /// The same in a word.
    pub(super) word: &'static str,
    /// The share that missed it.
    pub(super) point: String,
    /// The interval.
    pub(super) interval: String,
    /// The share that may miss it.
    pub(super) allowed: String,
    /// Of how many requests.
    pub(super) counts: String,
    /// Places on the scale, in percent of its width.
    pub(super) low_at: f64,
    /// The length of the interval.
    pub(super) width: f64,
    /// The point; nothing without requests, and off the scale when nothing missed the rule.
    pub(super) point_at: Option<f64>,
    /// The limit.
    pub(super) allowed_at: f64,
}

/// The table of a report.
pub(super) fn forest(report: &Report, lang: Lang) -> Forest {
    let shares = || report.rules.iter().flat_map(interesting);
    let low = shares().fold(0.01, f64::min).max(SMALLEST) / 2.0;
    let high = shares().fold(0.01, f64::max).min(1.0);
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let at = |share: f64| {
        let place = share.max(SMALLEST).log10() - f64::from(first);
        hundredths((100.0 * place / f64::from(last - first)).clamp(0.0, 100.0))
    };
    Forest {
        ticks: (first..=last)
            .map(|power| {
                let share = 10f64.powi(power);
                (at(share), round_percent(share))
            })
            .collect(),
        rows: report
            .rules
            .iter()
            .map(|ruling| {
                let share = &ruling.share;
                let (missed, all) = (count(share.failures), count(share.requests));
                let (low_at, high_at) = (at(share.low), at(share.high));
                Row {
                    text: wording::rule(ruling, lang),
                    verdict: ruling.verdict,
                    word: wording::ruled(ruling.verdict, lang),
                    point: share.point.map_or_else(|| "–".to_owned(), percent),
                    interval: format!("{} – {}", percent(share.low), percent(share.high)),
                    allowed: round_percent(ruling.allowed),
                    counts: lang.pick(
                        format!("{missed} of {all}"),
                        format!("{all} 件中 {missed} 件"),
                    ),
                    low_at,
                    width: hundredths((high_at - low_at).max(0.5)),
                    point_at: share.point.filter(|point| *point > 0.0).map(at),
                    allowed_at: at(ruling.allowed),
                }
            })
            .collect(),
    }
}

/// No eye sees more, and the last digit of a number is not the same when it was written and read again.
fn hundredths(percent: f64) -> f64 {
    (100.0 * percent).round() / 100.0
}

/// The shares of a rule that the scale must have room for.
fn interesting(ruling: &Ruling) -> impl Iterator<Item = f64> {
    let share = &ruling.share;
    [Some(ruling.allowed), share.point, Some(share.high)]
        .into_iter()
        .flatten()
        .filter(|share| *share > 0.0)
}
