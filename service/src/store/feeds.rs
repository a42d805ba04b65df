//! The secret addresses under which calendars read the events.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, query, query_scalar};

use crate::domain::{UserName, feed::Hash};

/// What is known of somebody's secret address: not the address itself.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The hash of the secret.
    pub hash: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Gives somebody a new secret address; the one before is good for nothing from then on.
pub async fn renew(connection: &mut PgConnection, user: UserName, hash: Hash) -> sqlx::Result<()> {
    query!(
        "insert into feeds (user_name, secret_hash) values ($1, $2)
             on conflict (user_name) do update set secret_hash = excluded.secret_hash, created_at = clock_timestamp()",
        user.as_str(),
        &hash[..],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes somebody's secret address away.
pub async fn revoke(connection: &mut PgConnection, user: UserName) -> sqlx::Result<()> {
    query!("delete from feeds where user_name = $1", user.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// The secret address of a person, if they have one.
pub async fn of_person(
    connection: &mut PgConnection,
    user: UserName,
) -> sqlx::Result<Option<Feed>> {
    let row = query!(
        "select secret_hash, created_at from feeds where user_name = $1",
        user.as_str()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Feed {
        hash: row.secret_hash,
        created_at: row.created_at,
    }))
}

/// Whose secret address it is; `None` if it is nobody's, or no longer.
pub async fn owner(connection: &mut PgConnection, hash: Hash) -> sqlx::Result<Option<String>> {
    query_scalar!(
        "select user_name from feeds where secret_hash = $1",
        &hash[..]
    )
    .fetch_optional(connection)
    .await
}
