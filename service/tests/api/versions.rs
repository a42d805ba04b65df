//! `ETag`, `If-None-Match` and `If-Match`.

use axum::{
    Router,
    http::{StatusCode, header},
};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{Answer, application, change, create, draft, join, request, send};

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

#[sqlx::test]
async fn who_has_written_knows_the_version_without_reading(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let written = async |answer: Answer, status: StatusCode| {
        assert_eq!(answer.status, status, "{}", answer.body);
        let path = answer.header("content-location").to_owned();
        let found = send(&app, request("GET", &path, &Value::Null)).await;
        assert_eq!(answer.body, found.body, "what a reader finds");
        assert_eq!(answer.header("etag"), found.header("etag"));
        assert_eq!(answer.header("content-type"), found.header("content-type"));
        (path, answer.header("etag").to_owned())
    };
    let put = async |path: &str, tag: &str, changes: Value| {
        let mut event = draft();
        let members = event.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        let mut request = request("PUT", path, &event);
        let headers = request.headers_mut();
        headers.insert(header::IF_MATCH, tag.parse().unwrap());
        send(&app, request).await
    };
    let mut creation = draft();
    creation["title"] = " spaces around ".into();
    creation["event_date"] = "2100-04-01T19:00:00.1234567+09:00".into();
    let created = send(&app, request("POST", "/events", &creation)).await;
    assert_eq!(
        created.header("location"),
        created.header("content-location")
    );
    let (path, first) = written(created, StatusCode::CREATED).await;

    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    for name in ["Ben", "花子", "Chen", "Dan"] {
        join(&app, id, name, "?waitlist=true").await;
    }
    // The raised capacity seats one of the two who wait.
    let changed = put(&path, &first, json!({ "max_participants": 3 })).await;
    let (_, second) = written(changed, StatusCode::OK).await;
    let changed = put(&path, &second, json!({ "title": "again" })).await;
    changed.assert_problem(409, "capacity-below-participants");
    let again = json!({ "title": "again", "max_participants": 3 });
    let changed = put(&path, &second, again).await;
    let (_, third) = written(changed, StatusCode::OK).await;
    for stale in [first, second] {
        let refused = put(&path, &stale, json!({ "max_participants": 9 })).await;
        refused.assert_problem(412, "other-version");
        assert_eq!(refused.header("etag"), third);
    }
}

#[sqlx::test]
async fn a_creation_that_is_repeated_has_the_version_that_it_made(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let create = async || {
        let mut request = request("POST", "/events", &draft());
        let headers = request.headers_mut();
        headers.insert("idempotency-key", "k-1".parse().unwrap());
        let answer = send(&app, request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer
    };
    let first = create().await;
    let id = first.json()["id"].as_i64().unwrap();
    join(&app, id, "Ben", "").await;
    let repeated = create().await;
    assert_eq!(repeated.body, first.body);
    for name in ["etag", "location", "content-location"] {
        assert_eq!(repeated.header(name), first.header(name));
    }
    let tag = repeated.header("etag").to_owned();
    let edit = async || ask(&app, "PUT", id, ("if-match", &tag)).await;
    assert_eq!(edit().await.status, StatusCode::OK);
    change(&app, id, json!({ "title": "another" })).await;
    let repeated = create().await;
    assert_eq!(
        repeated.header("etag"),
        tag,
        "that of then, also when it has been changed since"
    );
    edit().await.assert_problem(412, "other-version");
}
