//! Events and their participants.

use chrono::{DateTime, Datelike, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Reason, Text};

/// The title of an event.
pub type Title = Text<1, 200>;
/// What an event is about; may have several lines and may be empty.
pub type Description = Text<0, 10_000>;
/// Where an event takes place; may be empty.
pub type Location = Text<0, 200>;
/// The name of an organiser or participant.
pub type UserName = Text<1, 100>;

/// The number of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// How many people can take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(i32);

impl Capacity {
    /// The smallest capacity.
    pub const MIN: i32 = 1;
    /// The largest capacity.
    pub const MAX: i32 = 1_000_000;

    /// Checks the range.
    pub fn parse(raw: i64) -> Result<Self, Reason> {
        i32::try_from(raw)
            .ok()
            .filter(|n| (Self::MIN..=Self::MAX).contains(n))
            .map(Self)
            .ok_or(Reason::OutOfRange {
                min: Self::MIN.into(),
                max: Self::MAX.into(),
            })
    }

    /// The number of seats.
    pub fn get(self) -> i32 {
        self.0
    }
}

/// When an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventDate(DateTime<Utc>);

impl EventDate {
    /// Parses an RFC 3339 time with its offset. The range of years catches slips of the pen.
    pub fn parse(raw: &str) -> Result<Self, Reason> {
        let time = DateTime::parse_from_rfc3339(raw)
            .map_err(|_| Reason::NotTime)?
            .to_utc();
        if !(2000..=2199).contains(&time.year()) {
            return Err(Reason::OutOfRange {
                min: 2000,
                max: 2199,
            });
        }
        // The database keeps microseconds; whoever creates an event is told what is kept.
        Ok(Self(time.trunc_subsecs(6)))
    }

    /// The time.
    pub fn get(self) -> DateTime<Utc> {
        self.0
    }
}

/// What somebody who creates or changes an event decides.
#[derive(Debug, Clone)]
pub struct EventDraft {
    /// Its title.
    pub title: Title,
    /// What it is about.
    pub description: Description,
    /// When it begins.
    pub event_date: EventDate,
    /// Where it takes place.
    pub location: Location,
    /// How many can take part.
    pub max_participants: Capacity,
    /// Who organises it.
    pub organizer: UserName,
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

    #[test]
    fn capacities_are_positive_and_bounded() {
        assert!(Capacity::parse(1).is_ok() && Capacity::parse(1_000_000).is_ok());
        for raw in [0, -1, 1_000_001, i64::MAX, i64::MIN] {
            assert!(Capacity::parse(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn a_time_is_what_the_database_keeps_of_it() {
        let parsed = EventDate::parse("2026-04-01T19:00:00.123456789Z").unwrap();
        assert_eq!(
            parsed.get().to_rfc3339(),
            "2026-04-01T19:00:00.123456+00:00"
        );
    }

    #[test]
    fn dates_need_an_offset_and_a_plausible_year() {
        assert!(EventDate::parse("2026-04-01T19:00:00+09:00").is_ok());
        assert_eq!(
            EventDate::parse("2026-04-01T19:00:00"),
            Err(Reason::NotTime)
        );
        assert_eq!(
            EventDate::parse("2026-02-30T19:00:00Z"),
            Err(Reason::NotTime)
        );
        assert!(matches!(
            EventDate::parse("9999-12-31T23:59:59Z"),
            Err(Reason::OutOfRange { .. })
        ));
    }
}
