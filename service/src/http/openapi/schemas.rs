//! The schemas of what is sent and answered, and examples of both.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use utoipa::openapi::ComponentsBuilder;

use crate::domain::{
    Action, Capacity, Entry, Event, EventWithParticipants, HistoryPage, Page, Participant, Version,
    Waiting,
    event::{Description, Location, Title, UserName},
};

/// All schemas by name. Where the service knows who sends a request, names may be left out.
pub(super) fn all(known: bool) -> Value {
    let derived = ComponentsBuilder::new()
        .schema_from::<Page>()
        .schema_from::<Event>()
        .schema_from::<EventWithParticipants>()
        .schema_from::<Participant>()
        .schema_from::<Waiting>()
        .schema_from::<HistoryPage>()
        .schema_from::<Entry>()
        .schema_from::<Action>()
        .build();
    let mut schemas = json!(derived)["schemas"].take();
    let mut required = vec!["title", "event_date", "max_participants"];
    if !known {
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
            "organizer": line(UserName::MIN, UserName::MAX, if known {
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
        "required": if known { json!([]) } else { json!(["user_name"]) },
        "additionalProperties": false,
        "properties": { "user_name": name(if known {
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

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

pub(super) fn draft() -> Value {
    json!({
        "title": "Rust 勉強会",
        "description": "所有権と借用を、手を動かしながら学びます。",
        "event_date": "2026-12-04T19:00:00+09:00",
        "location": "本社 8F セミナールーム",
        "max_participants": 20,
        "organizer": "佐藤 美咲",
    })
}

pub(super) fn event() -> Event {
    let draft = draft();
    let text = |field: &str| draft[field].as_str().unwrap_or_default().to_owned();
    Event {
        id: 12,
        title: text("title"),
        description: text("description"),
        event_date: time(1_796_378_400),
        location: text("location"),
        max_participants: 20,
        organizer: text("organizer"),
        created_at: time(1_793_600_000),
        participants_count: 1,
        seats_left: 19,
        waitlist_count: 0,
    }
}

pub(super) fn participant() -> Participant {
    Participant {
        user_name: "鈴木 大輔".to_owned(),
        registered_at: time(1_793_700_000),
    }
}

pub(super) fn waiting() -> Waiting {
    Waiting {
        user_name: "田中 優子".to_owned(),
        registered_at: time(1_793_800_000),
        position: 3,
    }
}

pub(super) fn event_with_participants() -> EventWithParticipants {
    EventWithParticipants {
        event: event(),
        participants: vec![participant()],
        waitlist: Vec::new(),
        version: Version::new("769"),
    }
}

/// The event when it was new.
pub(super) fn new_event() -> EventWithParticipants {
    EventWithParticipants {
        event: Event {
            participants_count: 0,
            seats_left: 20,
            ..event()
        },
        participants: Vec::new(),
        ..event_with_participants()
    }
}

pub(super) fn history() -> HistoryPage {
    let entry = |id, at, action, actor: &str, user_name: Option<&str>, details| Entry {
        id,
        at: time(at),
        action,
        actor: Some(actor.to_owned()),
        user_name: user_name.map(str::to_owned),
        details,
    };
    let organizer = "佐藤 美咲";
    let moved = json!({ "location": { "from": "Room 501", "to": "本社 8F セミナールーム" } });
    HistoryPage {
        items: vec![
            entry(
                31,
                1_793_600_000,
                Action::Created,
                organizer,
                None,
                Some(draft()),
            ),
            entry(
                32,
                1_793_650_000,
                Action::Changed,
                organizer,
                None,
                Some(moved),
            ),
            entry(
                33,
                1_793_700_000,
                Action::Joined,
                "鈴木 大輔",
                Some("鈴木 大輔"),
                None,
            ),
        ],
        next: None,
    }
}
