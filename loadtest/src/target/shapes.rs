//! What the service sends and takes; only what the load test looks at.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An event as the service shows it; only what the load test looks at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub organizer: String,
    /// How many may take part.
    pub max_participants: u32,
    /// How many the service says take part.
    pub participants_count: u32,
    /// How many seats the service says are free, if it does.
    #[serde(default)]
    pub seats_left: Option<u32>,
    /// How many the service says wait for a seat, if it does.
    #[serde(default)]
    pub waitlist_count: Option<u32>,
    /// Who takes part; only where one event is shown.
    #[serde(default)]
    pub participants: Vec<Person>,
    /// Who waits for a seat, the first one first; only where one event is shown.
    #[serde(default)]
    pub waitlist: Vec<Person>,
}

/// Somebody who takes part, or waits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// The name.
    pub user_name: String,
}

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    /// The events.
    pub items: Vec<Event>,
    /// The cursor of the next page.
    #[serde(default)]
    pub next: Option<String>,
}

/// An event to somebody who only looks: at a high rate, more would cost more than all the rest of an answer.
/// That the rest is right is verified with [`Event`] wherever something was promised.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Known {
    /// Its number.
    pub id: i64,
}

/// A page of a list to somebody who only looks.
#[derive(Debug, Clone, Deserialize)]
pub struct Listing {
    /// The events.
    pub items: Vec<Known>,
    /// The cursor of the next page.
    #[serde(default)]
    pub next: Option<String>,
}

/// What became of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// There is a seat.
    Seat,
    /// There is a place on the waitlist.
    InLine,
    /// There is neither, nor the event perhaps.
    None,
}

/// One thing that happened to an event.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Happening {
    /// What, as the service calls it, such as `joined`.
    pub action: String,
    /// Whose seat or place it is.
    #[serde(default)]
    pub user_name: Option<String>,
    /// The fields of an event that was created, or `from` and `to` of each that was changed.
    #[serde(default)]
    pub details: Option<Value>,
}

impl Happening {
    /// The number of seats from then on, if that was said.
    pub fn seats(&self) -> Option<usize> {
        let seats = self.details.as_ref()?.get("max_participants")?;
        let seats = seats.get("to").unwrap_or(seats).as_u64()?;
        usize::try_from(seats).ok()
    }
}

/// An event to create or to change.
#[derive(Debug, Clone, Serialize)]
pub struct Draft {
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// When it begins, in RFC 3339.
    pub event_date: String,
    /// Where it takes place.
    pub location: String,
    /// How many may take part.
    pub max_participants: u32,
    /// Who makes it.
    pub organizer: String,
}
