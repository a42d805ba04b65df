//! Reads the old list of events: every row, with everything that is wrong with it.

mod cells;

use std::collections::HashMap;

use chrono::{NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::{
    Fault, Flaw, ROW_LIMIT,
    columns::Column,
    decode,
    when::{self, When, narrow},
};
use crate::domain::{Actor, Capacity, EventDraft, Reason, Text, UserName, draft::EventDate};
use cells::{Columns, HEADINGS, is_heading, records};

/// How many characters of a refused value are shown again.
const SHOWN: usize = 60;

/// A spreadsheet of events, as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The rows that are events.
    pub rows: Vec<Row>,
    /// What is wrong with the others. Nothing is imported before it is put right.
    pub flaws: Vec<Flaw>,
    /// The names of the columns that are not read.
    pub ignored: Vec<String>,
    /// The text of the whole file.
    pub text: String,
}

/// A row that is an event.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number as a spreadsheet shows it.
    pub number: usize,
    /// The event.
    pub draft: EventDraft,
}

/// Who reads a spreadsheet, and where.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Whose days and clocks it goes by.
    pub zone: Tz,
    /// Who imports it.
    pub actor: Actor,
    /// Who organises the events of which nobody else is said to.
    pub organizer: Option<UserName>,
}

impl Reader {
    /// Reads a file.
    pub fn read(&self, bytes: &[u8]) -> Sheet {
        let text = match decode::text(bytes) {
            Ok(text) => text,
            Err(fault) => return Sheet::refused(None, fault),
        };
        let records = records(&text);
        let titles = records.iter().take(HEADINGS).position(is_heading);
        let Some(heading) = titles.and_then(|index| records.get(index)) else {
            let first = records.first();
            let has = |column| {
                first.is_some_and(|(_, cells)| {
                    cells.iter().any(|cell| Column::of(cell) == Some(column))
                })
            };
            let missing = if has(Column::Title) {
                Column::Day
            } else {
                Column::Title
            };
            let row = first.map(|(number, _)| *number);
            return Sheet::refused(
                row,
                if row.is_none() {
                    Fault::NoRows
                } else {
                    Fault::NoColumn(missing)
                },
            );
        };
        let mut columns = Columns::of(&heading.1);
        let mut sheet = Sheet {
            ignored: columns.ignored(),
            text: text.clone(),
            ..Sheet::default()
        };
        let (found, number) = (|column| columns.places.contains_key(&column), heading.0);
        let needed = [Column::Seats, Column::Organizer];
        let missing = needed.into_iter().filter(|column| {
            !found(*column) && (*column == Column::Seats || self.organizer.is_none())
        });
        sheet.flaws.extend(missing.map(|column| Flaw {
            row: Some(number),
            column: None,
            value: String::new(),
            fault: Fault::NoColumn(column),
        }));
        let rows = records.iter().skip_while(|(row, _)| *row <= number);
        let mut seen = HashMap::new();
        for (count, (row, cells)) in rows.enumerate() {
            if count == ROW_LIMIT {
                sheet.flaws.push(Flaw::of_row(*row, Fault::TooManyRows));
                break;
            }
            columns.row(cells);
            let Some(draft) = self.draft(*row, &columns, &mut sheet.flaws) else {
                continue;
            };
            let key = (
                draft.title.as_str().to_owned(),
                draft.event_date.get(),
                draft.location.as_str().to_owned(),
            );
            match seen.get(&key) {
                Some(first) => sheet
                    .flaws
                    .push(Flaw::of_row(*row, Fault::RepeatsRow(*first))),
                None => {
                    seen.insert(key, *row);
                    sheet.rows.push(Row {
                        number: *row,
                        draft,
                    });
                }
            }
        }
        if sheet.rows.is_empty() && sheet.flaws.is_empty() {
            sheet.flaws.push(Flaw::of_row(number, Fault::NoRows));
        }
        sheet
    }

    /// The event of a row, or what is wrong with it.
    fn draft(&self, row: usize, columns: &Columns, flaws: &mut Vec<Flaw>) -> Option<EventDraft> {
        let before = flaws.len();
        if columns.cells.len() > columns.names.len()
            && columns.cells[columns.names.len()..]
                .iter()
                .any(|c| !c.is_empty())
        {
            flaws.push(Flaw::of_row(row, Fault::TooManyCells));
        }
        let mut refuse = |column: Column, fault: Fault| {
            flaws.push(Flaw {
                row: Some(row),
                column: columns.name(column).map(str::to_owned),
                value: columns.cell(column).chars().take(SHOWN).collect(),
                fault,
            });
        };
        macro_rules! read {
            ($column:expr, $parsed:expr) => {
                $parsed
                    .map_err(|reason| refuse($column, Fault::Value(reason)))
                    .ok()
            };
        }
        let title = read!(Column::Title, Text::parse(columns.cell(Column::Title)));
        let event_date = self
            .event_date(columns)
            .map_err(|(column, fault)| refuse(column, fault))
            .ok();
        let location = read!(
            Column::Location,
            Text::parse(columns.cell(Column::Location))
        );
        let seats = if columns.places.contains_key(&Column::Seats) {
            read!(Column::Seats, seats(columns.cell(Column::Seats)))
        } else {
            None
        };
        let description = columns.cell(Column::Description).replace("\r\n", "\n");
        let description = read!(Column::Description, Text::parse(&description));
        let organizer = match (columns.cell(Column::Organizer), &self.organizer) {
            ("", Some(own)) => Some(own.clone()),
            ("", None) if !columns.places.contains_key(&Column::Organizer) => None,
            (name, _) => read!(Column::Organizer, UserName::parse(name)),
        };
        if organizer
            .as_ref()
            .is_some_and(|name| !self.actor.may_act_as(name))
        {
            refuse(Column::Organizer, Fault::NotYours);
        }
        if flaws.len() > before {
            return None;
        }
        Some(EventDraft {
            title: title?,
            description: description?,
            event_date: event_date?,
            location: location?,
            max_participants: seats?,
            organizer: organizer?,
        })
    }

    fn event_date(&self, columns: &Columns) -> Result<EventDate, (Column, Fault)> {
        let (raw, clock) = (columns.cell(Column::Day), columns.cell(Column::Time));
        let day = when::day(raw).ok_or((Column::Day, Fault::NotDay))?;
        let begins = match day {
            When::Moment(moment) => moment,
            When::Day(date, time) => {
                let time: NaiveTime = match (clock, time) {
                    ("", Some(time)) => time,
                    ("", None) => return Err((Column::Day, Fault::NoTime)),
                    (clock, _) => when::time(clock).ok_or((Column::Time, Fault::NotTime))?,
                };
                let begins = self
                    .zone
                    .from_local_datetime(&date.and_time(time))
                    .earliest();
                begins
                    .ok_or((Column::Day, Fault::Value(Reason::ClockSkips)))?
                    .with_timezone(&Utc)
            }
        };
        EventDate::parse(&begins.to_rfc3339()).map_err(|reason| (Column::Day, Fault::Value(reason)))
    }
}

/// How many seats, in digits of any width, with or without what is counted.
fn seats(raw: &str) -> Result<Capacity, Reason> {
    let plain = narrow(raw).replace(',', "");
    let number = plain.trim_end_matches(['名', '人', '席']).trim_end();
    Capacity::parse(number.parse().map_err(|_| Reason::NotInteger)?)
}

impl Sheet {
    fn refused(row: Option<usize>, fault: Fault) -> Self {
        Self {
            flaws: vec![Flaw {
                row,
                column: None,
                value: String::new(),
                fault,
            }],
            ..Self::default()
        }
    }
}

impl Flaw {
    fn of_row(row: usize, fault: Fault) -> Self {
        Self {
            row: Some(row),
            column: None,
            value: String::new(),
            fault,
        }
    }
}

#[cfg(test)]
mod tests;
