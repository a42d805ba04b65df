//! What happened to an event, and who did it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{CursorKey, EventId, Reason};

/// One thing that happened to an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Its number, which grows with time.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub id: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub action: Action,
    /// Who did it; null if that is not known, and for promotions, which follow from what somebody else did.
    pub actor: Option<String>,
    /// Whose seat or place it is; null if the event as a whole is meant.
    pub user_name: Option<String>,
    /// The fields of the event that was created or deleted, or `from` and `to` of each field that was changed.
    pub details: Option<Value>,
}

/// What can happen to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It was created.
    Created,
    /// Some of its fields were changed.
    Changed,
    /// It was deleted, and with it all seats.
    Deleted,
    /// Somebody took a seat.
    Joined,
    /// Somebody gave a seat back.
    Left,
    /// Somebody began to wait for a seat.
    Waitlisted,
    /// Somebody gave up waiting.
    LeftWaitlist,
    /// The first who waited got a seat.
    Promoted,
}

/// One page of the history of an event, oldest entries first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryPage {
    /// The entries.
    pub items: Vec<Entry>,
    /// The cursor of the next page, or null on the last one.
    pub next: Option<String>,
}

impl Entry {
    /// The length of a cursor, in characters.
    pub const CURSOR_LENGTH: usize = 54;

    /// The cursor of the page of the event's history that comes after this entry.
    pub fn cursor(&self, event: EventId, key: &CursorKey) -> String {
        key.seal(&self.id.to_be_bytes(), &list(event))
    }

    /// Parses a cursor that was given out for the history of this event: the number of the entry before the page.
    pub fn parse_cursor(raw: &str, event: EventId, key: &CursorKey) -> Result<i64, Reason> {
        key.open(raw, &list(event)).map(i64::from_be_bytes)
    }
}

/// What tells the history of an event from that of others, and from lists of events, which begin with a small number.
fn list(event: EventId) -> Vec<u8> {
    [b"history".as_slice(), &event.get().to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Cursor, Filter};

    #[test]
    fn a_cursor_is_good_for_the_history_of_one_event_only() {
        let (key, other) = (CursorKey::new(b"secret"), CursorKey::new(b"other"));
        let event = |raw| EventId::parse(raw).unwrap();
        let entry = Entry {
            id: 77,
            at: DateTime::default(),
            action: Action::Created,
            actor: None,
            user_name: None,
            details: None,
        };
        let cursor = entry.cursor(event("12"), &key);
        assert_eq!(cursor.len(), Entry::CURSOR_LENGTH);
        assert_eq!(Entry::parse_cursor(&cursor, event("12"), &key), Ok(77));
        for (event, key) in [(event("13"), &key), (event("12"), &other)] {
            let refused = Entry::parse_cursor(&cursor, event, key);
            assert_eq!(refused, Err(Reason::BadCursor));
        }
        assert!(Entry::parse_cursor("77", event("12"), &key).is_err());
        assert!(Cursor::parse(&cursor, &Filter::default(), &key).is_err());
    }
}
