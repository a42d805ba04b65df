//! What comes out of the service for a spreadsheet: CSV that Excel opens with a double click.

use csv::{Terminator, WriterBuilder};

/// By this mark Excel knows the text for UTF-8.
pub const MARK: &str = "\u{feff}";

/// Writes rows, each ended as Excel ends them.
pub fn rows<R: IntoIterator<Item = String>>(rows: impl IntoIterator<Item = R>) -> String {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        let _ = writer.write_record(row.into_iter().map(harmless));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// A text that a spreadsheet shows and does not calculate.
fn harmless(text: String) -> String {
    if is_formula(&text) {
        format!("'{text}")
    } else {
        text
    }
}

/// Whether a spreadsheet could take a text for a formula; Japanese ones take full-width signs too. Quotation marks
/// before it count as those that [`rows`] adds, so that reading takes away what writing has added, and no more.
pub fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_shown_and_not_calculated() {
        let cells = |cells: &[&str]| {
            rows([cells
                .iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()])
        };
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+81 3", "'+81 3"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("＝cmd|' /C calc'!A0", "'＝cmd|' /C calc'!A0"),
            ("1=1", "1=1"),
            ("勉強会", "勉強会"),
            ("", "\"\""),
        ] {
            assert_eq!(cells(&[cell]), format!("{written}\r\n"), "{cell}");
        }
        assert_eq!(
            cells(&["=HYPERLINK(\"http://x\",\"a\")", "a\nb", "c,d"]),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"a\"\")\",\"a\nb\",\"c,d\"\r\n"
        );
    }
}
