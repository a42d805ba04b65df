//! Pages of a list of events.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Event, Reason};

/// How many events a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(i64);

impl Limit {
    /// The most events a page has.
    pub const MAX: i64 = 100;

    /// Checks the range.
    pub fn parse(raw: &str) -> Result<Self, Reason> {
        let digits = !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err(Reason::NotInteger);
        }
        raw.parse()
            .ok()
            .filter(|limit| (1..=Self::MAX).contains(limit))
            .map(Self)
            .ok_or(Reason::OutOfRange {
                min: 1,
                max: Self::MAX,
            })
    }

    /// As many as a page can have.
    pub fn most() -> Self {
        Self(Self::MAX)
    }

    /// The number of events.
    pub fn get(self) -> i64 {
        self.0
    }

    /// Cuts off what was read beyond the limit to know whether there is more, and says whether there is.
    pub fn cut<T>(self, items: &mut Vec<T>) -> bool {
        let fits = usize::try_from(self.0).unwrap_or(usize::MAX);
        let more = items.len() > fits;
        items.truncate(fits);
        more
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// One page of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page {
    /// The events.
    pub items: Vec<Event>,
    /// The cursor of the next page, or null on the last one.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        assert_eq!(Limit::parse("100").map(Limit::get), Ok(100));
        for raw in ["", "x", "+1", "-1", "1.0", "１"] {
            assert_eq!(Limit::parse(raw), Err(Reason::NotInteger), "{raw}");
        }
        for raw in ["0", "101", "256", "99999999999999999999"] {
            assert!(
                matches!(Limit::parse(raw), Err(Reason::OutOfRange { .. })),
                "{raw}"
            );
        }
    }
}
