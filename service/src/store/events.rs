//! The events.

use sqlx::{PgConnection, query, query_as, types::Json};

use crate::domain::{Event, EventDraft, EventId, EventWithParticipants, Participant};

/// Finds an event and who has joined it.
pub async fn find(
    connection: &mut PgConnection,
    id: EventId,
) -> sqlx::Result<Option<EventWithParticipants>> {
    let row = query!(
        r#"
        select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer, e.created_at,
               p.participants as "participants!: Json<Vec<Participant>>"
          from events e
         cross join lateral (
               select coalesce(json_agg(json_build_object('user_name', user_name, 'registered_at', registered_at)
                                        order by id), '[]') as participants
                 from participants
                where event_id = e.id) p
         where e.id = $1
        "#,
        id.get(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let Json(participants) = row.participants;
        let count = i32::try_from(participants.len()).unwrap_or(i32::MAX);
        let event = Event {
            id: row.id,
            title: row.title,
            description: row.description,
            event_date: row.event_date,
            location: row.location,
            max_participants: row.max_participants,
            organizer: row.organizer,
            created_at: row.created_at,
            participants_count: count,
            seats_left: (row.max_participants - count).max(0),
        };
        EventWithParticipants {
            event,
            participants,
        }
    }))
}

/// Creates an event.
pub async fn create(connection: &mut PgConnection, draft: EventDraft) -> sqlx::Result<Event> {
    query_as!(
        Event,
        r#"
        insert into events (title, description, event_date, location, max_participants, organizer)
        values ($1, $2, $3, $4, $5, $6)
        returning id, title, description, event_date, location, max_participants, organizer, created_at,
                  0 as "participants_count!", max_participants as "seats_left!"
        "#,
        draft.title.as_str(),
        draft.description.as_str(),
        draft.event_date.get(),
        draft.location.as_str(),
        draft.max_participants.get(),
        draft.organizer.as_str(),
    )
    .fetch_one(connection)
    .await
}

/// Replaces what can be changed of an event.
pub async fn replace(
    connection: &mut PgConnection,
    id: EventId,
    draft: EventDraft,
) -> sqlx::Result<Option<Event>> {
    query_as!(
        Event,
        r#"
        with changed as (
            update events
               set title = $2, description = $3, event_date = $4, location = $5, max_participants = $6, organizer = $7
             where id = $1
            returning *
        )
        select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer, e.created_at,
               p.count as "participants_count!",
               greatest(e.max_participants - p.count, 0) as "seats_left!"
          from changed e
         cross join lateral (select count(*)::integer as count from participants where event_id = e.id) p
        "#,
        id.get(),
        draft.title.as_str(),
        draft.description.as_str(),
        draft.event_date.get(),
        draft.location.as_str(),
        draft.max_participants.get(),
        draft.organizer.as_str(),
    )
    .fetch_optional(connection)
    .await
}

/// Deletes an event and its participants; false if there was none.
pub async fn delete(connection: &mut PgConnection, id: EventId) -> sqlx::Result<bool> {
    let result = query!("delete from events where id = $1", id.get())
        .execute(connection)
        .await?;
    Ok(result.rows_affected() > 0)
}
