//! The rows of a query: a table, and on a terminal what it cost to find them.

use super::{
    moment::grouped,
    page::{Page, Screen},
    rows::rows,
};
use crate::{views::Insights, words::Lang};

/// The answer for a person; in a pipe the rows alone.
pub fn insights(view: &Insights, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let header: Vec<&str> = view.columns.iter().map(String::as_str).collect();
    let value = |row: &std::collections::BTreeMap<String, String>, column: &String| {
        let value = row.get(column).filter(|value| !value.is_empty());
        // A line of a table is a line: what the application broke is joined.
        value.map_or("-".to_owned(), |value| {
            value.replace(char::is_control, " ").trim().to_owned()
        })
    };
    if !view.rows.is_empty() {
        let table = view.rows.iter().map(|row| {
            let cells = view.columns.iter().map(|column| value(row, column));
            cells.collect()
        });
        page.text += &rows(&header, table.collect(), screen.width);
    }
    if screen.width.is_some() {
        let dim = paint.dim;
        page.prose("", &format!("{dim}{}{dim:#}", effort(view)));
    }
    page.text
}

fn effort(view: &Insights) -> String {
    let rows = grouped(view.rows.len() as u64);
    let (matched, scanned) = (grouped(view.records_matched), grouped(view.records_scanned));
    let size = size(view.bytes_scanned);
    match view.lang() {
        Lang::En => {
            let unit = if view.rows.len() == 1 { "row" } else { "rows" };
            format!("{rows} {unit} · {matched} of {scanned} log lines matched · {size} scanned")
        }
        Lang::Ja => {
            format!("{rows} 行 · ログ {scanned} 行中 {matched} 行が一致 · スキャン量 {size}")
        }
    }
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64 / 1_024.0;
    let mut unit = 0;
    while size >= 1_024.0 && unit + 1 < UNITS.len() {
        size /= 1_024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_unit_that_tells() {
        for (bytes, text) in [
            (512, "0.5 KiB"),
            (1_572_864, "1.5 MiB"),
            (1 << 44, "16.0 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
