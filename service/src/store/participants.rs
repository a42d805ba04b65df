//! Who takes part and who waits; the functions in the migrations have the rules.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, query};

use super::edits::unknown;
use crate::domain::{EventId, UserName};

/// Whether somebody who finds the event full wants to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfFull {
    /// Then there is nothing to do.
    Refuse,
    /// Then they wait for a seat.
    Wait,
}

/// What came of a wish to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// There is a seat, newly taken.
    Now {
        /// When it was taken.
        registered_at: DateTime<Utc>,
    },
    /// There is a seat, taken before.
    Before {
        /// When it was taken.
        registered_at: DateTime<Utc>,
    },
    /// There is a place on the waitlist.
    Waiting {
        /// Since when.
        registered_at: DateTime<Utc>,
        /// Whose turn it is: 1 for the next one.
        position: i32,
    },
    /// All seats are taken.
    Full {
        /// How many have joined.
        participants: i32,
        /// How many can.
        max_participants: i32,
    },
    /// The event has begun.
    Begun,
    /// There is no such event.
    NoEvent,
}

/// Takes a seat, never one too many, or a place on the waitlist.
pub async fn join(
    connection: &mut PgConnection,
    id: EventId,
    user: UserName,
    if_full: IfFull,
    actor: Option<UserName>,
) -> sqlx::Result<Joined> {
    let row = query!(
        "call take_seat($1, $2, $3, $4, null, null, null, null, null)",
        id.get(),
        user.as_str(),
        if_full == IfFull::Wait,
        actor.as_ref().map(UserName::as_str),
    )
    .fetch_one(connection)
    .await?;
    let (taken, capacity) = (row.taken.unwrap_or(0), row.capacity.unwrap_or(0));
    match (row.outcome.unwrap_or_default().as_str(), row.registered_at) {
        ("joined", Some(registered_at)) => Ok(Joined::Now { registered_at }),
        ("already_joined", Some(registered_at)) => Ok(Joined::Before { registered_at }),
        ("waitlisted" | "waiting", Some(registered_at)) => Ok(Joined::Waiting {
            registered_at,
            position: row.place.unwrap_or(0),
        }),
        ("full", _) => Ok(Joined::Full {
            participants: taken,
            max_participants: capacity,
        }),
        ("begun", _) => Ok(Joined::Begun),
        ("no_event", _) => Ok(Joined::NoEvent),
        (outcome, _) => Err(unknown("take_seat", outcome)),
    }
}

/// What came of a wish to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The seat is free again, or belongs to the first who waited.
    Seat,
    /// The place on the waitlist is given up.
    Waitlist,
    /// There was neither seat nor place of that name.
    NotJoined,
    /// The event has begun.
    Begun,
    /// There is no such event.
    NoEvent,
}

/// Gives a seat or a place on the waitlist back.
pub async fn leave(
    connection: &mut PgConnection,
    id: EventId,
    user: UserName,
    actor: Option<UserName>,
) -> sqlx::Result<Left> {
    let row = query!(
        r#"select outcome as "outcome!" from leave_event($1, $2, $3)"#,
        id.get(),
        user.as_str(),
        actor.as_ref().map(UserName::as_str),
    )
    .fetch_one(connection)
    .await?;
    match row.outcome.as_str() {
        "left" => Ok(Left::Seat),
        "left_waitlist" => Ok(Left::Waitlist),
        "not_joined" => Ok(Left::NotJoined),
        "begun" => Ok(Left::Begun),
        "no_event" => Ok(Left::NoEvent),
        outcome => Err(unknown("leave_event", outcome)),
    }
}
