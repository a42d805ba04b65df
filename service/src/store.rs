//! All the SQL, checked against the migrations when it is compiled, and nothing else.
//!
//! Each function is one round trip.
//! They take their values by ownership, so that [`crate::db::Db`] can run them a second time.

pub mod calendars;
pub mod edits;
pub mod events;
pub mod feeds;
pub mod figures;
pub mod history;
pub mod import;
pub mod list;
pub mod months;
pub mod notifications;
pub mod participants;
pub mod sample;
pub mod standing;
