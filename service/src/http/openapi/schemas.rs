//! The schemas of what is sent and answered.

use serde_json::{Value, json};
use utoipa::openapi::ComponentsBuilder;

use super::Reader;
use crate::domain::{
    Action, Capacity, Entry, Event, EventWithParticipants, HistoryPage, Page, Participant,
    UserName, Waiting,
    draft::{Description, Location, Title},
};
use crate::http::import::{Import, ImportedRow};

/// All schemas by name. Where the service knows who sends a request, names may be left out.
pub(super) fn all(reader: Reader) -> Value {
    let derived = ComponentsBuilder::new()
        .schema_from::<Page>()
        .schema_from::<Event>()
        .schema_from::<EventWithParticipants>()
        .schema_from::<Participant>()
        .schema_from::<Waiting>()
        .schema_from::<HistoryPage>()
        .schema_from::<Entry>()
        .schema_from::<Action>()
        .schema_from::<Import>()
        .schema_from::<ImportedRow>()
        .build();
    let mut schemas = json!(derived)["schemas"].take();
    let mut required = vec!["title", "event_date", "max_participants"];
    if !reader.known {
        required.push("organizer");
    }
    schemas["EventDraft"] = json!({
        "type": "object",
        "description": "What is decided when an event is created or changed",
        "required": required,
        "additionalProperties": false,
        "properties": {
            "title": line(Title::MIN, Title::MAX, "Its title"),
            "description": optional(prose(Description::MAX, "What it is about; may have several lines. Empty if left out")),
            "event_date": {
                "type": "string", "format": "date-time", "pattern": "^2[01][0-9]{2}-",
                "description": "When it begins, in a year from 2000 to 2199 (UTC). May be in the past",
            },
            "location": optional(line(Location::MIN, Location::MAX, "Where it takes place. Empty if left out")),
            "max_participants": {
                "type": "integer", "format": "int32", "minimum": Capacity::MIN, "maximum": Capacity::MAX,
                "description": "How many can take part",
            },
            "organizer": line(UserName::MIN, UserName::MAX, if reader.known {
                "Who organises it: on creating it the person who is logged in, which may be left out. \
                 By changing it, the organiser hands the event over"
            } else {
                "Who organises it"
            }),
        },
    });
    schemas["Name"] = json!({
        "type": "object",
        "description": "Who joins",
        "required": if reader.known { json!([]) } else { json!(["user_name"]) },
        "additionalProperties": false,
        "properties": { "user_name": name(if reader.known {
            "Their name, which must be that of the person who is logged in, and may be left out"
        } else {
            "Their name"
        }) },
    });
    let of_event = json!({
        "type": "object",
        "required": ["event_id"],
        "properties": { "event_id": { "type": "integer", "format": "int64", "description": "The number of the event" } },
    });
    for (place, person) in [("Seat", "Participant"), ("PlaceInLine", "Waiting")] {
        schemas[place] =
            json!({ "allOf": [{ "$ref": format!("#/components/schemas/{person}") }, of_event] });
    }
    schemas["Problem"] = problem();
    schemas["Health"] = json!({
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": { "type": "string", "enum": ["healthy", "ready"], "description": "That it is well" },
            "timestamp": { "type": "string", "format": "date-time", "description": "The time of the answer" },
            "version": { "type": "string", "description": "The version of the service" },
        },
    });
    schemas
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457)",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "pattern": "^/problems/[a-z-]+$",
                      "description": "What clients tell problems apart by" },
            "title": { "type": "string", "description": "What went wrong, for people" },
            "status": { "type": "integer", "description": "The status of the answer" },
            "detail": { "type": "string", "description": "What it means, for people" },
            "errors": {
                "type": "array",
                "description": "Each value that was refused, and why",
                "items": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {
                        "detail": { "type": "string", "description": "Why, for people" },
                        "parameter": { "type": "string", "description": "The name of the parameter" },
                        "pointer": { "type": "string", "description": "Where in the body (RFC 6901)" },
                        "row": { "type": ["integer", "null"], "description": "The row of the spreadsheet; null if the whole file is meant" },
                        "column": { "type": ["string", "null"], "description": "Its column; null if the whole row is meant" },
                        "value": { "type": "string", "description": "What stands there" },
                    },
                },
            },
            "reason": { "type": "string", "description": "The class of failure, where there are several" },
            "participants_count": { "type": "integer", "description": "How many have joined" },
            "max_participants": { "type": "integer", "description": "How many can" },
            "line": { "type": "integer", "description": "Where the JSON ends to be readable" },
            "column": { "type": "integer", "description": "Where in that line" },
        },
    })
}

/// The name of a person.
pub(super) fn name(description: &str) -> Value {
    line(UserName::MIN, UserName::MAX, description)
}

/// Text of one line.
pub(super) fn line(min: usize, max: usize, description: &str) -> Value {
    const FINE: &str = r"[^\u0000-\u001f\u007f-\u009f]*";
    // With at least one character that is not white space, where the text must not be empty.
    let pattern = if min == 0 {
        format!("^{FINE}$")
    } else {
        format!(r"^{FINE}[^\s\u0000-\u001f\u007f-\u009f]{FINE}$")
    };
    json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": pattern, "description": description })
}

fn prose(max: usize, description: &str) -> Value {
    let pattern = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
    json!({ "type": "string", "maxLength": max, "pattern": pattern, "description": description })
}

fn optional(mut schema: Value) -> Value {
    schema["type"] = json!(["string", "null"]);
    schema
}
