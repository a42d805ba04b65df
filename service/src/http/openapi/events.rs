//! Operations on events.

use serde_json::{Value, json};

use super::{
    parts::{BODY, answer, body, common, empty, header, id, query, responses},
    schemas::{self, line, name},
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

pub(super) fn list(known: bool) -> Value {
    let limit = Limit::default().get();
    let day_or_time = json!({
        "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "string", "format": "date" }],
        "examples": ["2026-12-01", "2026-12-01T09:00:00+09:00"],
    });
    let parameters = vec![
        query("q", "Words to search for", line(0, Words::MAX, "Words")),
        query(
            "when",
            "`upcoming`: those that have not begun, soonest first. `past`: those that have, latest first. `all`: \
             oldest first. The default is `all` if `from` is given, which then takes the place of now, else `upcoming`",
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
    ];
    let page = json!(Page {
        items: vec![schemas::event()],
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
            known,
        ),
    })
}

pub(super) fn create(known: bool) -> Value {
    let key = header(
        "Idempotency-Key",
        "A name for this request, such as a UUID, with or without quotes. The same name with the same values within \
         24 hours has the effect and the answer of the first request; with other values it is refused (422); while \
         the first request is under way, the second one is told so (409). Keys of different people never meet",
        json!({
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-\[\]-~]+$",
            "examples": ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        }),
    );
    let mut created = answer(
        "The event was created. A repeated request shows it as it was then",
        "EventWithParticipants",
        json!(schemas::new_event()),
        &[
            ("location", "Location"),
            ("content-location", "ContentLocation"),
            ("etag", "ETag"),
        ],
    );
    let links = [
        ("getEvent", "Read it"),
        ("replaceEvent", "Change it"),
        ("deleteEvent", "Delete it"),
        ("getHistory", "See what happened to it"),
        ("joinEvent", "Join it"),
        ("leaveEvent", "Leave it"),
    ];
    for (operation, description) in links {
        created["links"][operation] = json!({
            "operationId": operation,
            "description": description,
            "parameters": { "id": "$response.body#/id" },
        });
    }
    json!({
        "operationId": "createEvent",
        "tags": ["events"],
        "summary": "Create an event",
        "description": "An event may lie in the past: that is how old ones come in.",
        "parameters": common(vec![key]),
        "requestBody": body("The event", "EventDraft", schemas::draft()),
        "responses": responses(
            json!({ "201": created }),
            &[
                &[Kind::IdempotencyKeyMalformed, Kind::CrossSite],
                if known { &[Kind::NotYourself] } else { &[] },
                &[Kind::IdempotencyKeyInUse, Kind::IdempotencyKeyReused],
                &BODY,
            ],
            known,
        ),
    })
}

pub(super) fn get(known: bool) -> Value {
    let if_none_match = header(
        "If-None-Match",
        "`ETag` of what the client has: if nothing has changed, seats included, the answer is 304 without a body",
        json!({ "type": "string", "examples": ["\"769-0e5a7a3b5d1f4c2e9b8a7d6c\""] }),
    );
    let headers = &[("etag", "ETag"), ("cache-control", "CacheControl")];
    let mut found = answer(
        "The event, with the people in the order in which they came. Browsers, which prefer HTML, get a page",
        "EventWithParticipants",
        json!(schemas::event_with_participants()),
        &[("cache-control", "CacheControl")],
    );
    found["headers"]["etag"] = json!({
        "description": "See `If-None-Match` and `If-Match`; not on the page for browsers",
        "schema": { "type": "string" },
    });
    found["content"]["text/html"] = json!({ "schema": { "type": "string" } });
    json!({
        "operationId": "getEvent",
        "tags": ["events"],
        "summary": "Read an event",
        "description": "The event with everybody who has joined it or waits for a seat.",
        "parameters": common(vec![id(), if_none_match]),
        "responses": responses(
            json!({ "200": found, "304": empty("The client has it already", headers) }),
            &[&[Kind::EventNotFound]],
            known,
        ),
    })
}

/// The header by which an edit says what it is meant for.
fn if_match() -> Value {
    header(
        "If-Match",
        "`ETag` of the event as it was read, or several, or `*`. If the event has been changed since, the request is \
         refused (412) and the answer has the present `ETag`. Only the version in the tag is compared: somebody who \
         joins between reading and writing does not stand in the way. Without it the last writer wins",
        json!({ "type": "string", "examples": ["\"769-0e5a7a3b5d1f4c2e9b8a7d6c\""] }),
    )
}

pub(super) fn replace(known: bool) -> Value {
    json!({
        "operationId": "replaceEvent",
        "tags": ["events"],
        "summary": "Change an event",
        "description": "Replaces all that can be changed. More seats go at once to the first who wait, unless the \
                        event has begun. `max_participants` cannot be lowered below the number of participants: \
                        nobody loses a seat by an edit.",
        "parameters": common(vec![id(), if_match()]),
        "requestBody": body("The event as it shall be", "EventDraft", schemas::draft()),
        "responses": responses(
            json!({ "200": answer(
                "The event as it is now. With its tag it can be changed again without reading it first",
                "EventWithParticipants",
                json!(schemas::event_with_participants()),
                &[("content-location", "ContentLocation"), ("etag", "ETag")],
            ) }),
            &[
                &[Kind::CrossSite, Kind::EventNotFound, Kind::CapacityBelowParticipants, Kind::OtherVersion],
                if known { &[Kind::NotOrganizer] } else { &[] },
                &BODY,
            ],
            known,
        ),
    })
}

pub(super) fn delete(known: bool) -> Value {
    json!({
        "operationId": "deleteEvent",
        "tags": ["events"],
        "summary": "Delete an event",
        "description": "Deleting an event that people have joined cancels it: their seats are gone, and they are \
                        told where notifications go. Its history remains.",
        "parameters": common(vec![id(), if_match()]),
        "responses": responses(
            json!({ "204": empty("The event is gone", &[]) }),
            &[
                &[Kind::CrossSite, Kind::EventNotFound, Kind::OtherVersion],
                if known { &[Kind::NotOrganizer] } else { &[] },
            ],
            known,
        ),
    })
}

pub(super) fn history(known: bool) -> Value {
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
            json!({ "200": answer("A page of the history", "HistoryPage", json!(schemas::history()), &[]) }),
            &[&[Kind::InvalidParameters, Kind::EventNotFound]],
            known,
        ),
    })
}
