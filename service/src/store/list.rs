//! Lists of events.

use sqlx::{PgConnection, query_as, query_scalar};

use crate::domain::{Cursor, Event, Filter, Limit, Span, Text};

/// Which part of which list to read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which events the list has.
    pub filter: Filter,
    /// Which of them the page can have.
    pub span: Span,
    /// How many events the page has.
    pub limit: Limit,
}

/// Reads the events that a query finds, in its order, with their numbers of people, which are counted for them only.
macro_rules! events {
    ($found:literal, $order:literal, $($argument:expr),* $(,)?) => {
        query_as!(
            Event,
            "select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer,
                    e.created_at, p.count as \"participants_count!\",
                    greatest(e.max_participants - p.count, 0) as \"seats_left!\", w.count as \"waitlist_count!\"
               from (" + $found + ") e
              cross join lateral (select count(*)::integer as count from participants where event_id = e.id) p
              cross join lateral (select count(*)::integer as count from waitlist where event_id = e.id) w
              order by " + $order,
            $($argument),*
        )
    };
}

/// Reads a page, with one event more than the limit if there is one.
///
/// Lists by time alone walk an index, with a plan that is made once. All others leave the plan to `find_events` of
/// the migrations.
pub async fn page(connection: &mut PgConnection, wanted: Wanted) -> sqlx::Result<Vec<Event>> {
    let Wanted {
        filter,
        span,
        limit,
    } = wanted;
    let limit = limit.get() + 1;
    let bound = |place: Option<Cursor>| place.map_or((None, 0), |p| (Some(p.event_date), p.id));
    let ((after, after_id), (before, before_id)) = (bound(span.after), bound(span.before));
    let (words, user, organizer) = (
        filter.words.as_ref().map(Text::as_str),
        filter.user.as_ref().map(Text::as_str),
        filter.organizer.as_ref().map(Text::as_str),
    );
    let by_time = words.is_none() && user.is_none() && organizer.is_none();
    match (by_time, filter.latest_first()) {
        (true, false) => {
            events!(
                "select * from events
                  where (event_date, id) > (coalesce($1, '-infinity'::timestamptz), $2)
                    and (event_date, id) < (coalesce($3, 'infinity'::timestamptz), $4)
                  order by event_date, id
                  limit $5",
                "e.event_date, e.id",
                after,
                after_id,
                before,
                before_id,
                limit,
            )
            .fetch_all(connection)
            .await
        }
        (true, true) => {
            events!(
                "select * from events
                  where (event_date, id) > (coalesce($1, '-infinity'::timestamptz), $2)
                    and (event_date, id) < (coalesce($3, 'infinity'::timestamptz), $4)
                  order by event_date desc, id desc
                  limit $5",
                "e.event_date desc, e.id desc",
                after,
                after_id,
                before,
                before_id,
                limit,
            )
            .fetch_all(connection)
            .await
        }
        (false, latest_first) => {
            events!(
                "select events.*, found.place
                   from find_events(
                        coalesce($6, ''), $7, $8,
                        coalesce($1, '-infinity'::timestamptz), $2,
                        coalesce($3, 'infinity'::timestamptz), $4, $9, $5)
                        with ordinality as found (id, place)
                   join events using (id)",
                "e.place",
                after,
                after_id,
                before,
                before_id,
                limit,
                words,
                user,
                organizer,
                latest_first,
            )
            .fetch_all(connection)
            .await
        }
    }
}

/// The secret of which all tasks make the key that signs cursors.
pub async fn cursor_secret(connection: &mut PgConnection) -> sqlx::Result<Vec<u8>> {
    query_scalar!("select key from cursor_key")
        .fetch_one(connection)
        .await
}
