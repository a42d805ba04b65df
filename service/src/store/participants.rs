//! Who takes part.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, query};

use crate::domain::{EventId, event::UserName};

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
    /// All seats are taken.
    Full {
        /// How many have joined.
        participants: i32,
        /// How many can.
        max_participants: i32,
    },
    /// There is no such event.
    NoEvent,
}

/// Takes a seat, never one too many; `join_event` in the migrations says how.
pub async fn join(
    connection: &mut PgConnection,
    id: EventId,
    user: UserName,
) -> sqlx::Result<Joined> {
    let row = query!(
        r#"
        select status as "status!", registered_at, coalesce(taken, 0) as "taken!", coalesce(capacity, 0) as "capacity!"
          from join_event($1, $2)
        "#,
        id.get(),
        user.as_str(),
    )
    .fetch_one(connection)
    .await?;
    match (row.status, row.registered_at) {
        (201, Some(registered_at)) => Ok(Joined::Now { registered_at }),
        (200, Some(registered_at)) => Ok(Joined::Before { registered_at }),
        (409, _) => Ok(Joined::Full {
            participants: row.taken,
            max_participants: row.capacity,
        }),
        (404, _) => Ok(Joined::NoEvent),
        (status, _) => Err(sqlx::Error::Decode(
            format!("join_event answered with status {status}").into(),
        )),
    }
}

/// What came of a wish to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The seat is free again.
    Now,
    /// There was no seat of that name.
    NotJoined,
    /// There is no such event.
    NoEvent,
}

/// Gives a seat back.
pub async fn leave(
    connection: &mut PgConnection,
    id: EventId,
    user: UserName,
) -> sqlx::Result<Left> {
    let row = query!(
        r#"
        with gone as (delete from participants where event_id = $1 and user_name = $2 returning id)
        select exists (select from gone) as "left!", exists (select from events where id = $1) as "known!"
        "#,
        id.get(),
        user.as_str(),
    )
    .fetch_one(connection)
    .await?;
    Ok(match (row.left, row.known) {
        (true, _) => Left::Now,
        (false, true) => Left::NotJoined,
        (false, false) => Left::NoEvent,
    })
}
