//! Why a value was not accepted.

use thiserror::Error;

/// One value that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The name of the field or parameter.
    pub field: String,
    /// Why it was refused.
    pub reason: Reason,
}

impl Invalid {
    /// Says that `field` was refused because of `reason`.
    pub fn new(field: impl Into<String>, reason: Reason) -> Self {
        Self {
            field: field.into(),
            reason,
        }
    }
}

/// Why a value was refused. The text shown to people is made where their language is known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Reason {
    /// The field is not there.
    #[error("is required")]
    Missing,
    /// The field means nothing here.
    #[error("is not a known field")]
    Unknown,
    /// The value is not a JSON string.
    #[error("must be a string")]
    NotText,
    /// The value is not a whole number.
    #[error("must be a whole number")]
    NotInteger,
    /// The value is not an RFC 3339 time.
    #[error("must be a time such as 2026-04-01T19:00:00+09:00")]
    NotTime,
    /// The value is neither a day nor an RFC 3339 time.
    #[error("must be a day such as 2026-04-01 or a time such as 2026-04-01T19:00:00+09:00")]
    NotDayOrTime,
    /// The value is not a day.
    #[error("must be a day such as 2026-04-01")]
    NotDay,
    /// The value is not a time of the day.
    #[error("must be a time such as 19:00")]
    NotClock,
    /// The clocks are put forward over this time, so that it never comes.
    #[error("does not exist on that day, because the clocks are put forward")]
    ClockSkips,
    /// The text is empty or only white space.
    #[error("must not be empty")]
    Empty,
    /// The text has more characters than fit.
    #[error("must have at most {max} characters, but has {actual}")]
    TooLong {
        /// The most characters that fit.
        max: usize,
        /// The number of characters there were.
        actual: usize,
    },
    /// The text has a control character, such as NUL.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// The number or the year lies outside its range.
    #[error("must be between {min} and {max}")]
    OutOfRange {
        /// The smallest value accepted.
        min: i64,
        /// The largest value accepted.
        max: i64,
    },
    /// The value is none of those that are known.
    #[error("must be one of {0}")]
    NotOneOf(&'static str),
    /// The cursor was not given out by this list.
    #[error("is not a cursor of this list")]
    BadCursor,
}
