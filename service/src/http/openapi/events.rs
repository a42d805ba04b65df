//! Operations on events.

use serde_json::{Value, json};

use super::{
    Reader, examples,
    parts::{BODY, answer, body, common, empty, header, id, responses},
};
use crate::http::problem::Kind;

pub(super) fn create(reader: Reader) -> Value {
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
        json!(examples::new_event()),
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
        "requestBody": body("The event", "EventDraft", examples::draft()),
        "responses": responses(
            json!({ "201": created }),
            &[
                &[Kind::IdempotencyKeyMalformed, Kind::CrossSite],
                if reader.known { &[Kind::NotYourself] } else { &[] },
                &[Kind::IdempotencyKeyInUse, Kind::IdempotencyKeyReused],
                &BODY,
            ],
            reader,
        ),
    })
}

pub(super) fn get(reader: Reader) -> Value {
    let if_none_match = header(
        "If-None-Match",
        "`ETag` of what the client has: if nothing has changed, seats included, the answer is 304 without a body",
        json!({ "type": "string", "examples": ["\"769-0e5a7a3b5d1f4c2e9b8a7d6c\""] }),
    );
    let headers = &[("etag", "ETag"), ("cache-control", "CacheControl")];
    let mut found = answer(
        "The event, with the people in the order in which they came. Browsers, which prefer HTML, get a page",
        "EventWithParticipants",
        json!(examples::event_with_participants()),
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
            reader,
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

pub(super) fn replace(reader: Reader) -> Value {
    json!({
        "operationId": "replaceEvent",
        "tags": ["events"],
        "summary": "Change an event",
        "description": "Replaces all that can be changed. More seats go at once to the first who wait, unless the \
                        event has begun. `max_participants` cannot be lowered below the number of participants: \
                        nobody loses a seat by an edit.",
        "parameters": common(vec![id(), if_match()]),
        "requestBody": body("The event as it shall be", "EventDraft", examples::draft()),
        "responses": responses(
            json!({ "200": answer(
                "The event as it is now. With its `ETag` it can be changed again without reading it first",
                "EventWithParticipants",
                json!(examples::event_with_participants()),
                &[("content-location", "ContentLocation"), ("etag", "ETag")],
            ) }),
            &[
                &[Kind::CrossSite, Kind::EventNotFound, Kind::CapacityBelowParticipants, Kind::OtherVersion],
                if reader.known { &[Kind::NotOrganizer] } else { &[] },
                &BODY,
            ],
            reader,
        ),
    })
}

pub(super) fn delete(reader: Reader) -> Value {
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
                if reader.known { &[Kind::NotOrganizer] } else { &[] },
            ],
            reader,
        ),
    })
}
