//! Pages of a list of events, by keyset: a page begins after the last event of the one before.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Event, Reason};

/// Which events a list shows, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// Those that have not begun, soonest first.
    #[default]
    Upcoming,
    /// Those that have begun, latest first.
    Past,
    /// All of them, oldest first.
    All,
}

impl When {
    /// Parses the parameter `when`.
    pub fn parse(raw: &str) -> Result<Self, Reason> {
        match raw {
            "upcoming" => Ok(Self::Upcoming),
            "past" => Ok(Self::Past),
            "all" => Ok(Self::All),
            _ => Err(Reason::NotOneOf("upcoming, past, all")),
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Self::Upcoming => "u",
            Self::Past => "p",
            Self::All => "a",
        }
    }
}

/// How many events a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(i64);

impl Limit {
    /// The most events a page has.
    pub const MAX: i64 = 100;

    /// Checks the range.
    pub fn parse(raw: &str) -> Result<Self, Reason> {
        let limit: i64 = raw.parse().map_err(|_| Reason::NotInteger)?;
        if !(1..=Self::MAX).contains(&limit) {
            return Err(Reason::OutOfRange {
                min: 1,
                max: Self::MAX,
            });
        }
        Ok(Self(limit))
    }

    /// The number of events.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// Where the next page begins: after this event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When the last event of the page begins.
    pub event_date: DateTime<Utc>,
    /// Its number, which settles equal times.
    pub id: i64,
}

impl Cursor {
    /// Parses a cursor that [`Cursor::write`] made for the same list.
    pub fn parse(raw: &str, when: When) -> Result<Self, Reason> {
        let parse = || {
            let (micros, id) = raw.strip_prefix(when.letter())?.split_once('-')?;
            let micros = i64::from_str_radix(micros, 16).ok()?;
            let id = i64::from_str_radix(id, 16).ok().filter(|id| *id > 0)?;
            let cursor = Self {
                event_date: DateTime::from_timestamp_micros(micros)?,
                id,
            };
            // Only what was given out is taken back: no signs, no leading zeros, no times out of range.
            (cursor.write(when) == raw && micros >= 0).then_some(cursor)
        };
        parse().ok_or(Reason::BadCursor)
    }

    /// Writes the cursor for clients, who need not understand it.
    pub fn write(self, when: When) -> String {
        format!(
            "{}{:x}-{:x}",
            when.letter(),
            self.event_date.timestamp_micros(),
            self.id
        )
    }
}

/// One page of events.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// The events.
    pub items: Vec<Event>,
    /// The cursor of the next page, or null on the last one.
    pub next: Option<String>,
}

impl Page {
    /// Makes a page of at most `limit` events from up to one more than that, which tells whether a next page exists.
    pub fn new(mut items: Vec<Event>, limit: Limit, when: When) -> Self {
        let fits = usize::try_from(limit.get()).unwrap_or(usize::MAX);
        let more = items.len() > fits;
        items.truncate(fits);
        let next = items.last().filter(|_| more).map(|last| {
            Cursor {
                event_date: last.event_date,
                id: last.id,
            }
            .write(when)
        });
        Self { items, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_they_were() {
        let cursor = Cursor {
            event_date: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
            id: 42,
        };
        assert_eq!(
            Cursor::parse(&cursor.write(When::Past), When::Past),
            Ok(cursor)
        );
    }

    #[test]
    fn foreign_and_broken_cursors_are_refused() {
        let cursor = Cursor {
            event_date: DateTime::from_timestamp_micros(16).unwrap(),
            id: 42,
        }
        .write(When::Past);
        assert_eq!(cursor, "p10-2a");
        assert!(Cursor::parse(&cursor, When::Upcoming).is_err());
        for raw in [
            "",
            "p",
            "p10",
            "p10-",
            "p-10-2a",
            "p10-0",
            "p10--1",
            "p010-2a",
            "p+10-2a",
            "p7fffffffffffffff-1",
        ] {
            assert_eq!(
                Cursor::parse(raw, When::Past),
                Err(Reason::BadCursor),
                "{raw}"
            );
        }
    }

    #[test]
    fn limits_are_bounded() {
        assert_eq!(Limit::parse("100").map(Limit::get), Ok(100));
        assert!(
            Limit::parse("0").is_err()
                && Limit::parse("101").is_err()
                && Limit::parse("x").is_err()
        );
    }
}
