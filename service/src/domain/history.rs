//! What happened to an event, and who did it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Limit, Reason};

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

impl HistoryPage {
    /// Makes a page of at most `limit` entries from up to one more than that, which tells whether a next page exists.
    pub fn new(mut items: Vec<Entry>, limit: Limit) -> Self {
        let size = usize::try_from(limit.get()).unwrap_or(usize::MAX);
        let more = items.len() > size;
        items.truncate(size);
        let last = items.last().filter(|_| more);
        let next = last.map(|entry| entry.id.to_string());
        Self { items, next }
    }

    /// Parses a cursor: the number of the entry after which the page begins.
    pub fn after(cursor: &str) -> Result<i64, Reason> {
        let after: i64 = cursor.parse().map_err(|_| Reason::BadCursor)?;
        let given_out = after > 0 && after.to_string() == cursor;
        given_out.then_some(after).ok_or(Reason::BadCursor)
    }
}
