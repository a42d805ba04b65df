//! One event.

use sqlx::{PgConnection, query, types::Json};

use crate::domain::{Event, EventId, EventWithParticipants, Participant, Version, Waiting};

/// Finds an event, who has joined it and who waits.
pub async fn find(
    connection: &mut PgConnection,
    id: EventId,
) -> sqlx::Result<Option<EventWithParticipants>> {
    let row = query!(
        r#"
        select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer, e.created_at,
               e.xmin::text as "version!",
               p.participants as "participants!: Json<Vec<Participant>>",
               w.waitlist as "waitlist!: Json<Vec<Waiting>>"
          from events e
         cross join lateral (
               select coalesce(json_agg(json_build_object('user_name', user_name, 'registered_at', registered_at)
                                        order by id), '[]') as participants
                 from participants
                where event_id = e.id) p
         cross join lateral (
               select coalesce(json_agg(json_build_object('user_name', user_name, 'registered_at', registered_at,
                                                          'position', position) order by position), '[]') as waitlist
                 from (select user_name, registered_at, row_number() over (order by id) as position
                         from waitlist
                        where event_id = e.id) q) w
         where e.id = $1
        "#,
        id.get(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let Json(participants) = row.participants;
        let Json(waitlist) = row.waitlist;
        let count = |people: usize| i32::try_from(people).unwrap_or(i32::MAX);
        let event = Event {
            id: row.id,
            title: row.title,
            description: row.description,
            event_date: row.event_date,
            location: row.location,
            max_participants: row.max_participants,
            organizer: row.organizer,
            created_at: row.created_at,
            participants_count: count(participants.len()),
            seats_left: (row.max_participants - count(participants.len())).max(0),
            waitlist_count: count(waitlist.len()),
        };
        EventWithParticipants {
            event,
            participants,
            waitlist,
            version: Version::new(row.version),
        }
    }))
}
