//! `ETag`, `If-None-Match` and `If-Match`.

use axum::{
    Router,
    http::{StatusCode, header},
};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{Answer, application, create, draft, join, request, send};

async fn ask(app: &Router, method: &str, id: i64, (name, value): (&str, &str)) -> Answer {
    let body = if method == "PUT" {
        draft()
    } else {
        Value::Null
    };
    let mut request = request(method, &format!("/events/{id}"), &body);
    let name: header::HeaderName = name.parse().unwrap();
    request.headers_mut().insert(name, value.parse().unwrap());
    send(app, request).await
}

async fn tag(app: &Router, id: i64) -> String {
    let answer = ask(app, "GET", id, ("accept", "*/*")).await;
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");
    tag
}

#[sqlx::test]
async fn an_event_that_is_known_is_not_sent_again(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    let seen = tag(&app, id).await;
    assert_eq!(tag(&app, id).await, seen);

    let known = ask(&app, "GET", id, ("if-none-match", &seen)).await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    assert_eq!(known.body, "");
    assert_eq!(known.header("etag"), seen);

    join(&app, id, "Ben", "").await;
    let new = ask(&app, "GET", id, ("if-none-match", &seen)).await;
    assert_eq!(new.status, StatusCode::OK, "a seat more is another body");
    assert_eq!(new.json()["participants_count"], 1);
    assert_ne!(new.header("etag"), seen);
}

#[sqlx::test]
async fn an_edit_of_what_has_changed_meanwhile_is_refused(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({ "title": "first" })).await;
    let seen = tag(&app, id).await;
    join(&app, id, "Ben", "").await;
    let changed = ask(&app, "PUT", id, ("if-match", &seen)).await;
    assert_eq!(
        changed.status,
        StatusCode::OK,
        "somebody who has joined meanwhile changes nothing that is overwritten: {}",
        changed.body
    );

    for method in ["PUT", "DELETE"] {
        for stale in [seen.as_str(), "\"1-2\"", "W/\"1-2\"", "junk"] {
            let refused = ask(&app, method, id, ("if-match", stale)).await;
            refused.assert_problem(412, "other-version");
            assert_eq!(refused.header("etag"), tag(&app, id).await);
        }
    }
    let either = format!("\"1-2\", {}", tag(&app, id).await);
    for (method, precondition) in [("PUT", either.as_str()), ("PUT", "*"), ("DELETE", &either)] {
        let accepted = ask(&app, method, id, ("if-match", precondition)).await;
        assert!(accepted.status.is_success(), "{}", accepted.body);
    }
    ask(&app, "PUT", id, ("if-match", &either))
        .await
        .assert_problem(404, "event-not-found");
}

#[sqlx::test]
async fn a_change_that_changes_nothing_keeps_the_version(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    let seen = tag(&app, id).await;
    for _ in 0..2 {
        let same = ask(&app, "PUT", id, ("if-match", &seen)).await;
        assert_eq!(same.status, StatusCode::OK, "{}", same.body);
    }
    assert_eq!(tag(&app, id).await, seen);
}
