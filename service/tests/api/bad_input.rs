//! Every bad input gets a clear problem document, and nothing is lost or changed by it.

use axum::{
    body::Body,
    http::{Request, header},
};
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
    for (member, value, reason) in [
        ("title", json!(""), "must not be empty"),
        ("title", json!(" \u{3000} "), "must not be empty"),
        (
            "title",
            json!("あ".repeat(201)),
            "must have at most 200 characters, but has 201",
        ),
        (
            "title",
            json!("a\u{0}b"),
            "must not contain control characters",
        ),
        ("title", json!(["a"]), "must be a string"),
        ("title", Value::Null, "must be a string"),
        (
            "description",
            json!("a\u{0}b"),
            "must not contain control characters",
        ),
        (
            "description",
            json!("a".repeat(10_001)),
            "must have at most 10000 characters, but has 10001",
        ),
        ("location", json!(7), "must be a string"),
        ("organizer", json!(""), "must not be empty"),
        (
            "max_participants",
            json!(-1),
            "must be between 1 and 1000000",
        ),
        (
            "max_participants",
            json!(0),
            "must be between 1 and 1000000",
        ),
        (
            "max_participants",
            json!(2_147_483_648_i64),
            "must be between 1 and 1000000",
        ),
        (
            "max_participants",
            json!(u64::MAX),
            "must be between 1 and 1000000",
        ),
        (
            "max_participants",
            json!(1e300),
            "must be between 1 and 1000000",
        ),
        ("max_participants", json!(1.5), "must be a whole number"),
        ("max_participants", json!("10"), "must be a whole number"),
        (
            "event_date",
            json!("tomorrow"),
            "must be a time such as 2026-04-01T19:00:00+09:00",
        ),
        (
            "event_date",
            json!("2026-02-30T00:00:00Z"),
            "must be a time such as 2026-04-01T19:00:00+09:00",
        ),
        (
            "event_date",
            json!("9999-12-31T23:59:59Z"),
            "must be between 2000 and 2199",
        ),
        (
            "event_date",
            json!(0),
            "must be a time such as 2026-04-01T19:00:00+09:00",
        ),
        ("id", json!(1), "is not a known field"),
        ("a/b~c\"é", json!(1), "is not a known field"),
    ] {
        let mut event = draft();
        event[member] = value;
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

#[sqlx::test]
async fn numbers_that_no_event_can_have_are_not_found(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    create(&app, json!({})).await;
    for id in [
        "0",
        "-1",
        "abc",
        "1.0",
        "01",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999",
        "%00",
        "1%00",
    ] {
        for (method, path, body) in [
            ("GET", format!("/events/{id}"), Value::Null),
            ("PUT", format!("/events/{id}"), draft()),
            ("DELETE", format!("/events/{id}"), Value::Null),
            (
                "POST",
                format!("/events/{id}/join"),
                json!({ "user_name": "a" }),
            ),
            (
                "DELETE",
                format!("/events/{id}/join?user_name=a"),
                Value::Null,
            ),
        ] {
            call(&app, method, &path, body)
                .await
                .assert_problem(404, "event-not-found");
        }
    }
    call(&app, "GET", "/events/%ff", Value::Null)
        .await
        .assert_problem(400, "unreadable-request");
    call(&app, "GET", "/nowhere", Value::Null)
        .await
        .assert_problem(404, "not-found");
}

#[sqlx::test]
async fn parameters_of_lists_are_checked(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("when=someday", "when"),
        ("cursor=x", "cursor"),
        ("when=past&cursor=u10-1", "cursor"),
        ("q=%00", "q"),
        ("lmit=3", "lmit"),
        ("limit=1&limit=2", "limit"),
    ] {
        let problem = call(&app, "GET", &format!("/events?{query}"), Value::Null).await;
        let problem = problem.assert_problem(400, "invalid-parameters");
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
}

#[sqlx::test]
async fn other_methods_are_refused_with_those_that_work(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    for (method, path, allowed) in [
        ("DELETE", "/events", "GET,HEAD,POST"),
        ("PATCH", "/events/1", "GET,HEAD,PUT,DELETE"),
        ("GET", "/events/1/join", "POST,DELETE"),
        ("POST", "/health", "GET,HEAD"),
        ("BREW", "/events", "GET,HEAD,POST"),
    ] {
        let answer = call(&app, method, path, Value::Null).await;
        answer.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
}

#[sqlx::test]
async fn other_sites_cannot_act_in_the_name_of_a_visitor(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let from = |site: &str| {
        let mut sent = request("POST", "/events", &draft());
        sent.headers_mut()
            .insert("sec-fetch-site", site.parse().unwrap());
        sent
    };
    for site in ["cross-site", "same-site"] {
        send(&app, from(site))
            .await
            .assert_problem(403, "cross-site");
    }
    for site in ["same-origin", "none"] {
        assert_eq!(send(&app, from(site)).await.status, 201, "{site}");
    }
}

#[sqlx::test]
async fn problems_are_in_the_language_of_the_reader(_: PgPoolOptions, options: PgConnectOptions) {
    let app = application(&options).await;
    let mut event = draft();
    event["title"] = "".into();
    for (language, title, reason) in [
        ("ja", "受け付けられない値があります", "空にはできません"),
        ("en", "Some values are not accepted", "must not be empty"),
    ] {
        let mut sent = request("POST", "/events", &event);
        sent.headers_mut()
            .insert(header::ACCEPT_LANGUAGE, language.parse().unwrap());
        let answer = send(&app, sent).await;
        let problem = answer.assert_problem(422, "invalid-body");
        assert_eq!(
            (&problem["title"], &problem["errors"][0]["detail"]),
            (&json!(title), &json!(reason))
        );
        assert_eq!(answer.header("content-language"), language);
    }
}

#[sqlx::test]
async fn the_id_of_a_request_is_kept_if_it_is_harmless(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let app = application(&options).await;
    let with_id = |id: &str| {
        Request::get("/health")
            .header("x-request-id", id)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(
        send(&app, with_id("load-test.42"))
            .await
            .header("x-request-id"),
        "load-test.42"
    );
    let replaced = send(&app, with_id("\"}{ evil")).await;
    assert_eq!(replaced.header("x-request-id").len(), 36, "a UUID of ours");
}
