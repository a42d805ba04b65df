//! The cells of a file: its rows, and which cell of a row has what.

use std::collections::HashMap;

use crate::spreadsheet::{columns::Column, write};

/// In how many rows from the top the names of the columns are looked for: above them there may be a heading.
pub(super) const HEADINGS: usize = 10;

/// A row with its number.
pub(super) type Record = (usize, Vec<String>);

/// The rows that are not empty, with their numbers.
pub(super) fn records(text: &str) -> Vec<Record> {
    let text = format!("{text}\n");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let (mut records, mut number, mut record) = (Vec::new(), 0, csv::StringRecord::new());
    loop {
        let begun = reader.position().line();
        // Of text, nothing is unreadable: a quotation mark that is never closed goes on to the end.
        if !matches!(reader.read_record(&mut record), Ok(true)) {
            return records;
        }
        // Empty rows are skipped by the reader, and counted by a spreadsheet; lines within a cell are not.
        let lines = usize::try_from(reader.position().line() - begun).unwrap_or(1);
        let within = record.iter().map(|cell| cell.matches('\n').count());
        number += lines.saturating_sub(within.sum()).max(1);
        let cells: Vec<_> = record.iter().map(cell).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            records.push((number, cells));
        }
    }
}

/// What a cell says, without what keeps a spreadsheet from taking it for a formula.
fn cell(raw: &str) -> String {
    let raw = raw.trim();
    let plain = raw
        .strip_prefix('\'')
        .filter(|rest| write::is_formula(rest));
    plain.unwrap_or(raw).to_owned()
}

/// What separates the cells: a comma, what Excel copies (a tab), or what it writes in much of Europe (a semicolon).
fn delimiter(text: &str) -> u8 {
    let count = |sign: u8| {
        text.lines()
            .take(HEADINGS)
            .map(|line| line.bytes().filter(|b| *b == sign).count())
            .sum::<usize>()
    };
    // The last of several that are as frequent.
    [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|sign| count(*sign))
        .unwrap_or(b',')
}

pub(super) fn is_heading((_, cells): &Record) -> bool {
    let has = |wanted: &[Column]| {
        cells
            .iter()
            .any(|cell| Column::of(cell).is_some_and(|column| wanted.contains(&column)))
    };
    has(&[Column::Title]) && has(&[Column::Day, Column::Time])
}

/// Which cell of a row has what.
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    pub(super) places: HashMap<Column, usize>,
    pub(super) cells: Vec<String>,
}

impl Columns {
    pub(super) fn of(names: &[String]) -> Self {
        let mut places = HashMap::new();
        for (place, name) in names.iter().enumerate() {
            if let Some(column) = Column::of(name) {
                places.entry(column).or_insert(place);
            }
        }
        // What is called the beginning can have the day as well.
        if !places.contains_key(&Column::Day)
            && let Some(place) = places.remove(&Column::Time)
        {
            places.insert(Column::Day, place);
        }
        Self {
            names: names.to_vec(),
            places,
            cells: Vec::new(),
        }
    }

    pub(super) fn ignored(&self) -> Vec<String> {
        let names = self.names.iter().enumerate();
        let ignored = names
            .filter(|(place, name)| !name.is_empty() && !self.places.values().any(|p| p == place));
        ignored.map(|(_, name)| name.clone()).collect()
    }

    pub(super) fn row(&mut self, cells: &[String]) {
        self.cells = cells.to_vec();
    }

    /// The name of a column as the file has it.
    pub(super) fn name(&self, column: Column) -> Option<&str> {
        Some(self.names.get(*self.places.get(&column)?)?.as_str())
    }

    /// What the row has in a column; empty if there is no such column or cell.
    pub(super) fn cell(&self, column: Column) -> &str {
        let cell = self
            .places
            .get(&column)
            .and_then(|place| self.cells.get(*place));
        cell.map_or("", String::as_str)
    }
}
