//! What is told of an event to those who may want to come.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// News of an event, as the functions in the migrations write it.
///
/// Fields that are not known here are passed over: during a deployment a newer version may write some.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "lowercase")]
pub enum Notification {
    /// There is a new event.
    Created {
        /// The event.
        event: Announced,
    },
    /// An event is not what it was.
    Changed {
        /// The event, as it is now.
        event: Announced,
        /// What is different.
        changes: Changes,
    },
    /// An event will not take place.
    Cancelled {
        /// The event, as it was.
        event: Announced,
        /// Who had joined, or the first hundred of them.
        #[serde(default)]
        participants: Vec<String>,
    },
    /// Somebody who waited has a seat.
    Promoted {
        /// The event.
        event: Announced,
        /// Who has a seat now.
        user_name: String,
        /// Who else got one at the same time.
        #[serde(default)]
        others: Vec<String>,
    },
    /// An event takes place soon.
    Reminder {
        /// The event.
        event: Announced,
        /// How many have joined.
        participants_count: i32,
    },
}

/// What is told of the event itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Announced {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub event_date: DateTime<Utc>,
    /// Where it takes place; may be empty.
    pub location: String,
    /// How many can take part.
    pub max_participants: i32,
    /// Who organises it.
    pub organizer: String,
}

/// What is different about an event; `None` for what is as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Changes {
    /// The title.
    pub title: Option<Change<String>>,
    /// What it is about.
    pub description: Option<Change<String>>,
    /// When it begins.
    pub event_date: Option<Change<DateTime<Utc>>>,
    /// Where it takes place.
    pub location: Option<Change<String>>,
    /// How many can take part.
    pub max_participants: Option<Change<i32>>,
    /// Who organises it.
    pub organizer: Option<Change<String>>,
}

/// One value that is different.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Change<T> {
    /// What it was.
    pub from: T,
    /// What it is.
    pub to: T,
}
