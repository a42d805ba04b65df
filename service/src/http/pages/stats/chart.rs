//! Bars, one for each month, and the table behind them.

use chrono::Datelike as _;

use super::{Row, percent};
use crate::{domain::Month, http::pages::frame::Frame};

/// The room of a bar and of the text around it, in the units of the drawing.
const STEP: i64 = 26;
/// The width of a bar.
const WIDTH: i64 = 18;
/// The height of the highest bar.
const HEIGHT: f64 = 84.0;
/// Where the bars stand.
pub(super) const GROUND: i64 = 102;

/// A chart of the months.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) bars: Vec<Bar>,
    /// What the columns of the table are, after the month.
    pub(super) columns: Vec<&'static str>,
}

/// A month in a chart and in its table.
pub(super) struct Bar {
    /// The name of the month, short and with its year.
    pub(super) label: String,
    pub(super) month: String,
    /// Whether the month is not over.
    pub(super) partial: bool,
    /// Where its left side is and where its middle, how high it is and where it ends.
    pub(super) left: i64,
    pub(super) middle: i64,
    pub(super) height: i64,
    pub(super) top: i64,
    /// Its value; "–" where there is none.
    pub(super) value: String,
    /// The cells of the table, after the month.
    pub(super) cells: Vec<String>,
}

impl Chart {
    pub(super) fn width(&self) -> i64 {
        self.bars.len() as i64 * STEP
    }
}

/// All charts.
pub(super) fn all(frame: &Frame, months: &[Month], rows: &[Row]) -> Vec<Chart> {
    let pick = |english, japanese| frame.pick(english, japanese);
    let count = |value: i64| (Some(value as f64), compact(value));
    let share = |part: i64, whole: i64| {
        let share = percent(part, whole);
        let shown = share.map_or_else(nothing, |share| share.to_string());
        (share.map(|share| share as f64), shown)
    };
    let days = |row: &Row| {
        let days = row.filled_in.map(|seconds| seconds / 86_400.0);
        (days, days.map_or_else(nothing, |days| format!("{days:.1}")))
    };
    let chart = |title, columns: &[&'static str], figure: &dyn Fn(&Row) -> Figure| Chart {
        title,
        columns: columns.to_vec(),
        bars: bars(frame, months, rows.iter().map(figure).collect()),
    };
    vec![
        chart(
            pick("Events", "開催イベント数"),
            &[pick("Events", "件数")],
            &|row| Figure::new(count(row.events), vec![row.events.to_string()]),
        ),
        chart(
            pick("Registrations", "参加登録数"),
            &[pick("Registrations", "人数")],
            &|row| Figure::new(count(row.taken), vec![row.taken.to_string()]),
        ),
        chart(
            pick("Fill rate (%)", "定員充足率（%）"),
            &[
                pick("Taken", "参加"),
                pick("Seats", "定員"),
                pick("Share", "充足率"),
            ],
            &|row| {
                let shown = share(row.taken, row.seats);
                let cells = vec![
                    row.taken.to_string(),
                    row.seats.to_string(),
                    written(&shown.1),
                ];
                Figure::new(shown, cells)
            },
        ),
        chart(
            pick(
                "From announcement to full (days, median)",
                "告知から満席まで（日、中央値）",
            ),
            &[
                pick("Became full", "満席になった件数"),
                pick("Days", "日数"),
            ],
            &|row| {
                let shown = days(row);
                let cells = vec![row.filled.to_string(), shown.1.clone()];
                Figure::new(shown, cells)
            },
        ),
        chart(
            pick("Searches without a result (%)", "該当なしの検索（%）"),
            &[
                pick("Searches", "検索"),
                pick("Without a result", "該当なし"),
                pick("Share", "割合"),
            ],
            &|row| {
                let searches = row.searches;
                let shown = share(searches.without_result, searches.asked);
                let cells = vec![
                    searches.asked.to_string(),
                    searches.without_result.to_string(),
                    written(&shown.1),
                ];
                Figure::new(shown, cells)
            },
        ),
    ]
}

/// The figure of a month: how high its bar is, what stands on it, and the cells of the table.
struct Figure {
    value: Option<f64>,
    shown: String,
    cells: Vec<String>,
}

impl Figure {
    fn new((value, shown): (Option<f64>, String), cells: Vec<String>) -> Self {
        Self {
            value,
            shown,
            cells,
        }
    }
}

fn bars(frame: &Frame, months: &[Month], figures: Vec<Figure>) -> Vec<Bar> {
    let most = figures.iter().filter_map(|figure| figure.value);
    let most = most.fold(0.0, f64::max);
    let last = months.len().saturating_sub(1);
    let bars = months.iter().zip(figures).enumerate();
    bars.map(|(place, (month, figure))| {
        let share =
            figure.value.filter(|_| most > 0.0).unwrap_or(0.0) / most.max(f64::MIN_POSITIVE);
        let height = (share * HEIGHT).round() as i64;
        let left = place as i64 * STEP + (STEP - WIDTH) / 2;
        let day = month.first();
        Bar {
            label: frame.pick(day.format("%b").to_string(), format!("{}月", day.month())),
            month: frame.language.month(day),
            partial: place == last,
            left,
            middle: left + WIDTH / 2,
            height,
            top: GROUND - height,
            value: figure.shown,
            cells: figure.cells,
        }
    })
    .collect()
}

fn nothing() -> String {
    "–".to_owned()
}

/// A share in a table.
fn written(share: &str) -> String {
    if share == "–" {
        share.to_owned()
    } else {
        format!("{share} %")
    }
}

/// A number as it fits over a bar.
fn compact(number: i64) -> String {
    if number < 10_000 {
        number.to_string()
    } else {
        format!("{}k", number / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::*;
    use crate::http::language::Language;

    #[test]
    fn the_highest_bar_is_the_largest_value_and_what_is_not_known_has_none() {
        let frame = Frame::plain(Language::Japanese, &Uri::from_static("/stats"));
        let months = ["2026-10", "2026-11", "2026-12"].map(|name| Month::parse(name).unwrap());
        let row = |events: i64, taken: i64, seats: i64| Row {
            events,
            taken,
            seats,
            ..Row::default()
        };
        let charts = all(
            &frame,
            &months,
            &[row(2, 5, 20), row(4, 40, 40), Row::default()],
        );
        let heights = |chart: &Chart| chart.bars.iter().map(|bar| bar.height).collect::<Vec<_>>();
        let values = |chart: &Chart| {
            let values = chart.bars.iter().map(|bar| bar.value.clone());
            values.collect::<Vec<_>>()
        };
        assert_eq!(heights(&charts[0]), [42, 84, 0]);
        assert_eq!(values(&charts[0]), ["2", "4", "0"]);
        assert_eq!(heights(&charts[2]), [21, 84, 0]);
        assert_eq!(values(&charts[2]), ["25", "100", "–"]);
        assert_eq!(charts[2].bars[1].cells, ["40", "40", "100 %"]);
        assert_eq!(values(&charts[3]), ["–", "–", "–"]);
        let bars = &charts[0].bars;
        assert!(bars.iter().all(|bar| bar.top + bar.height == GROUND));
        assert!(bars[2].partial && !bars[1].partial, "December is not over");
        assert_eq!(bars[2].label, "12月");
        assert_eq!(
            (compact(9_999), compact(12_345)),
            ("9999".into(), "12k".into())
        );
    }
}
