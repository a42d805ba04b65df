//! Examples of what is sent and answered: one event, and what happens to it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::domain::{
    Action, Entry, Event, EventWithParticipants, HistoryPage, Participant, Version, Waiting,
};

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
