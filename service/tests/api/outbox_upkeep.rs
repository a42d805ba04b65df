//! What the service thinks of by itself: reminders, and the removal of what is old.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    client::draft,
    outbox::{SOON, announce, announcing, ask, let_quiet_pass, pool},
    process::{Running, service, url},
    receiver::{Mood, Receiver},
};

/// Adds an event that was created so many hours ago and begins in so many.
async fn event(pool: &PgPool, title: &str, created: i32, begins: i32) -> i64 {
    sqlx::query_scalar(
        "insert into events (title, event_date, max_participants, organizer, created_at)
         values ($1, date_trunc('minute', now()) + make_interval(hours => $2), 5, 'Aki',
                 now() - make_interval(hours => $3)) returning id",
    )
    .bind(title)
    .bind(begins)
    .bind(created)
    .fetch_one(pool)
    .await
    .unwrap()
}

pub(crate) async fn notifications(
    pool: &PgPool,
) -> Vec<(String, Value, DateTime<Utc>, DateTime<Utc>)> {
    sqlx::query_as("select kind, payload, created_at, due_at from notifications order by id")
        .fetch_all(pool)
        .await
        .unwrap()
}

#[sqlx::test]
async fn people_are_reminded_once_of_each_date(database: PgPoolOptions, options: PgConnectOptions) {
    let pool = pool(database, &options).await;
    let tomorrow = event(&pool, "tomorrow", 72, 23).await;
    event(&pool, "announced today", 1, 20).await;
    event(&pool, "next week", 72, 24 * 7).await;
    event(&pool, "begun", 72, -1).await;
    let cancelled = event(&pool, "cancelled", 72, 22).await;
    sqlx::query("insert into participants (event_id, user_name) values ($1, '花子')")
        .bind(tomorrow)
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("delete from events where id = $1")
        .bind(cancelled)
        .execute(&pool)
        .await
        .unwrap();

    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Well).await;
    let running = announcing(&options, &receiver, directory.path()).await;
    let other = announcing(&options, &receiver, directory.path()).await;
    let taken = receiver.wait_for_taken(1, SOON).await;
    assert!(
        taken[0].contains("「tomorrow」は") && taken[0].contains("参加予定：1名（残り4席）"),
        "{taken:#?}"
    );

    // Moved to another time of the same day, which is told as a change: people need not hear it twice.
    let moved = |hours| {
        let mut event = draft();
        event["event_date"] = json!((Utc::now() + TimeDelta::hours(hours)).to_rfc3339());
        event
    };
    let path = format!("/events/{tomorrow}");
    assert_eq!(ask(&running, "PUT", &path, moved(22)).await.status, 200);
    // Moved long ago, so that a reminder is in order again.
    let other_date = event(&pool, "moved", 24 * 30, 24 * 14).await;
    assert_eq!(
        ask(&running, "PUT", &format!("/events/{other_date}"), moved(23))
            .await
            .status,
        200
    );
    sqlx::query("update history set at = at - interval '3 days' where event_id = $1")
        .bind(other_date)
        .execute(&pool)
        .await
        .unwrap();
    let_quiet_pass(&pool).await;
    receiver.wait_for_taken(4, Duration::from_secs(20)).await;
    // Two more looks of both tasks.
    tokio::time::sleep(Duration::from_secs(22)).await;
    let reminders: Vec<_> = receiver
        .taken()
        .into_iter()
        .filter(|text| text.starts_with("⏰"))
        .collect();
    assert_eq!(reminders.len(), 2, "{reminders:#?}");
    assert!(reminders[1].contains("「勉強会」"), "{reminders:#?}");
    for running in [running, other] {
        assert_eq!(running.stop().await, Some(0));
    }
}

#[sqlx::test]
async fn a_reminder_that_comes_too_late_does_not_come(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let pool = pool(database, &options).await;
    let receiver = Receiver::start(Mood::Answering(500, "x: y", "")).await;
    let mut running = announcing(&options, &receiver, directory.path()).await;
    let id = event(&pool, "soon", 72, 23).await;
    receiver.wait_for(1, Duration::from_secs(20)).await;
    // It was moved in a way that told nobody, and the receiver recovers.
    sqlx::query("update events set event_date = now() + interval '9 days' where id = $1")
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    receiver.is(Mood::Well);
    let line = running.line("a notification is no longer due").await;
    assert_eq!(line["kind"], "reminder");
    assert_eq!(receiver.taken(), Vec::<String>::new());
    assert_eq!(running.stop().await, Some(0));
    assert_eq!(notifications(&pool).await, []);
}

#[sqlx::test]
async fn old_rows_are_removed_and_without_a_receiver_nothing_is_sent(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let pool = pool(database, &options).await;
    event(&pool, "tomorrow", 72, 23).await;
    sqlx::raw_sql(
        "insert into notifications (event_id, kind, payload, created_at, delivered_at)
         select n, 'created', '{}', now() - make_interval(days => n), case when n % 2 = 0 then now() end
           from generate_series(1, 40) n;
         insert into idempotency_keys (key, fingerprint, event_id, event_created_at, created_at)
         select n::text, '', 1, now(), now() - make_interval(hours => n) from generate_series(0, 40) n;",
    )
    .execute(&pool)
    .await
    .unwrap();

    let mut command = service(&["serve"]);
    command
        .env("DATABASE_URL", url(&options))
        .env("SLACK_WEBHOOK_URL", "");
    let running = Running::start(&mut command, directory.path()).await;
    let counts = async || -> (i64, i64, i64, i64) {
        sqlx::query_as(
            "select (select count(*) from notifications), (select count(*) from idempotency_keys),
                    (select count(*) from notifications where delivered_at is null and due_at < 'infinity'),
                    (select count(*) from notifications where kind = 'reminder')",
        )
        .fetch_one(&pool)
        .await
        .unwrap()
    };
    for _ in 0..200 {
        if counts().await.0 < 40 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(counts().await, (29, 24, 0, 0));
    announce(&running, json!({})).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let tried: i64 = sqlx::query_scalar("select count(*) from notifications where attempts > 0")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(tried, 0);
    assert_eq!(running.stop().await, Some(0));
}
