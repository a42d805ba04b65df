//! Bad bodies get a clear problem document, and nothing is lost or changed by them.

use axum::{body::Body, http::header};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{application, call, create, draft, request, send};

#[sqlx::test]
async fn each_bad_value_is_named_with_its_reason(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    let before = call(&app, "GET", &format!("/events/{id}"), Value::Null)
        .await
        .json();
    const TIME: &str = "must be a time such as 2026-04-01T19:00:00+09:00";
    const SEATS: &str = "must be between 1 and 1000000";
    let long = |count, max| format!("must have at most {max} characters, but has {count}");
    for (member, reason, values) in [
        ("title", "must not be empty", json!(["", " \u{3000} "])),
        ("title", &long(201, 200), json!(["あ".repeat(201)])),
        (
            "title",
            "must not contain control characters",
            json!(["a\0b"]),
        ),
        ("title", "must be a string", json!([["a"], null])),
        (
            "description",
            "must not contain control characters",
            json!(["a\0b"]),
        ),
        (
            "description",
            &long(10_001, 10_000),
            json!(["a".repeat(10_001)]),
        ),
        ("location", "must be a string", json!([7])),
        ("organizer", "must not be empty", json!([""])),
        (
            "max_participants",
            SEATS,
            json!([-1, 0, 2_147_483_648_i64, u64::MAX, 1e300]),
        ),
        (
            "max_participants",
            "must be a whole number",
            json!([1.5, "10"]),
        ),
        (
            "event_date",
            TIME,
            json!(["tomorrow", "2026-02-30T00:00:00Z", 0]),
        ),
        (
            "event_date",
            "must be between 2000 and 2199",
            json!(["9999-12-31T23:59:59Z"]),
        ),
        ("id", "is not a known field", json!([1])),
        ("a/b~c\"é", "is not a known field", json!([1])),
    ] {
        for value in values.as_array().unwrap() {
            let mut event = draft();
            event[member] = value.clone();
            for (method, path) in [
                ("POST", "/events".to_owned()),
                ("PUT", format!("/events/{id}")),
            ] {
                let problem = call(&app, method, &path, event.clone())
                    .await
                    .assert_problem(422, "invalid-body");
                let pointer = if member.contains('/') {
                    "#/a~1b~0c%22%C3%A9".to_owned()
                } else {
                    format!("#/{member}")
                };
                assert_eq!(
                    problem["errors"],
                    json!([{ "detail": reason, "pointer": pointer }]),
                    "{member}"
                );
            }
        }
    }
    let all = call(&app, "GET", "/events?when=all", Value::Null)
        .await
        .json();
    assert_eq!(
        all["items"].as_array().unwrap().len(),
        1,
        "nothing was created"
    );
    assert_eq!(
        call(&app, "GET", &format!("/events/{id}"), Value::Null)
            .await
            .json(),
        before,
        "nothing was changed"
    );
}

#[sqlx::test]
async fn all_bad_values_are_named_at_once(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let problem = call(&app, "POST", "/events", json!({}))
        .await
        .assert_problem(422, "invalid-body");
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| &error["pointer"])
        .collect();
    assert_eq!(
        pointers,
        [
            "#/title",
            "#/event_date",
            "#/max_participants",
            "#/organizer"
        ]
    );
}

#[sqlx::test]
async fn bodies_that_are_no_json_object_are_refused(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let id = create(&app, json!({})).await;
    for body in [
        "",
        "{",
        "{\"title\":}",
        "[]",
        "null",
        "\"x\"",
        "{} {}",
        "\u{feff}{}",
    ] {
        for (method, path) in [
            ("POST", "/events".into()),
            ("PUT", format!("/events/{id}")),
            ("POST", format!("/events/{id}/join")),
        ] {
            let mut sent = request(method, &path, &json!({}));
            *sent.body_mut() = Body::from(body);
            send(&app, sent).await.assert_problem(400, "malformed-json");
        }
    }
    let mut not_text = request("POST", "/events", &json!({}));
    *not_text.body_mut() = Body::from(b"{\"title\":\"\xff\"}".to_vec());
    send(&app, not_text)
        .await
        .assert_problem(400, "malformed-json");
}

#[sqlx::test]
async fn other_media_types_and_large_bodies_are_refused(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    for media_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonx"),
    ] {
        let mut sent = request("POST", "/events", &draft());
        sent.headers_mut().remove(header::CONTENT_TYPE);
        if let Some(media_type) = media_type {
            sent.headers_mut()
                .insert(header::CONTENT_TYPE, media_type.parse().unwrap());
        }
        send(&app, sent)
            .await
            .assert_problem(415, "unsupported-media-type");
    }
    let mut large = draft();
    large["description"] = "a".repeat(70_000).into();
    call(&app, "POST", "/events", large)
        .await
        .assert_problem(413, "body-too-large");

    let mut with_charset = request("POST", "/events", &draft());
    with_charset.headers_mut().insert(
        header::CONTENT_TYPE,
        "Application/JSON; charset=utf-8".parse().unwrap(),
    );
    assert_eq!(send(&app, with_charset).await.status, 201);
}

#[sqlx::test]
async fn a_body_that_does_not_arrive_is_given_up(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let mut stalled = request("POST", "/events", &draft());
    *stalled.body_mut() =
        Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>());
    send(&app, stalled)
        .await
        .assert_problem(408, "body-too-slow");
}

#[sqlx::test]
async fn names_of_participants_are_checked(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let path = format!("/events/{}/join", create(&app, json!({})).await);
    for body in [
        json!({}),
        json!({ "user_name": "" }),
        json!({ "user_name": "a\u{0}" }),
        json!({ "user_name": "a".repeat(101) }),
        json!({ "user_name": "a", "x": 1 }),
    ] {
        call(&app, "POST", &path, body)
            .await
            .assert_problem(422, "invalid-body");
    }
    for query in [
        "",
        "?user_name=",
        "?user_name=%00",
        "?user_name=a&user_name=b",
        "?user_name=a&x=1",
    ] {
        let problem = call(&app, "DELETE", &format!("{path}{query}"), Value::Null).await;
        let problem = problem.assert_problem(400, "invalid-parameters");
        assert!(problem["errors"][0]["parameter"].is_string(), "{problem}");
    }
}
