//! One event.

use sqlx::{PgConnection, query};

use crate::domain::{Event, EventId, EventWithParticipants, Participant, Version, Waiting};

/// Finds those of some events that there are, who has joined them and who waits.
///
/// The plan is made once: behind a `select`, the planner does not see how many events are wanted, and need not compare
/// plans for each number of them.
pub async fn find(
    connection: &mut PgConnection,
    ids: Vec<EventId>,
) -> sqlx::Result<Vec<(EventId, EventWithParticipants)>> {
    let wanted: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let rows = query!(
        r#"
        select e.id, e.title, e.description, e.event_date, e.location, e.max_participants, e.organizer, e.created_at,
               e.xmin::text as "version!",
               p.names as "names!", p.times as "times!", w.names as "waiting_names!", w.times as "waiting_times!"
          from events e
         cross join lateral (
               select coalesce(array_agg(user_name), '{}') as names, coalesce(array_agg(registered_at), '{}') as times
                 from (select user_name, registered_at from participants where event_id = e.id order by id) q) p
         cross join lateral (
               select coalesce(array_agg(user_name), '{}') as names, coalesce(array_agg(registered_at), '{}') as times
                 from (select user_name, registered_at from waitlist where event_id = e.id order by id) q) w
         where e.id = any((select $1::bigint[])::bigint[])
        "#,
        &wanted,
    )
    .fetch_all(connection)
    .await?;
    let found = rows.into_iter().map(|row| {
        let participants: Vec<_> = row
            .names
            .into_iter()
            .zip(row.times)
            .map(|(user_name, registered_at)| Participant {
                user_name,
                registered_at,
            })
            .collect();
        let waitlist: Vec<_> = row
            .waiting_names
            .into_iter()
            .zip(row.waiting_times)
            .zip(1..)
            .map(|((user_name, registered_at), position)| Waiting {
                user_name,
                registered_at,
                position,
            })
            .collect();
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
        let event = EventWithParticipants {
            event,
            participants,
            waitlist,
            version: Version::new(row.version),
        };
        (event.event.number(), event)
    });
    Ok(found.collect())
}
