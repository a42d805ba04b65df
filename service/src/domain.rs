//! What an event is and which values it accepts.
//!
//! Pure: no HTTP, no SQL, no clock.
//! A value of these types has passed its checks; there is no other way to make one.

pub mod actor;
pub mod calendar;
pub mod cursor;
pub mod day;
pub mod draft;
pub mod event;
pub mod feed;
pub mod filter;
pub mod history;
pub mod invalid;
pub mod language;
pub mod month;
pub mod notification;
pub mod page;
pub mod period;
pub mod text;

pub use actor::Actor;
pub use cursor::{Cursor, CursorKey};
pub use draft::{Capacity, EventDraft, UserName};
pub use event::{Event, EventId, EventWithParticipants, Participant, Standing, Version, Waiting};
pub use filter::{Filter, Span, When};
pub use history::{Action, Entry, HistoryPage};
pub use invalid::{Invalid, Reason};
pub use language::Language;
pub use month::Month;
pub use page::{Limit, Page};
pub use period::Period;
pub use text::Text;
