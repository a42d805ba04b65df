//! Answers of the database that are lost on their way.

use std::time::Duration;

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    client::{application, call, draft},
    proxy::Proxy,
};

async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

async fn until_one(pool: &PgPool, query: &'static str) {
    for _ in 0..100 {
        if count(pool, query).await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never one: {query}");
}

#[sqlx::test]
async fn a_creation_that_may_have_been_made_is_not_made_again(
    database: PgPoolOptions,
    options: PgConnectOptions,
) {
    let mut proxy = Proxy::open(&options).await;
    let app = application(&proxy.options(&options)).await;
    let pool = database.connect_with(options).await.unwrap();
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("lock table events in share mode")
        .execute(&mut *lock)
        .await
        .unwrap();
    let creating = tokio::spawn(async move { call(&app, "POST", "/events", draft()).await });
    let waits = "select count(*) from pg_stat_activity
                  where datname = current_database() and wait_event_type = 'Lock'";
    until_one(&pool, waits).await;

    // All connections break, and new ones can be made at once. The server goes on with what it has begun.
    proxy.restore().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    lock.rollback().await.unwrap();
    let answer = creating.await.unwrap();
    answer.assert_problem(503, "database-unavailable");
    let events = "select count(*) from events";
    until_one(&pool, events).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(count(&pool, events).await, 1);
}
