//! Plain aligned rows, for lists of things.

use comfy_table::{Table, presets};

/// A header and rows, aligned in columns without borders; long cells are not wrapped, so that `grep` works.
pub fn rows(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(header.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    let trimmed: Vec<String> = table.lines().map(|line| line.trim().to_owned()).collect();
    trimmed.join("\n") + "\n"
}
