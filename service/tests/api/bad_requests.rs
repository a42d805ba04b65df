//! Requests whose address, method, origin or headers are wrong.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::client::{application, call, create, draft, request, send};

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
        ("cursor=", "cursor"),
        ("from=2026-02-30", "from"),
        ("from=tomorrow", "from"),
        ("to=2026-04-01T19:00:00", "to"),
        ("to=", "to"),
        ("user=", "user"),
        ("organizer=%00", "organizer"),
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
    let path = format!("/events/{}", create(&app, json!({})).await);
    let from = |site: &str, method: &str| {
        let path = if method == "POST" { "/events" } else { &path };
        let mut sent = request(method, path, &draft());
        sent.headers_mut()
            .insert("sec-fetch-site", site.parse().unwrap());
        sent
    };
    for site in ["cross-site", "same-site"] {
        for method in ["POST", "PUT", "DELETE"] {
            let refused = send(&app, from(site, method)).await;
            refused.assert_problem(403, "cross-site");
        }
    }
    for site in ["same-origin", "none"] {
        assert_eq!(send(&app, from(site, "POST")).await.status, 201, "{site}");
        assert_eq!(send(&app, from(site, "PUT")).await.status, 200, "{site}");
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
