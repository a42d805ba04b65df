//! What the service writes about each request, and what it must not write.

use axum::{body::Body, http::Request};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{draft, request, send_to},
    process::{Running, service, url},
};

#[sqlx::test(migrations = false)]
async fn each_request_is_one_line_without_bodies_and_queries(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = service(&["serve"]);
    let mut running =
        Running::start(command.env("DATABASE_URL", url(&options)), directory.path()).await;
    running.line("the tables are up to date").await;

    let lost = Request::get("/events/7?token=hidden")
        .header("x-request-id", "trace-1")
        .body(Body::empty())
        .unwrap();
    send_to(running.address, lost).await;
    let line = running.line("request").await;
    assert_eq!(
        (&line["request_id"], &line["method"], &line["path"]),
        (&json!("trace-1"), &json!("GET"), &json!("/events/{id}"))
    );
    assert_eq!(
        (&line["status"], &line["level"]),
        (&json!(404), &json!("INFO"))
    );
    assert!(
        line["response_time_ms"]
            .as_f64()
            .is_some_and(|time| time > 0.0),
        "{line}"
    );
    assert!(!line.to_string().contains("hidden"), "{line}");

    let created = send_to(running.address, request("POST", "/events", &draft()))
        .await
        .json();
    let line = running.line("request").await;
    assert!(!line.to_string().contains("laptop"), "{line}");
    let join = request(
        "POST",
        &format!("/events/{}/join", created["id"]),
        &json!({ "user_name": "花子" }),
    );
    send_to(running.address, join).await;
    let line = running.line("request").await;
    assert_eq!(
        (&line["user"], &line["path"]),
        (&json!("花子"), &json!("/events/{id}/join"))
    );
    running.get("/a/secret/place").await;
    assert_eq!(running.line("request").await["path"], "(none)");
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test]
async fn people_can_have_text() {
    let mut command = service(&["migrate", "--log-format", "text"]);
    let mut json = service(&["migrate"]);
    for (command, is_json) in [(&mut command, false), (&mut json, true)] {
        let output = command
            .env("DATABASE_URL", std::env::var("DATABASE_URL").unwrap())
            .output()
            .await
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success() && said.contains("the tables are up to date"),
            "{said}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(said.lines().last().unwrap()).is_ok(),
            is_json,
            "{said}"
        );
        assert!(!said.contains('\x1b'), "colours in a file: {said}");
    }
}
