//! Which events a list shows, and in which order.

use chrono::{DateTime, Utc};

use super::{Cursor, Reason, Text, UserName};

/// The words of a search.
pub type Words = Text<0, 200>;

/// On which side of the present the events of a list lie, and their order.
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
    /// Their names, in the order of the variants.
    pub const NAMES: [&str; 3] = ["upcoming", "past", "all"];

    /// Parses the parameter `when`.
    pub fn parse(raw: &str) -> Result<Self, Reason> {
        match raw {
            "upcoming" => Ok(Self::Upcoming),
            "past" => Ok(Self::Past),
            "all" => Ok(Self::All),
            _ => Err(Reason::NotOneOf("upcoming, past, all")),
        }
    }
}

/// Which events a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Past, upcoming or all.
    pub when: When,
    /// Those that begin then or later.
    pub from: Option<DateTime<Utc>>,
    /// Those that begin before.
    pub to: Option<DateTime<Utc>>,
    /// Those in which all these words occur.
    pub words: Option<Words>,
    /// Those that this person has joined.
    pub user: Option<UserName>,
    /// Those that this person organises.
    pub organizer: Option<UserName>,
}

/// The part of all events, ordered by time, that lies between two places, both excluded.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// Where it begins.
    pub after: Option<Cursor>,
    /// Where it ends.
    pub before: Option<Cursor>,
}

impl Filter {
    /// Whether the latest events come first.
    pub fn latest_first(&self) -> bool {
        self.when == When::Past
    }

    /// What is left of the list after the last event of the page before.
    pub fn span(&self, now: DateTime<Utc>, page: Option<Cursor>) -> Span {
        // No event has the number 0, so this place lies between those that begin earlier and those that begin then.
        let at = |time: DateTime<Utc>| Cursor {
            event_date: time,
            id: 0,
        };
        let now = at(now);
        let (from, to) = (self.from.map(at), self.to.map(at));
        let upcoming = (self.when == When::Upcoming).then_some(now);
        match self.when {
            When::Past => Span {
                after: from,
                before: [to, page, Some(now)].into_iter().flatten().min(),
            },
            When::Upcoming | When::All => Span {
                after: [from, page, upcoming].into_iter().flatten().max(),
                before: to,
            },
        }
    }

    /// The filter as bytes, different for different filters, and the same in every version of the service.
    pub(super) fn canonical(&self) -> Vec<u8> {
        let mut bytes = vec![self.when as u8];
        let time = |time: Option<DateTime<Utc>>| time.map(|t| t.timestamp_micros().to_string());
        for value in [
            time(self.from).as_deref(),
            time(self.to).as_deref(),
            self.words.as_ref().map(Text::as_str),
            self.user.as_ref().map(Text::as_str),
            self.organizer.as_ref().map(Text::as_str),
        ] {
            // A length that no value has stands for "none".
            let length = value.map_or(u32::MAX, |value| value.len() as u32);
            bytes.extend(length.to_be_bytes());
            bytes.extend(value.unwrap_or_default().as_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(raw: &str) -> DateTime<Utc> {
        raw.parse().unwrap()
    }

    #[test]
    fn the_nearer_limit_counts() {
        let (early, now, late) = (
            time("2020-01-01T00:00:00Z"),
            time("2025-01-01T00:00:00Z"),
            time("2030-01-01T00:00:00Z"),
        );
        let filter = |when, from, to| Filter {
            when,
            from,
            to,
            ..Filter::default()
        };
        let limits = |filter: Filter| {
            let span = filter.span(now, None);
            (
                span.after.map(|c| c.event_date),
                span.before.map(|c| c.event_date),
            )
        };
        assert_eq!(
            limits(filter(When::Upcoming, Some(early), None)),
            (Some(now), None)
        );
        assert_eq!(
            limits(filter(When::Upcoming, Some(late), None)),
            (Some(late), None)
        );
        assert_eq!(
            limits(filter(When::Past, Some(early), Some(late))),
            (Some(early), Some(now))
        );
        assert_eq!(
            limits(filter(When::Past, None, Some(early))),
            (None, Some(early))
        );
        assert_eq!(
            limits(filter(When::All, Some(early), Some(late))),
            (Some(early), Some(late))
        );
    }
}
