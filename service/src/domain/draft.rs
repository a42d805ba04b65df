//! What somebody decides who creates or changes an event.

use chrono::{DateTime, Datelike as _, SubsecRound as _, Utc};

use super::{Reason, Text};

/// The title of an event.
pub type Title = Text<1, 200>;
/// What an event is about; may have several lines and may be empty.
pub type Description = Text<0, 10_000>;
/// Where an event takes place; may be empty.
pub type Location = Text<0, 200>;
/// The name of an organiser or participant.
pub type UserName = Text<1, 100>;

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

#[cfg(test)]
mod tests {
    use super::*;

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
