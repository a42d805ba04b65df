//! What one person has to do with the events of a list.

use std::collections::HashMap;

use sqlx::{PgConnection, query};

use crate::domain::{Standing, UserName};

/// What somebody has to do with events, by their numbers.
pub type Standings = HashMap<i64, Standing>;

/// What this person, if it is one, has to do with those of some events that they have joined or wait for.
pub async fn find(
    connection: &mut PgConnection,
    user: Option<UserName>,
    events: Vec<i64>,
) -> sqlx::Result<Standings> {
    let Some(user) = user.filter(|_| !events.is_empty()) else {
        return Ok(Standings::new());
    };
    let rows = query!(
        r#"
        select event_id as "event_id!", null::integer as place
          from participants
         where user_name = $1 and event_id = any($2)
        union all
        select w.event_id, (select count(*)::integer from waitlist b where b.event_id = w.event_id and b.id <= w.id)
          from waitlist w
         where w.user_name = $1 and w.event_id = any($2)
        "#,
        user.as_str(),
        &events,
    )
    .fetch_all(connection)
    .await?;
    let standing = |place: Option<i32>| match place {
        None => Standing::Joined,
        Some(position) => Standing::Waiting { position },
    };
    let found = rows.into_iter();
    Ok(found
        .map(|row| (row.event_id, standing(row.place)))
        .collect())
}
