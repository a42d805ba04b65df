//! Announcements while a task or the database is unwell.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    outbox::{SOON, announce, announcing, pool},
    proxy::Proxy,
    receiver::{Mood, Receiver},
};

#[sqlx::test]
async fn what_a_killed_task_had_claimed_is_delivered_by_another(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Silent).await;
    let mut killed = announcing(&options, &receiver, directory.path()).await;
    announce(&killed, json!({})).await;
    let claimed = receiver.wait_for(1, SOON).await[0].at;
    killed.signal("KILL").await;
    killed.child.wait().await.unwrap();
    receiver.is(Mood::Well);

    let running = announcing(&options, &receiver, directory.path()).await;
    receiver.wait_for_taken(1, Duration::from_secs(25)).await;
    let waited = receiver.messages()[1].at - claimed;
    assert!(
        waited > Duration::from_secs(12),
        "the claim held for {waited:?} only"
    );
    assert_eq!(running.stop().await, Some(0));
    assert_eq!(receiver.taken().len(), 1);
}

#[sqlx::test]
async fn a_task_that_is_stopped_finishes_its_delivery(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Silent).await;
    let running = announcing(&options, &receiver, directory.path()).await;
    announce(&running, json!({})).await;
    receiver.wait_for(1, SOON).await;
    let started = Instant::now();
    assert_eq!(running.stop().await, Some(0));
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    // It waited for the answer and noted that there was none, so that the next task need not wait for the claim's end.
    let pool = pool(database, &options).await;
    let error: Option<String> = sqlx::query_scalar("select last_error from notifications")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(error.as_deref(), Some("Slack did not answer within 5 s"));
}

#[sqlx::test]
async fn an_absence_of_the_database_loses_no_news(_: PgPoolOptions, options: PgConnectOptions) {
    let directory = tempfile::tempdir().unwrap();
    let mut proxy = Proxy::open(&options).await;
    let receiver = Receiver::start(Mood::Silent).await;
    let running = announcing(&proxy.options(&options), &receiver, directory.path()).await;
    announce(&running, json!({})).await;
    receiver.wait_for(1, SOON).await;
    // The database goes while a delivery is under way, and comes back after that has failed.
    proxy.stop().await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    receiver.is(Mood::Well);
    proxy.restore().await;
    receiver.wait_for_taken(1, Duration::from_secs(20)).await;
    proxy.swallow();
    tokio::time::sleep(Duration::from_secs(1)).await;
    proxy.restore().await;
    running.wait_for("/health/ready", 200).await;
    announce(&running, json!({})).await;
    receiver.wait_for_taken(2, Duration::from_secs(20)).await;
    assert_eq!(running.stop().await, Some(0));
}

#[sqlx::test]
async fn what_arrived_while_the_database_was_away_does_not_come_again(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut proxy = Proxy::open(&options).await;
    let receiver = Receiver::start(Mood::Slow).await;
    let running = announcing(&proxy.options(&options), &receiver, directory.path()).await;
    announce(&running, json!({})).await;
    receiver.wait_for(1, SOON).await;
    // When the receiver says that it has the message, that cannot be noted, for a while.
    proxy.stop().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    proxy.restore().await;
    // Longer than the claim holds.
    tokio::time::sleep(Duration::from_secs(16)).await;
    assert_eq!(receiver.messages().len(), 1);
    assert_eq!(running.stop().await, Some(0));
}
