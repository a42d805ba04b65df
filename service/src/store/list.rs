//! Lists of events.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, query_as};

use crate::domain::{Cursor, Event, Limit, When};

/// Which events to list.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Past, upcoming or all.
    pub when: When,
    /// The time that separates past from upcoming.
    pub now: DateTime<Utc>,
    /// Words that must occur as they are; empty for no condition.
    pub q: String,
    /// After which event the page begins.
    pub after: Option<Cursor>,
    /// How many events the page has.
    pub limit: Limit,
}

/// Lists events by time, with one event more than the limit if there is one.
pub async fn page(connection: &mut PgConnection, filter: Filter) -> sqlx::Result<Vec<Event>> {
    match filter.when {
        When::Past => list_backwards(connection, filter).await,
        When::Upcoming | When::All => list_forwards(connection, filter).await,
    }
}

async fn list_forwards(connection: &mut PgConnection, filter: Filter) -> sqlx::Result<Vec<Event>> {
    let from = (filter.when == When::Upcoming).then_some(filter.now);
    let (after, after_id) = keyset(filter.after);
    query_as!(
        Event,
        r#"
        select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer, e.created_at,
               p.count as "participants_count!",
               greatest(e.max_participants - p.count, 0) as "seats_left!", w.count as "waitlist_count!"
          from events e
         cross join lateral (select count(*)::integer as count from participants where event_id = e.id) p
         cross join lateral (select count(*)::integer as count from waitlist where event_id = e.id) w
         where ($1::timestamptz is null or e.event_date >= $1)
           and ($2::timestamptz is null or (e.event_date, e.id) > ($2, $3))
           and ($4 = '' or strpos(
                   lower(normalize(concat_ws(' ', e.title, e.description, e.location, e.organizer), nfkc)),
                   lower(normalize($4, nfkc))) > 0)
         order by e.event_date, e.id
         limit $5
        "#,
        from,
        after,
        after_id,
        filter.q,
        filter.limit.get() + 1,
    )
    .fetch_all(connection)
    .await
}

async fn list_backwards(connection: &mut PgConnection, filter: Filter) -> sqlx::Result<Vec<Event>> {
    let (before, before_id) = keyset(filter.after);
    query_as!(
        Event,
        r#"
        select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer, e.created_at,
               p.count as "participants_count!",
               greatest(e.max_participants - p.count, 0) as "seats_left!", w.count as "waitlist_count!"
          from events e
         cross join lateral (select count(*)::integer as count from participants where event_id = e.id) p
         cross join lateral (select count(*)::integer as count from waitlist where event_id = e.id) w
         where e.event_date < $1
           and ($2::timestamptz is null or (e.event_date, e.id) < ($2, $3))
           and ($4 = '' or strpos(
                   lower(normalize(concat_ws(' ', e.title, e.description, e.location, e.organizer), nfkc)),
                   lower(normalize($4, nfkc))) > 0)
         order by e.event_date desc, e.id desc
         limit $5
        "#,
        filter.now,
        before,
        before_id,
        filter.q,
        filter.limit.get() + 1,
    )
    .fetch_all(connection)
    .await
}

fn keyset(cursor: Option<Cursor>) -> (Option<DateTime<Utc>>, i64) {
    cursor.map_or((None, 0), |cursor| (Some(cursor.event_date), cursor.id))
}
