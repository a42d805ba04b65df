//! Events as calendars show them.

use chrono::{DateTime, TimeDelta, Utc};

/// An event as a calendar shows it, also one that was cancelled.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name, which no other event has in any calendar, nor in another installation of the service.
    pub uid: String,
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
    /// Who organises it.
    pub organizer: String,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether the person whose calendar it is only waits for a seat.
    pub waiting: bool,
    /// How often it was changed, cancelling included: what tells calendars which of two copies is the newer one.
    pub revision: i32,
    /// When that was last.
    pub changed_at: DateTime<Utc>,
}

/// Which events a feed has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The earliest beginning of an event.
    pub from: DateTime<Utc>,
    /// The earliest time at which a cancelled event was cancelled: calendars have heard of those before.
    pub cancelled_from: DateTime<Utc>,
}

impl Window {
    /// The most events that a feed has, soonest first. The company would need twenty years to plan so many.
    pub const EVENTS: i64 = 5_000;
    /// The most cancelled events that a feed has, those cancelled last.
    pub const CANCELLED: i64 = 500;

    /// What a feed has at this time: what is to come and the last three months, cancelled events for a month.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            from: now - TimeDelta::days(92),
            cancelled_from: now - TimeDelta::days(31),
        }
    }
}
