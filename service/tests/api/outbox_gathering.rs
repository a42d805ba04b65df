//! News that are kept together until they are told.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{application, call, create, draft},
    outbox::pool,
    outbox_upkeep::notifications,
};

#[sqlx::test]
async fn changes_in_a_short_time_are_one_message(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let pool = pool(database, &options).await;
    let path = format!("/events/{}", create(&app, json!({})).await);
    let put = async |changes: Value| {
        let mut event = draft();
        event
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        assert_eq!(call(&app, "PUT", &path, event).await.status, 200);
    };
    put(json!({ "location": "Room 2", "max_participants": 3 })).await;
    put(json!({ "location": "Room 3", "title": "Rust" })).await;
    put(json!({ "location": "Room 4", "title": "Rust" })).await;
    let waiting = notifications(&pool).await;
    assert_eq!(waiting.len(), 2, "{waiting:#?}");
    let (kind, payload, created_at, due_at) = &waiting[1];
    assert_eq!(kind, "changed");
    // The seats are as many as they were, so nobody need hear of them.
    assert_eq!(
        payload["changes"],
        json!({ "location": { "from": "Room 1", "to": "Room 4" }, "title": { "from": "勉強会", "to": "Rust" } })
    );
    assert_eq!(
        (&payload["event"]["title"], &payload["event"]["location"]),
        (&json!("Rust"), &json!("Room 4"))
    );
    let quiet = *due_at - *created_at;
    assert!((29..35).contains(&quiet.num_seconds()), "{quiet}");

    // Whoever changes without end is told of after two minutes nevertheless.
    sqlx::query("update notifications set created_at = created_at - interval '110 seconds'")
        .execute(&pool)
        .await
        .unwrap();
    put(json!({ "location": "Room 5", "title": "Rust" })).await;
    let (_, _, created_at, due_at) = &notifications(&pool).await[1];
    assert_eq!((*due_at - *created_at).num_seconds(), 120);

    put(json!({})).await;
    assert_eq!(notifications(&pool).await.len(), 1, "all was taken back");

    // A message that somebody has tried to deliver is left as it is: it may have arrived.
    put(json!({ "location": "Room 2" })).await;
    sqlx::query("update notifications set attempts = 1")
        .execute(&pool)
        .await
        .unwrap();
    put(json!({ "location": "Room 3" })).await;
    let kinds: Vec<_> = notifications(&pool)
        .await
        .into_iter()
        .map(|row| row.0)
        .collect();
    assert_eq!(kinds, ["created", "changed", "changed"]);

    // Of an event that is gone nobody need know what was to change.
    assert_eq!(call(&app, "DELETE", &path, Value::Null).await.status, 204);
    let kinds: Vec<_> = notifications(&pool)
        .await
        .into_iter()
        .map(|row| row.0)
        .collect();
    assert_eq!(kinds, ["created", "changed", "cancelled"]);
}
