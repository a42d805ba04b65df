//! The events of a month at a glance.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, query_as};

/// What a calendar shows of an event.
#[derive(Debug, Clone)]
pub struct Brief {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub event_date: DateTime<Utc>,
    /// Whether all seats are taken.
    pub full: bool,
}

/// The first `limit` events that begin at `from` or later and before `to`, soonest first.
pub async fn events(
    connection: &mut PgConnection,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Brief>> {
    query_as!(
        Brief,
        r#"
        select e.id, e.title, e.event_date,
               (select count(*) from participants p where p.event_id = e.id) >= e.max_participants as "full!"
          from events e
         where e.event_date >= $1 and e.event_date < $2
         order by e.event_date, e.id
         limit $3
        "#,
        from,
        to,
        limit,
    )
    .fetch_all(connection)
    .await
}
