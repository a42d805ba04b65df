//! Events and their participants.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EventDraft;

/// The number of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId(i64);

impl EventId {
    /// Parses the number in a path; `None` if no event can have it.
    pub fn parse(raw: &str) -> Option<Self> {
        // `i64::from_str` would also take a sign, and then one event had two addresses.
        let digits = raw.bytes().all(|b| b.is_ascii_digit()) && !raw.starts_with('0');
        digits.then(|| raw.parse().ok()).flatten().map(Self)
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

/// An event as it is stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Event {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// When it begins.
    pub event_date: DateTime<Utc>,
    /// Where it takes place.
    pub location: String,
    /// How many can take part.
    pub max_participants: i32,
    /// Who organises it.
    pub organizer: String,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// How many have joined.
    pub participants_count: i32,
    /// How many can still join; never negative, also when the capacity was lowered.
    pub seats_left: i32,
    /// How many wait for a seat.
    pub waitlist_count: i32,
}

impl Event {
    /// Its number.
    pub fn number(&self) -> EventId {
        EventId(self.id)
    }

    /// The event that a draft has become, with so many who have joined and so many who wait.
    pub fn new(
        id: i64,
        draft: &EventDraft,
        created_at: DateTime<Utc>,
        participants: usize,
        waiting: usize,
    ) -> Self {
        let count = |people: usize| i32::try_from(people).unwrap_or(i32::MAX);
        Self {
            id,
            title: draft.title.as_str().to_owned(),
            description: draft.description.as_str().to_owned(),
            event_date: draft.event_date.get(),
            location: draft.location.as_str().to_owned(),
            max_participants: draft.max_participants.get(),
            organizer: draft.organizer.as_str().to_owned(),
            created_at,
            participants_count: count(participants),
            seats_left: (draft.max_participants.get() - count(participants)).max(0),
            waitlist_count: count(waiting),
        }
    }
}

/// An event with the people who have joined it or wait for a seat, in the order in which they did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventWithParticipants {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// Who has joined.
    pub participants: Vec<Participant>,
    /// Who waits.
    pub waitlist: Vec<Waiting>,
    /// Which version of the event this is; seats do not count.
    #[serde(skip)]
    pub version: Version,
}

/// A version of an event: another one after each change of the event itself, the same when somebody joins or leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

impl Version {
    /// Takes what the database calls the version, or what a client has kept of it.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Somebody who has joined an event.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// Their name.
    pub user_name: String,
    /// When they joined.
    pub registered_at: DateTime<Utc>,
}

/// Somebody who waits for a seat.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// Their name.
    pub user_name: String,
    /// Since when they wait.
    pub registered_at: DateTime<Utc>,
    /// Whose turn it is: 1 for the next one.
    pub position: i32,
}

/// What somebody has to do with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They have a seat.
    Joined,
    /// They wait for one.
    Waiting {
        /// Whose turn it is: 1 for the next one.
        position: i32,
    },
}

impl EventWithParticipants {
    /// What this person has to do with it; `None` if nothing.
    pub fn standing(&self, user: &str) -> Option<Standing> {
        if self.participants.iter().any(|p| p.user_name == user) {
            return Some(Standing::Joined);
        }
        let waiting = self.waitlist.iter().find(|w| w.user_name == user)?;
        Some(Standing::Waiting {
            position: waiting.position,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_one_address() {
        assert_eq!(EventId::parse("12").map(EventId::get), Some(12));
        for raw in [
            "",
            "0",
            "012",
            "+12",
            "-1",
            "1.0",
            "abc",
            "１２",
            "9223372036854775808",
        ] {
            assert_eq!(EventId::parse(raw), None, "{raw}");
        }
    }
}
