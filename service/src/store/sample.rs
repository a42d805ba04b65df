//! The sample events.

use sqlx::{Connection as _, PgConnection, query, query_scalar};

use crate::sample::{PEOPLE, Sample};

/// How many samples one statement takes.
const BATCH: usize = 1_000;

/// Adds those samples that are not there yet, with their participants, and says how many that were.
pub async fn add(connection: &mut PgConnection, samples: &[Sample]) -> sqlx::Result<i64> {
    let people: Vec<String> = PEOPLE.iter().map(|name| (*name).to_owned()).collect();
    let mut transaction = connection.begin().await?;
    // Two at the same time would both find the events missing. The number is the lock's name, nothing more.
    query!("select pg_advisory_xact_lock(7340211)")
        .execute(&mut *transaction)
        .await?;
    let mut added = 0;
    for batch in samples.chunks(BATCH) {
        added += add_batch(&mut transaction, batch, &people).await?;
    }
    transaction.commit().await?;
    Ok(added)
}

async fn add_batch(
    connection: &mut PgConnection,
    batch: &[Sample],
    people: &[String],
) -> sqlx::Result<i64> {
    let texts = |text: fn(&Sample) -> &str| -> Vec<String> {
        batch.iter().map(|sample| text(sample).to_owned()).collect()
    };
    let (titles, descriptions) = (
        texts(|sample| &sample.title),
        texts(|sample| sample.description),
    );
    let (locations, organizers) = (
        texts(|sample| sample.location),
        texts(|sample| sample.organizer),
    );
    let dates: Vec<_> = batch.iter().map(|sample| sample.event_date).collect();
    let capacities: Vec<_> = batch.iter().map(|sample| sample.max_participants).collect();
    let joined: Vec<_> = batch.iter().map(|sample| sample.participants).collect();
    query_scalar!(
        r#"
        with wanted as (
            select *
              from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::integer[], $6::text[], $7::integer[])
                as w (title, description, event_date, location, max_participants, organizer, joined)
        ), made as (
            insert into events (title, description, event_date, location, max_participants, organizer, created_at)
            select title, description, event_date, location, max_participants, organizer,
                   least(now(), event_date - interval '20 days')
              from wanted w
             where not exists (select from events e where e.title = w.title and e.organizer = w.organizer)
            returning id, title, organizer, created_at
        ), seated as (
            -- One after the other: many in the first days, and none later than now.
            insert into participants (event_id, user_name, registered_at)
            select m.id, p.name, least(now(), m.created_at + p.place * p.place * interval '1 hour')
              from made m
              join wanted w using (title, organizer)
              join unnest($8::text[]) with ordinality as p (name, place) on p.place <= w.joined
        )
        select count(*) as "count!" from made
        "#,
        &titles,
        &descriptions,
        &dates,
        &locations,
        &capacities,
        &organizers,
        &joined,
        people,
    )
    .fetch_one(connection)
    .await
}
