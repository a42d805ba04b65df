//! Operations for spreadsheets.

use serde_json::{Value, json};

use super::{
    Reader,
    lists::filters,
    parts::{answer, common, file, id, query, responses},
};
use crate::{http::problem::Kind, spreadsheet::write};

const IMPORT: &str = "For the list that people kept before. All of it comes in, or nothing: a file with mistakes is \
refused (422), and `errors` names each of them by row and column. An event that is here already, by its title, its \
time and its place or because an earlier import has made it, is left as it is; so a file can be sent again.

The file is in UTF-8 or Shift_JIS, at most 512 KiB and 500 events. One of the first rows has the names of the \
columns, in English or Japanese: title, day and time (or a column for each), place, seats, organiser, description. \
Days are read as people write them, with their year, on the clocks of the company. Columns of other names are left \
out.

Nobody is told of events that are imported. Everybody can import events of their own.";

const EXPORT: &str = "In UTF-8 with a byte order mark, by which Excel knows it. What a spreadsheet would take for a \
formula has a quotation mark before it.";

pub(super) fn import(reader: Reader) -> Value {
    let example =
        "title,date,place,seats,organiser\r\nRust 勉強会,2026/12/4 19:00,本社 8F,20,佐藤 美咲\r\n";
    let done = json!({
        "dry_run": false, "created": 1, "known": 0, "ignored_columns": [],
        "rows": [{ "row": 2, "is_new": true, "event_id": 12, "title": "Rust 勉強会" }],
    });
    let dry_run = query(
        "dry_run",
        "Whether to say only what would be imported",
        json!({ "type": "boolean", "default": false }),
    );
    json!({
        "operationId": "importEvents",
        "tags": ["spreadsheets"],
        "summary": "Import events from a spreadsheet",
        "description": IMPORT,
        "parameters": common(vec![dry_run]),
        "requestBody": {
            "description": "The spreadsheet as CSV",
            "required": true,
            "content": { "text/csv": { "schema": { "type": "string" }, "example": example } },
        },
        "responses": responses(
            json!({ "200": answer("What came in, or would", "Import", done, &[]) }),
            &[&[
                Kind::InvalidParameters,
                Kind::CrossSite,
                Kind::FileTooSlow,
                Kind::FileTooLarge,
                Kind::NotCsv,
                Kind::ImportRefused,
            ]],
            reader,
        ),
    })
}

pub(super) fn events(reader: Reader) -> Value {
    let example = [
        [
            "ID",
            "Title",
            "Date and time",
            "Place",
            "Seats",
            "Participants",
            "Waiting",
            "Organiser",
            "Description",
        ],
        [
            "12",
            "Rust 勉強会",
            "2026-12-04 19:00",
            "本社 8F",
            "20",
            "1",
            "0",
            "佐藤 美咲",
            "所有権と借用",
        ],
    ];
    json!({
        "operationId": "exportEvents",
        "tags": ["spreadsheets"],
        "summary": "Events for a spreadsheet",
        "description": format!("All events if nothing else is said, past ones included, oldest first.\n\n{EXPORT}"),
        "parameters": common(filters("The default is `all`")),
        "responses": responses(good(&example), &[&[Kind::InvalidParameters]], reader),
    })
}

pub(super) fn participants(reader: Reader) -> Value {
    let example = [
        ["Name", "State", "Registered"],
        ["鈴木 大輔", "joined", "2026-11-03 19:00"],
    ];
    json!({
        "operationId": "exportParticipants",
        "tags": ["spreadsheets"],
        "summary": "Participants for a spreadsheet",
        "description": format!("Who has joined, and who waits, in the order in which they came.\n\n{EXPORT}"),
        "parameters": common(vec![id()]),
        "responses": responses(good(&example), &[&[Kind::EventNotFound]], reader),
    })
}

fn good<const N: usize>(rows: &[[&str; N]]) -> Value {
    let rows = rows.iter().map(|row| row.map(str::to_owned));
    let example = format!("{}{}", write::MARK, write::rows(rows));
    json!({ "200": file("The rows, with the names of the columns above them", "text/csv", &example, &[("cache-control", "CacheControl")]) })
}
