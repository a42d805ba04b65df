//! What the service counts.

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, http::Request};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{draft, request, send_to},
    outbox::{SOON, announce},
    process::{Running, service, url},
    proxy::Proxy,
    receiver::{Mood, Receiver},
};

/// The value of a line.
fn number(body: &str, name: &str) -> f64 {
    let mut values = body.lines().filter_map(|line| line.strip_prefix(name));
    let value = values.next().and_then(|value| value.trim().parse().ok());
    value.unwrap_or_else(|| panic!("no {name} in\n{body}"))
}

#[sqlx::test(migrations = false)]
async fn requests_joins_outages_and_the_pool_are_counted_on_a_listener_of_their_own(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut proxy = Proxy::open(&options).await;
    let mut service = service(&["serve", "--metrics-listen", "127.0.0.1:0"]);
    service.env("DATABASE_URL", url(&proxy.options(&options)));
    let mut running = Running::start(&mut service, directory.path()).await;
    let line = running
        .line("listening for whoever collects the metrics")
        .await;
    let metrics = line["address"].as_str().unwrap().parse().unwrap();
    running.wait_for("/health/ready", 200).await;

    let created = send_to(running.address, request("POST", "/events", &draft()))
        .await
        .json();
    let join = format!("/events/{}/join", created["id"]);
    for name in ["a", "b", "b", "c"] {
        send_to(
            running.address,
            request("POST", &join, &json!({ "user_name": name })),
        )
        .await;
    }
    running.get("/nowhere").await;
    send_to(
        running.address,
        Request::builder()
            .method("BREW")
            .uri("/events")
            .body(Body::empty())
            .unwrap(),
    )
    .await;
    proxy.stop().await;
    running.wait_for("/events", 503).await;

    let answer = send_to(
        metrics,
        Request::get("/metrics").body(Body::empty()).unwrap(),
    )
    .await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    for line in [
        "http_requests_total{method=\"POST\",route=\"/events\",status=\"201\"} 1",
        "http_requests_total{method=\"POST\",route=\"/events/{id}/join\",status=\"409\"} 1",
        "http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "http_requests_total{method=\"other\",route=\"/events\",status=\"405\"} 1",
        "http_request_duration_seconds_count{method=\"POST\",route=\"/events/{id}/join\"} 4",
        "http_request_duration_seconds_bucket{le=\"10.0\",method=\"POST\",route=\"/events/{id}/join\"} 4",
        "joins_total{outcome=\"seat\"} 2",
        "joins_total{outcome=\"had-seat\"} 1",
        "joins_total{outcome=\"full\"} 1",
        "db_pool_limit 10",
        "db_pool_idle 0",
        "db_pool_waiting 0",
    ] {
        assert!(
            answer.body.lines().any(|l| l == line),
            "{line} in\n{}",
            answer.body
        );
    }
    let outages = number(
        &answer.body,
        "db_outages_total{class=\"connection-refused\"}",
    );
    // The outbox has looked as well.
    assert!(outages >= 1.0, "{outages}");
    assert_eq!(
        running.get("/metrics").await.status,
        404,
        "the public listener says nothing"
    );
    assert_eq!(
        send_to(
            metrics,
            Request::get("/events").body(Body::empty()).unwrap()
        )
        .await
        .status,
        404
    );
}

/// Reads the numbers until they are as expected.
async fn numbers(metrics: SocketAddr, are_so: impl Fn(&dyn Fn(&str) -> f64) -> bool) {
    let mut body = String::new();
    for _ in 0..150 {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        body = send_to(metrics, request).await.body;
        if are_so(&|name| number(&body, name)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{body}");
}

#[sqlx::test]
async fn deliveries_failures_and_the_backlog_of_the_outbox_are_counted(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(Mood::Answering(500, "x: y", "rollup_error")).await;
    let mut service = service(&["serve", "--metrics-listen", "127.0.0.1:0"]);
    service
        .env("DATABASE_URL", url(&options))
        .env("SLACK_WEBHOOK_URL", receiver.webhook());
    let mut running = Running::start(&mut service, directory.path()).await;
    let line = running
        .line("listening for whoever collects the metrics")
        .await;
    let metrics = line["address"].as_str().unwrap().parse().unwrap();
    running.wait_for("/health/ready", 200).await;
    numbers(metrics, |number| {
        number("outbox_delivered_total") == 0.0
            && number("outbox_failed_attempts_total{class=\"unavailable\"}") == 0.0
            && number("outbox_failed_attempts_total{class=\"refused\"}") == 0.0
            && number("outbox_failed_attempts_total{class=\"too-many\"}") == 0.0
            && number("outbox_pending") == 0.0
    })
    .await;

    announce(&running, json!({})).await;
    receiver.wait_for(1, SOON).await;
    // Also while it is put off, it is pending, and grows older.
    numbers(metrics, |number| {
        number("outbox_failed_attempts_total{class=\"unavailable\"}") >= 1.0
            && number("outbox_pending") == 1.0
            && number("outbox_oldest_pending_age_seconds") > 1.0
    })
    .await;
    receiver.is(Mood::Well);
    receiver.wait_for_taken(1, Duration::from_secs(40)).await;
    numbers(metrics, |number| {
        number("outbox_delivered_total") == 1.0
            && number("outbox_failed_attempts_total{class=\"refused\"}") == 0.0
            && number("outbox_pending") == 0.0
            && number("outbox_oldest_pending_age_seconds") == 0.0
    })
    .await;
    assert_eq!(running.stop().await, Some(0));
}
