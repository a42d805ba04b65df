//! What people were told, compared with what the history says.

use std::collections::HashMap;

use sqlx::PgConnection;

/// How often somebody was told to have a seat, to have a place on the waitlist, or to have given either back.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) joined: i64,
    pub(super) waiting: i64,
    pub(super) gone: i64,
}

/// What was told to whom about which event.
pub(super) type Acknowledged = HashMap<(i64, String), Told>;

/// What people were told is in the history, each as often as it was told, and nothing else.
pub(super) async fn check(connection: &mut PgConnection, mut acknowledged: Acknowledged) {
    let outcomes = sqlx::query_as::<_, (i64, String, i64, i64, i64)>(
        "select event_id, user_name, count(*) filter (where outcome = 'joined'),
                count(*) filter (where outcome in ('waitlisted', 'waiting')),
                count(*) filter (where outcome in ('left', 'left_waitlist'))
           from acknowledged group by event_id, user_name",
    );
    for (event, user, joined, waiting, gone) in outcomes.fetch_all(&mut *connection).await.unwrap()
    {
        let told = acknowledged.entry((event, user)).or_default();
        told.joined += joined;
        told.waiting += waiting;
        told.gone += gone;
    }
    let noted = sqlx::query_as::<_, (i64, String, i64, i64, i64)>(
        "select event_id, user_name, count(*) filter (where action = 'joined'),
                count(*) filter (where action = 'waitlisted'),
                count(*) filter (where action in ('left', 'left_waitlist'))
           from history where user_name is not null group by event_id, user_name",
    );
    for (event, user, joined, waiting, gone) in noted.fetch_all(connection).await.unwrap() {
        let told = acknowledged
            .remove(&(event, user.clone()))
            .unwrap_or_default();
        assert_eq!(
            (told.joined, told.gone),
            (joined, gone),
            "{user} at event {event}: told and noted"
        );
        // Who waits already is told so as often as they ask.
        assert!(told.waiting >= waiting, "{user} at event {event}");
    }
    for (key, told) in acknowledged {
        assert_eq!(told, Told::default(), "{key:?}: told, but not noted");
    }
}
