//! Events for calendars, cancelled ones included.

use sqlx::{PgConnection, query_as};

use crate::domain::{
    EventId, UserName,
    calendar::{Entry, Window},
};

/// Reads the events that a query chooses, with their names and revisions.
macro_rules! entries {
    ($chosen:literal, $($argument:expr),* $(,)?) => {
        query_as!(
            Entry,
            "select format('event-%s@%s', c.id, (select id from installation)) as \"uid!\",
                    c.id as \"id!\", c.title as \"title!\", c.description as \"description!\",
                    c.event_date as \"event_date!\", c.location as \"location!\", c.organizer as \"organizer!\",
                    c.cancelled as \"cancelled!\", c.waiting as \"waiting!\",
                    r.revision as \"revision!\", coalesce(r.changed_at, c.at) as \"changed_at!\"
               from (" + $chosen + ") c (id, title, description, event_date, location, organizer, at, cancelled, waiting)
              cross join lateral (
                    select count(*) filter (where h.action <> 'created')::integer as revision, max(h.at) as changed_at
                      from history h
                     where h.event_id = c.id and h.action in ('created', 'changed', 'deleted')) r
              order by c.event_date, c.id",
            $($argument),*
        )
    };
}

/// One event, also if it was cancelled; none if there never was one of that number, or it took place and was deleted.
pub async fn event(connection: &mut PgConnection, id: EventId) -> sqlx::Result<Vec<Entry>> {
    entries!(
        "select id, title, description, event_date, location, organizer, created_at, false, false
           from events
          where id = $1
          union all
         select id, title, description, event_date, location, organizer, cancelled_at, true, false
           from cancelled_events
          where id = $1",
        id.get(),
    )
    .fetch_all(connection)
    .await
}

/// All events of a feed.
pub async fn all(connection: &mut PgConnection, window: Window) -> sqlx::Result<Vec<Entry>> {
    entries!(
        "(select id, title, description, event_date, location, organizer, created_at, false, false
            from events
           where event_date >= $1
           order by event_date, id
           limit $3)
          union all
         (select id, title, description, event_date, location, organizer, cancelled_at, true, false
            from cancelled_events
           where cancelled_at >= $2 and event_date >= $1
           order by cancelled_at desc
           limit $4)",
        window.from,
        window.cancelled_from,
        Window::EVENTS,
        Window::CANCELLED,
    )
    .fetch_all(connection)
    .await
}

/// The events of a feed that a person organises, has joined or waits for; of cancelled ones, did until then.
pub async fn of_person(
    connection: &mut PgConnection,
    user: UserName,
    window: Window,
) -> sqlx::Result<Vec<Entry>> {
    entries!(
        "(select e.id, e.title, e.description, e.event_date, e.location, e.organizer, e.created_at, false,
                 p.id is null and w.id is not null
            from events e
            left join participants p on p.event_id = e.id and p.user_name = $5
            left join waitlist w on w.event_id = e.id and w.user_name = $5
           where e.event_date >= $1 and (e.organizer = $5 or p.id is not null or w.id is not null)
           order by e.event_date, e.id
           limit $3)
          union all
         (select c.id, c.title, c.description, c.event_date, c.location, c.organizer, c.cancelled_at, true, false
            from cancelled_events c
           where c.cancelled_at >= $2 and c.event_date >= $1
             and (c.organizer = $5
                  or (select h.action
                        from history h
                       where h.event_id = c.id and h.user_name = $5
                       order by h.id desc
                       limit 1) in ('joined', 'promoted', 'waitlisted'))
           order by c.cancelled_at desc
           limit $4)",
        window.from,
        window.cancelled_from,
        Window::EVENTS,
        Window::CANCELLED,
        user.as_str(),
    )
    .fetch_all(connection)
    .await
}
