//! Operations that answer pages: of events, and of the history of one.

use serde_json::{Value, json};

use super::{
    Reader, examples,
    parts::{answer, common, id, query, responses},
    schemas::{line, name},
};
use crate::{
    domain::{Cursor, Entry, Limit, Page, When, filter::Words},
    http::problem::Kind,
};

const LIST: &str = "Without parameters: the events that have not begun, soonest first.

A page has `items` and `next`, the cursor of the next page, which is null on the last one. A page begins after the \
last event of the one before, so that events which are created or deleted meanwhile neither repeat others nor hide \
them. There is no total: it would have to be counted.

`q` finds events in which every word occurs, anywhere in the title, the description, the location or the \
organiser's name. Words are separated by spaces, ASCII or full-width. Capitals, full and half width, and hiragana \
and katakana make no difference. All characters stand for themselves.";

pub(super) fn events(reader: Reader) -> Value {
    let limit = Limit::default().get();
    let mut parameters = filters(
        "The default is `all` if `from` is given, which then takes the place of now, else `upcoming`",
    );
    parameters.extend([
        query(
            "limit",
            "How many events a page has at most",
            json!({ "type": "integer", "minimum": 1, "maximum": Limit::MAX, "default": limit }),
        ),
        query(
            "cursor",
            "`next` of the page before, with the same other parameters except `limit`. A cursor that was not given \
             out for this list is refused",
            json!({ "type": "string", "pattern": format!("^[A-Za-z0-9_-]{{{}}}$", Cursor::LENGTH) }),
        ),
    ]);
    let page = json!(Page {
        items: vec![examples::event()],
        next: Some("AAZfMsS3qAAAAAAAAAAADBYm0pLZ9yvO3sVJ8sU5x1m4qvX2r7Nf0b6d1wE2c3T4".to_owned()),
    });
    json!({
        "operationId": "listEvents",
        "tags": ["events"],
        "summary": "Find events",
        "description": LIST,
        "parameters": common(parameters),
        "responses": responses(
            json!({ "200": answer("A page of events", "Page", page, &[]) }),
            &[&[Kind::InvalidParameters]],
            reader,
        ),
    })
}

/// Which events are wanted. `when` says which ones if that is left out.
pub(super) fn filters(when: &str) -> Vec<Value> {
    let day_or_time = json!({
        "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "string", "format": "date" }],
        "examples": ["2026-12-01", "2026-12-01T09:00:00+09:00"],
    });
    vec![
        query("q", "Words to search for", line(0, Words::MAX, "Words")),
        query(
            "when",
            &format!(
                "`upcoming`: those that have not begun, soonest first. `past`: those that have, latest first. `all`: \
                 oldest first. {when}"
            ),
            json!({ "type": "string", "enum": When::NAMES }),
        ),
        query(
            "from",
            "Events that begin then or later. Of a day, from its beginning in the time zone of the company",
            day_or_time.clone(),
        ),
        query(
            "to",
            "Events that begin before. Of a day, to its end in the time zone of the company",
            day_or_time,
        ),
        query(
            "user",
            "Events that this person has joined",
            name("The whole name"),
        ),
        query(
            "organizer",
            "Events that this person organises",
            name("The whole name"),
        ),
    ]
}

pub(super) fn history(reader: Reader) -> Value {
    let parameters = vec![
        id(),
        query(
            "limit",
            "How many entries a page has at most",
            json!({ "type": "integer", "minimum": 1, "maximum": Limit::MAX, "default": Limit::default().get() }),
        ),
        query(
            "cursor",
            "`next` of the page before. A cursor that was not given out for this history is refused",
            json!({ "type": "string", "pattern": format!("^[A-Za-z0-9_-]{{{}}}$", Entry::CURSOR_LENGTH) }),
        ),
    ];
    json!({
        "operationId": "getHistory",
        "tags": ["events"],
        "summary": "See what happened to an event",
        "description": "Who did what and when, oldest first. The history of an event that was deleted stays \
                        readable, and ends with that.",
        "parameters": common(parameters),
        "responses": responses(
            json!({ "200": answer("A page of the history", "HistoryPage", json!(examples::history()), &[]) }),
            &[&[Kind::InvalidParameters, Kind::EventNotFound]],
            reader,
        ),
    })
}
