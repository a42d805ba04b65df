//! `Idempotency-Key` on `POST /events`.

use axum::{
    Router,
    http::{HeaderValue, StatusCode},
};
use serde_json::{Value, json};
use sqlx::{
    Connection as _, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::client::{Answer, application, call, create, draft, request, send};

async fn post(app: &Router, keys: &[&str], event: &Value) -> Answer {
    let mut request = request("POST", "/events", event);
    for key in keys {
        let key = HeaderValue::from_str(key).unwrap();
        request.headers_mut().append("idempotency-key", key);
    }
    send(app, request).await
}

async fn events(app: &Router) -> usize {
    let page = call(app, "GET", "/events?when=all", Value::Null).await;
    page.json()["items"].as_array().unwrap().len()
}

#[sqlx::test]
async fn a_repeated_request_gets_the_same_answer_and_makes_no_second_event(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let mut event = draft();
    event["event_date"] = "2100-04-01T10:00:00.123456789Z".into();
    let first = post(&app, &["k1"], &event).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let path = first.header("location").to_owned();
    call(&app, "PUT", &path, draft()).await;
    for key in ["k1", "\"k1\""] {
        let again = post(&app, &[key], &event).await;
        assert_eq!(again.status, StatusCode::CREATED);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("location"), path);
    }
    post(&app, &["k1"], &draft())
        .await
        .assert_problem(422, "idempotency-key-reused");
    assert_eq!(events(&app).await, 1);
    post(&app, &["k2"], &event).await;
    post(&app, &[], &event).await;
    assert_eq!(events(&app).await, 3);
}

#[sqlx::test]
async fn a_key_is_one_value_of_visible_characters(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let long = "k".repeat(256);
    for keys in [
        &["\"\""][..],
        &["a b"],
        &["\"a"],
        &["é"],
        &[&long],
        &["a", "a"],
    ] {
        post(&app, keys, &draft())
            .await
            .assert_problem(400, "idempotency-key-malformed");
    }
    assert_eq!(events(&app).await, 0);
}

#[sqlx::test]
async fn a_key_whose_request_is_under_way_is_in_use(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let mut other = PgConnection::connect_with(&options).await.unwrap();
    let mut under_way = other.begin().await.unwrap();
    sqlx::query("select create_event('t', '', '2100-01-01', '', 1, 'Aki', 'Aki', '', 'k1')")
        .execute(&mut *under_way)
        .await
        .unwrap();
    post(&app, &["k1"], &draft())
        .await
        .assert_problem(409, "idempotency-key-in-use");
    let unrelated = post(&app, &["k2"], &draft()).await;
    assert_eq!(unrelated.status, StatusCode::CREATED);
    under_way.rollback().await.unwrap();
    let free = post(&app, &["k1"], &draft()).await;
    assert_eq!(free.status, StatusCode::CREATED, "{}", free.body);
}

#[sqlx::test]
async fn impatient_clients_make_one_event(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let clicks = (0..50).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { post(&app, &["k1"], &draft()).await })
    });
    let mut bodies = Vec::new();
    for click in clicks.collect::<Vec<_>>() {
        let answer = click.await.unwrap();
        match answer.status {
            StatusCode::CREATED => bodies.push(answer.body),
            _ => drop(answer.assert_problem(409, "idempotency-key-in-use")),
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(events(&app).await, 1);
}

#[sqlx::test]
async fn keys_are_forgotten_after_a_day(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    for key in ["k1", "k2", "k3"] {
        post(&app, &[key], &draft()).await;
    }
    create(&app, json!({})).await;
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    let mut age = async |key: &str, age: &str| {
        let sql = "update idempotency_keys set created_at = now() - $2::interval where key = $1";
        sqlx::query(sql)
            .bind(key)
            .bind(age)
            .execute(&mut connection)
            .await
            .unwrap();
    };
    age("k1", "23 hours 59 minutes").await;
    age("k2", "24 hours 1 minute").await;
    age("k3", "24 hours 1 minute").await;
    let mut other = draft();
    other["title"] = "another".into();
    post(&app, &["k1"], &other)
        .await
        .assert_problem(422, "idempotency-key-reused");
    let reused = post(&app, &["k2"], &other).await;
    assert_eq!(reused.status, StatusCode::CREATED, "{}", reused.body);
    assert_eq!(reused.json()["title"], "another");
    let kept: Vec<String> = sqlx::query_scalar("select key from idempotency_keys order by key")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(kept, ["k1", "k2"], "the others are removed");
}
