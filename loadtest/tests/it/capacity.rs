//! The capacity of a server that has one is found, and what gives way first is named.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::endpoint::environment;
use crate::invocation::{loadtest, texts};
use crate::server::{Faults, Server};
use crate::witness::cbor;

/// A search on a machine that had time for it: one in which the generator gave way says so, and is repeated.
async fn search(faults: Faults, arguments: &[&str]) -> (i32, String, Value) {
    search_beside(vec![], faults, arguments).await
}

/// The same in an environment; in the arguments `HOST` is the server.
async fn search_beside(
    environment: Vec<(&'static str, String)>,
    faults: Faults,
    arguments: &[&str],
) -> (i32, String, Value) {
    let mut found = once(&environment, faults.clone(), arguments).await;
    for _ in 0..2 {
        if found.2["limit"]["what"] == "generator" {
            found = once(&environment, faults.clone(), arguments).await;
        }
    }
    found
}

async fn once(
    environment: &[(&'static str, String)],
    faults: Faults,
    arguments: &[&str],
) -> (i32, String, Value) {
    let server = Server::start(faults).await;
    let directory = TempDir::new().unwrap();
    let fixed = ["capacity", "--host", "HOST", "--json", "capacity.json"];
    let arguments = fixed.iter().chain(arguments);
    let arguments: Vec<String> = arguments
        .map(|argument| argument.replace("HOST", &server.host))
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = loadtest(&arguments)
        .envs(environment.iter().cloned())
        .current_dir(directory.path())
        .output()
        .await
        .unwrap();
    let (code, stdout, stderr) = texts(&output);
    let text = std::fs::read_to_string(directory.path().join("capacity.json"));
    let json = serde_json::from_str(&text.unwrap_or_default()).unwrap_or(Value::Null);
    let health = &json["aftermath"]["health"];
    (code, format!("{stdout}{stderr}{health}"), json)
}

/// One request at a time, 50 ms and the timer's 1 ms each: some 19/s, far from what a busy machine can generate.
fn one_at_a_time() -> Faults {
    Faults {
        one_at_a_time: Some(Duration::from_millis(50)),
        ..Faults::default()
    }
}

/// One step far past that; requests wait long before they are given up.
const PAST_IT: [&str; 12] = [
    "--from",
    "40/s",
    "--to",
    "40/s",
    "--step",
    "5s",
    "--warm-up",
    "1s",
    "--slow",
    "500ms",
    "--timeout",
    "30s",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_knee_of_a_server_is_found() {
    let arguments = [
        "--from",
        "6/s",
        "--to",
        "192/s",
        "--growth",
        "99.9",
        "--step",
        "5s",
        "--warm-up",
        "1s",
        "--slow",
        "500ms",
        "--missed",
        "20",
        "--tasks",
        "2",
    ];
    let (code, said, json) = search(one_at_a_time(), &arguments).await;
    let violations = &json["aftermath"]["verified"]["violations"];
    assert_eq!(code, 0, "{said}{violations}");
    let point = json["capacity"]["at_objective"]["point"].as_f64().unwrap();
    assert!((6.0..30.0).contains(&point), "{said}");
    let per_task = json["per_task"]["point"].as_f64().unwrap();
    // JSON is read to the last digit but one.
    assert!((per_task - point / 2.0).abs() < 1e-9, "{said}");
    assert_eq!(json["limit"]["what"], "service-time", "{said}");
    // 6, 12, 24, 48, 96/s, and perhaps the last one: three steps past the knee are enough.
    let steps = json["steps"].as_array().unwrap();
    assert!((4..=6).contains(&steps.len()), "{said}");
    assert!(steps[0]["missed"].as_f64().unwrap() < 0.2, "{said}");
    assert!(
        steps.last().unwrap()["missed"].as_f64().unwrap() > 0.5,
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_that_ends_before_the_knee_shows_no_capacity() {
    let arguments = [
        "--from",
        "10/s",
        "--to",
        "30/s",
        "--growth",
        "40",
        "--step",
        "5s",
        "--warm-up",
        "1s",
    ];
    let (code, said, json) = search(Faults::default(), &arguments).await;
    assert_eq!(code, 2, "{said}");
    assert_eq!(json["capacity"], Value::Null);
    assert!(said.contains("the range ends before the knee"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_costs_no_result() {
    let arguments = [
        "--from",
        "10/s",
        "--to",
        "10/s",
        "--step",
        "5s",
        "--warm-up",
        "1s",
        "--ndjson",
        "/dev/full",
    ];
    let (code, said, json) = once(&[], Faults::default(), &arguments).await;
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("no capacity can be given"), "{said}");
    assert!(said.contains("/dev/full could not be written"), "{said}");
    assert_eq!(json["steps"].as_array().map(Vec::len), Some(1), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_used_up_is_named_from_the_metrics_of_the_service() {
    let arguments = [&PAST_IT[..], &["--metrics", "HOST/metrics"]].concat();
    let (_, said, json) = search(one_at_a_time(), &arguments).await;
    let limit = &json["limit"];
    assert_eq!(
        (&limit["what"], &limit["limit"]),
        (&json!("pool"), &json!(1)),
        "{said}"
    );
    assert!(limit["waiting"].as_u64().unwrap() > 1, "{said}");
    assert!(said.contains("the pool is the limit"), "{said}");
}

/// A search of a service that ECS knows and of which CloudWatch says this.
async fn watched(
    cloudwatch: impl Fn() -> Response + Clone + Send + Sync + 'static,
    faults: Faults,
) -> (i32, String, Value) {
    // ECS names the operation in a header, CloudWatch in the path.
    let environment = environment(move |_, headers, _| match headers.get("x-amz-target") {
        Some(_) => json!({"services": [{"status": "ACTIVE"}]})
            .to_string()
            .into_response(),
        None => cloudwatch(),
    });
    let watched = ["--cluster", "events", "--service", "web"];
    let arguments = [&PAST_IT[..], &watched].concat();
    search_beside(environment.await, faults, &arguments).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cpu_that_cloudwatch_saw_at_its_limit_is_named() {
    let full = || {
        cbor(&json!({"MetricDataResults": [{
            "Id": "aws_ecs_CPUUtilization", "StatusCode": "Complete",
            "Timestamps": [{"epoch": Utc::now().timestamp() - 62}], "Values": [100.0],
        }]}))
    };
    let (_, said, json) = watched(full, one_at_a_time()).await;
    assert_eq!(json["limit"]["what"], "cpu", "{said}");
    assert_eq!(json["limit"]["percent"], 100.0, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_may_not_see_the_cpu_says_so_before_it_begins() {
    let denied = || StatusCode::FORBIDDEN.into_response();
    let (code, said, _) = watched(denied, Faults::default()).await;
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("cloudwatch:GetMetricData failed"), "{said}");
}
