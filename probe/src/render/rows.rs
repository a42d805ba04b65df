//! Plain aligned rows, for lists of things.

use comfy_table::{Table, presets};

use super::wrap::{width, wrap};

/// Less room than this for the last column is too little to read.
const ROOM: usize = 16;

/// A header and rows, aligned in columns without borders.
///
/// Only on a screen is the last column broken, so that `grep` works; on one that is too narrow for the columns, each row
/// becomes a paragraph.
pub fn rows(header: &[&str], rows: Vec<Vec<String>>, columns: Option<usize>) -> String {
    // A column that says nothing is left out.
    let says = |column: usize| rows.iter().any(|row| !row[column].is_empty());
    let kept: Vec<usize> = (0..header.len())
        .filter(|column| rows.is_empty() || says(*column))
        .collect();
    let header: Vec<String> = kept
        .iter()
        .map(|column| header[*column].to_uppercase())
        .collect();
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| kept.iter().map(|column| row[*column].clone()).collect())
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(&header);
    for row in &rows {
        table.add_row(row);
    }
    let mut lines: Vec<String> = table.lines().map(|line| line.trim().to_owned()).collect();
    if let Some(columns) = columns {
        let last = header.last().map_or(0, |name| width(name));
        let hang = lines.first().map_or(0, |line| width(line)) - last;
        let longest = rows
            .iter()
            .filter_map(|row| row.last())
            .map(|cell| width(cell))
            .max();
        if header.len() > 2 && hang + ROOM.min(longest.unwrap_or(0)) > columns {
            return paragraphs(&header, &rows, columns);
        }
        for line in &mut lines {
            *line = wrap(line, columns, hang);
        }
    }
    lines.join("\n") + "\n"
}

/// Each row as its first cell, and below it the others with their names.
fn paragraphs(header: &[String], rows: &[Vec<String>], columns: usize) -> String {
    let mut text = String::new();
    for row in rows {
        let cells = header
            .iter()
            .zip(row)
            .skip(1)
            .filter(|(_, cell)| !cell.is_empty());
        let cells: Vec<String> = cells.map(|(name, cell)| format!("{name} {cell}")).collect();
        text += &row[0];
        text += "\n";
        text += &wrap(&format!("  {}", cells.join(" · ")), columns, 2);
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_is_broken_below_itself_on_a_screen_only() {
        let table = |columns| {
            let row = ["rds-full", "the storage of the database is used up"];
            rows(
                &["id", "fault"],
                vec![row.map(Into::into).to_vec()],
                columns,
            )
        };
        assert_eq!(
            table(None),
            "ID        FAULT\nrds-full  the storage of the database is used up\n"
        );
        assert_eq!(
            table(Some(30)),
            "ID        FAULT\nrds-full  the storage of the\n          database is used up\n"
        );
    }

    #[test]
    fn a_screen_too_narrow_for_the_columns_gets_paragraphs() {
        let row = ["0123456789abcdef", "RUNNING", "", "web:7"]
            .map(Into::into)
            .to_vec();
        let table = |columns| {
            rows(
                &["task", "status", "health", "revision"],
                vec![row.clone()],
                columns,
            )
        };
        assert_eq!(
            table(Some(40)),
            "TASK              STATUS   REVISION\n0123456789abcdef  RUNNING  web:7\n"
        );
        assert_eq!(
            table(Some(24)),
            "0123456789abcdef\n  STATUS RUNNING ·\n  REVISION web:7\n"
        );
    }
}
