//! Plain aligned rows, for lists of things.

use comfy_table::{Table, presets};

use super::wrap::{width, wrap};

/// A header and rows, aligned in columns without borders.
///
/// Only on a screen is the last column broken, so that `grep` works.
pub fn rows(header: &[&str], rows: Vec<Vec<String>>, columns: Option<usize>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(header.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    let mut lines: Vec<String> = table.lines().map(|line| line.trim().to_owned()).collect();
    if let Some(columns) = columns {
        let last = header.last().map_or(0, |name| width(name));
        let hang = lines.first().map_or(0, |line| width(line)) - last;
        for line in &mut lines {
            *line = wrap(line, columns, hang);
        }
    }
    lines.join("\n") + "\n"
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
}
