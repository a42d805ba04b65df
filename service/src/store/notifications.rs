//! What is still to be told of events, and by whom.
//!
//! A notification is due, or claimed by a task until a time at which it is due again, or put off, or delivered.
//! One that was given up is due at infinity. Times are those of the database, which all tasks share.

use std::time::Duration;

use serde_json::Value;
use sqlx::{PgConnection, query, query_as};

/// A notification that a task has claimed.
#[derive(Debug)]
pub struct Claimed {
    /// Its number.
    pub id: i64,
    /// The number of its event, which may be gone.
    pub event_id: i64,
    /// Its kind.
    pub kind: String,
    /// What it says.
    pub payload: Value,
    /// Which try this is, from 1.
    pub attempts: i32,
    /// Whether there is a point in telling it: a reminder of a date that was moved or has passed has none.
    pub current: bool,
}

/// Claims the notification that is due first, for as long as `lease`; `None` if none is due or it is too early for
/// another message. If it is neither settled nor put off by then, it is due again.
///
/// The claim is committed at once: no transaction waits for the receiver.
/// Of each event only the oldest can be claimed, so that news arrive in their order. Those that bid people come tell of
/// the event as it is by now; the others tell what happened.
pub async fn claim(
    connection: &mut PgConnection,
    lease: Duration,
) -> sqlx::Result<Option<Claimed>> {
    query_as!(
        Claimed,
        r#"
        with due as (
            select n.id
              from notifications n
             where n.delivered_at is null and n.due_at <= now() and n.created_at > now() - interval '24 hours'
               and not exists (select from notifications o
                                where o.event_id = n.event_id and o.id < n.id
                                  and o.delivered_at is null and o.due_at < 'infinity')
               and exists (select from outbox_pace where next_at <= now())
             order by n.due_at, n.id
             limit 1
               for update skip locked
        ), turn as (
            update outbox_pace
               set next_at = clock_timestamp() + interval '1 second'
             where next_at <= now() and exists (select from due)
            returning the_only_one
        )
        update notifications n
           set attempts = n.attempts + 1, due_at = clock_timestamp() + make_interval(secs => $1)
          from due, turn
         where n.id = due.id
        returning n.id, n.event_id, n.kind, n.attempts,
                  case when n.kind in ('promoted', 'reminder')
                       then n.payload
                            || coalesce((select event_notice(e) from events e where e.id = n.event_id), '{}')
                       else n.payload
                  end as "payload!",
                  n.kind <> 'reminder'
                  or exists (select from events e
                              where e.id = n.event_id and e.event_date > now()
                                and e.event_date = (n.payload #>> '{event,event_date}')::timestamptz) as "current!"
        "#,
        lease.as_secs_f64(),
    )
    .fetch_optional(connection)
    .await
}

/// What came of a claim.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The notification was delivered.
    Delivered,
    /// It need not be told any more.
    Obsolete,
    /// It was not delivered, and is due again after a while.
    Failed {
        /// After how long.
        retry_in: Duration,
        /// Why it was not delivered.
        error: String,
    },
}

/// Notes what came of a claim. A failure counts only if nobody has claimed the notification since.
pub async fn settle(
    connection: &mut PgConnection,
    id: i64,
    attempts: i32,
    outcome: Outcome,
) -> sqlx::Result<()> {
    let query = match outcome {
        Outcome::Delivered => query!(
            "update notifications set delivered_at = clock_timestamp(), last_error = null where id = $1",
            id,
        ),
        Outcome::Obsolete => query!("delete from notifications where id = $1", id),
        Outcome::Failed { retry_in, error } => query!(
            r#"
            update notifications
               set due_at = clock_timestamp() + make_interval(secs => $3), last_error = $4
             where id = $1 and attempts = $2 and delivered_at is null and due_at < 'infinity'
            "#,
            id,
            attempts,
            retry_in.as_secs_f64(),
            error,
        ),
    };
    query.execute(connection).await.map(drop)
}

/// Lets no task send anything for as long as `wait`.
pub async fn pause(connection: &mut PgConnection, wait: Duration) -> sqlx::Result<()> {
    query!(
        "update outbox_pace set next_at = greatest(next_at, clock_timestamp() + make_interval(secs => $1))",
        wait.as_secs_f64(),
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Reminds of the events that begin within a day, once for each date of an event, and says of how many.
///
/// Nobody is reminded of a date that was announced less than a day before it.
pub async fn remind(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let result = query!(
        r#"
        insert into notifications (event_id, kind, payload)
        select e.id, 'reminder',
               event_notice(e) || jsonb_build_object(
                   'participants_count', (select count(*) from participants p where p.event_id = e.id))
          from events e
         where e.event_date > now() and e.event_date <= now() + interval '24 hours'
           and e.created_at <= e.event_date - interval '24 hours'
           and not exists (select from history h
                            where h.event_id = e.id and h.action = 'changed' and h.details ? 'event_date'
                              and h.at > e.event_date - interval '24 hours')
           and not exists (select from notifications n
                            where n.event_id = e.id and n.kind = 'reminder'
                              and n.payload -> 'event' ->> 'event_date' = event_fields(e) ->> 'event_date')
         order by e.event_date, e.id
            on conflict do nothing
        "#,
    )
    .execute(connection)
    .await?;
    Ok(result.rows_affected())
}

/// A notification that was given up.
#[derive(Debug)]
pub struct GivenUp {
    /// Its number.
    pub id: i64,
    /// The number of its event.
    pub event_id: i64,
    /// Its kind.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i32,
    /// What the last try failed of.
    pub last_error: Option<String>,
}

/// Gives up what could not be delivered for a day: by then it is no news.
pub async fn give_up(connection: &mut PgConnection) -> sqlx::Result<Vec<GivenUp>> {
    query_as!(
        GivenUp,
        r#"
        update notifications
           set due_at = 'infinity'
         where delivered_at is null and due_at < 'infinity' and created_at <= now() - interval '24 hours'
        returning id, event_id, kind, attempts, last_error
        "#,
    )
    .fetch_all(connection)
    .await
}

/// What is due and not delivered.
#[derive(Debug)]
pub struct Backlog {
    /// How many notifications that is.
    pub pending: i64,
    /// The age of the oldest in seconds, 0 if there is none.
    pub oldest_seconds: f64,
}

/// Counts what is due and not delivered, what has failed and is put off included: it was due before.
/// What is held back for further changes, and what was given up, is not.
pub async fn backlog(connection: &mut PgConnection) -> sqlx::Result<Backlog> {
    query_as!(
        Backlog,
        r#"
        select count(*) as "pending!",
               coalesce(extract(epoch from now() - min(created_at)), 0)::double precision as "oldest_seconds!"
          from notifications
         where delivered_at is null and due_at < 'infinity' and (due_at <= now() or attempts > 0)
        "#,
    )
    .fetch_one(connection)
    .await
}

/// Removes what nobody asks for any more, a bounded number of rows at a time, and says how many those were:
/// notifications after a month, and the keys of requests after the day in which they protect from repetition.
pub async fn purge(connection: &mut PgConnection) -> sqlx::Result<i64> {
    let row = query!(
        r#"
        with old as (
            delete from notifications
             where id in (select id from notifications where created_at < now() - interval '30 days' limit 1000)
            returning id
        ), unused as (
            delete from idempotency_keys k
             where (k.actor, k.key) in (
                   select o.actor, o.key
                     from idempotency_keys o
                    where o.created_at < now() - interval '24 hours'
                    limit 1000
                      for update skip locked)
            returning k.key
        )
        select (select count(*) from old) + (select count(*) from unused) as "removed!"
        "#,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.removed)
}
