//! The database goes away and comes back; the service never has to be restarted.

use std::time::{Duration, Instant};

use axum::Router;
use serde_json::{Value, json};
use service::http::{AppState, Site, app};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{Answer, call, create, database, draft},
    proxy::Proxy,
};

async fn through(proxy: &Proxy, options: &PgConnectOptions) -> Router {
    app(AppState::new(
        database(&proxy.options(options)).await,
        Site::default(),
    ))
}

#[track_caller]
fn assert_away(answer: &Answer, reason: &str) {
    let problem = answer.assert_problem(503, "database-unavailable");
    assert_eq!(problem["reason"], reason);
    assert_eq!(answer.header("retry-after"), "2");
}

#[sqlx::test]
async fn a_stopped_database_is_answered_with_503_until_it_is_back(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let mut proxy = Proxy::open(&options).await;
    let app = through(&proxy, &options).await;
    let path = format!("/events/{}", create(&app, json!({})).await);

    proxy.stop().await;
    for (method, path, body) in [
        ("GET", "/events", Value::Null),
        ("POST", "/events", draft()),
        ("GET", &path, Value::Null),
        ("PUT", &path, draft()),
        (
            "POST",
            &format!("{path}/join"),
            json!({ "user_name": "Ben" }),
        ),
        ("DELETE", &format!("{path}/join?user_name=Ben"), Value::Null),
        ("DELETE", &path, Value::Null),
        ("GET", "/health/ready", Value::Null),
    ] {
        let answer = call(&app, method, path, body).await;
        // The first may still have met an idle connection that had just been cut.
        let reason = answer.json()["reason"].as_str().unwrap_or("").to_owned();
        assert!(
            matches!(reason.as_str(), "connection-refused" | "connection-lost"),
            "{}",
            answer.body
        );
        assert_away(&answer, &reason);
    }
    assert_eq!(
        call(&app, "GET", "/health", Value::Null).await.status,
        200,
        "health does not depend on the database"
    );

    proxy.restore().await;
    assert_eq!(
        call(&app, "GET", &path, Value::Null).await.status,
        200,
        "back at once"
    );
    assert_eq!(
        call(&app, "GET", "/health/ready", Value::Null).await.status,
        200
    );
}

#[sqlx::test]
async fn connections_that_broke_while_idle_are_not_noticed_by_anybody(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let mut proxy = Proxy::open(&options).await;
    let app = through(&proxy, &options).await;
    let path = format!("/events/{}", create(&app, json!({})).await);
    let join = format!("{path}/join");
    for n in 0..5 {
        // Several connections, all idle and all dead after the restart.
        let reads: Vec<_> = (0..20)
            .map(|_| {
                let (app, path) = (app.clone(), path.clone());
                tokio::spawn(async move { call(&app, "GET", &path, Value::Null).await.status })
            })
            .collect();
        for read in reads {
            assert_eq!(read.await.unwrap(), 200);
        }
        proxy.restore().await;
        let joined = call(&app, "POST", &join, json!({ "user_name": format!("p{n}") })).await;
        assert!(
            matches!(joined.status.as_u16(), 201 | 409),
            "{}",
            joined.body
        );
    }
}

#[sqlx::test]
async fn a_silent_database_is_given_up_in_time_and_found_again(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let mut proxy = Proxy::open(&options).await;
    let app = through(&proxy, &options).await;
    let path = format!("/events/{}", create(&app, json!({})).await);

    proxy.swallow();
    let started = Instant::now();
    // More requests than connections: all connections are lost in the hole.
    let requests: Vec<_> = (0..30)
        .map(|_| {
            let (app, path) = (app.clone(), path.clone());
            tokio::spawn(async move { call(&app, "GET", &path, Value::Null).await })
        })
        .collect();
    let ready = call(&app, "GET", "/health/ready", Value::Null).await;
    assert!(
        started.elapsed() < Duration::from_millis(1_500),
        "readiness is told within a second"
    );
    assert_away(&ready, "timeout");
    for request in requests {
        let answer = request.await.unwrap();
        let reason = answer.json()["reason"].as_str().unwrap_or("").to_owned();
        assert!(
            matches!(reason.as_str(), "timeout" | "busy"),
            "{}",
            answer.body
        );
        assert_away(&answer, &reason);
    }
    assert!(
        started.elapsed() < Duration::from_millis(5_700),
        "{:?}",
        started.elapsed()
    );

    proxy.restore().await;
    let back = Instant::now();
    assert_eq!(call(&app, "GET", &path, Value::Null).await.status, 200);
    assert!(
        back.elapsed() < Duration::from_secs(5),
        "{:?}",
        back.elapsed()
    );
}

#[sqlx::test]
async fn a_caller_who_goes_away_takes_no_connection_along(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let db = database(&options).await;
    for _ in 0..30 {
        let slow = db.idempotent(|connection| {
            Box::pin(async move {
                sqlx::query("select pg_sleep(3)")
                    .execute(connection)
                    .await
                    .map(drop)
            })
        });
        assert!(
            tokio::time::timeout(Duration::from_millis(20), slow)
                .await
                .is_err()
        );
    }
    let started = Instant::now();
    db.check(Duration::from_secs(1)).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[sqlx::test]
async fn a_server_that_takes_no_writes_is_away(_: PgPoolOptions, options: PgConnectOptions) {
    let read_only = options
        .clone()
        .options([("default_transaction_read_only", "on")]);
    let db = database(&options).await;
    let writable = app(AppState::new(db, Site::default()));
    let path = format!("/events/{}", create(&writable, json!({})).await);
    let db = service::db::Db::new(&read_only, 2).unwrap();
    service::db::migrate_when_reachable(&db, &options)
        .await
        .unwrap();
    let app = app(AppState::new(db, Site::default()));
    assert_eq!(call(&app, "GET", &path, Value::Null).await.status, 200);
    assert_away(&call(&app, "POST", "/events", draft()).await, "read-only");
}
