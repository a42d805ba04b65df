//! What the service counts.

use axum::{body::Body, http::Request};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{
    client::{draft, request, send_to},
    process::{Running, service, url},
    proxy::Proxy,
};

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
        "db_outages_total{class=\"connection-refused\"} 1",
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
