//! What happened to events.

use sqlx::{PgConnection, query, query_scalar, types::Json};

use crate::domain::{Entry, EventId, Limit};

/// Lists what happened to an event after the entry of that number, with one entry more than the limit if there is one.
/// `None` if there is no such event and never was one.
pub async fn page(
    connection: &mut PgConnection,
    id: EventId,
    after: i64,
    limit: Limit,
) -> sqlx::Result<Option<Vec<Entry>>> {
    let row = query!(
        r#"
        select exists (select from events where id = $1) or exists (select from history where event_id = $1) as "known!",
               coalesce(json_agg(entry order by entry.id), '[]') as "entries!: Json<Vec<Entry>>"
          from (select id, at, action, actor, user_name, details
                  from history
                 where event_id = $1 and id > $2
                 order by id
                 limit $3) entry
        "#,
        id.get(),
        after,
        limit.get() + 1,
    )
    .fetch_one(connection)
    .await?;
    let Json(entries) = row.entries;
    Ok(row.known.then_some(entries))
}

/// What happened to an event last, the latest first.
pub async fn latest(
    connection: &mut PgConnection,
    id: EventId,
    limit: Limit,
) -> sqlx::Result<Vec<Entry>> {
    let entries = query_scalar!(
        r#"
        select coalesce(json_agg(entry order by entry.id desc), '[]') as "entries!: Json<Vec<Entry>>"
          from (select id, at, action, actor, user_name, details
                  from history
                 where event_id = $1
                 order by id desc
                 limit $2) entry
        "#,
        id.get(),
        limit.get(),
    )
    .fetch_one(connection)
    .await?;
    let Json(entries) = entries;
    Ok(entries)
}
