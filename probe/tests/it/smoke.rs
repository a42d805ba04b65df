//! `probe smoke` against a service that does what a test wants, and against the real one.

mod around;
mod door;
mod real;
mod removal;
mod stub;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::stub::{Fault, Stub};
use crate::{probe, run};

/// Exit code and answer of a smoke test.
fn smoke(url: &str, args: &[&str]) -> (i32, Value) {
    let (code, out, err) = run(probe().args(["smoke", url, "-o", "json"]).args(args));
    let value = serde_json::from_str(&out);
    (
        code,
        value.unwrap_or_else(|_| panic!("exit {code}: {out}{err}")),
    )
}

/// Its steps with their outcomes, in their order.
fn steps(smoke: &Value) -> Vec<String> {
    let steps = smoke["steps"].as_array().unwrap().iter();
    steps
        .map(|step| {
            let [name, outcome] = ["step", "outcome"].map(|key| step[key].as_str().unwrap());
            format!("{name} {outcome}")
        })
        .collect()
}

fn seen<'a>(smoke: &'a Value, step: &str) -> &'a str {
    let mut steps = smoke["steps"].as_array().unwrap().iter();
    let found = steps.find(|found| found["step"] == step);
    found.unwrap_or_else(|| panic!("no {step}: {smoke:#}"))["seen"]
        .as_str()
        .unwrap()
}

#[test]
fn everything_is_tried_and_nothing_is_left() {
    let stub = Stub::start(&[]);
    let (code, tried) = smoke(&stub.url, &[]);
    let passed: Vec<String> = [
        "health",
        "ready",
        "page",
        "headers",
        "create",
        "read",
        "list",
        "change",
        "join",
        "leave",
        "move-back",
        "remove",
    ]
    .map(|step| format!("{step} passed"))
    .to_vec();
    assert_eq!((code, steps(&tried)), (0, passed), "{tried:#}");
    assert_eq!(
        (&tried["verdict"], &tried["left_behind"]),
        (&json!("passed"), &Value::Null)
    );
    assert!(stub.events().is_empty());
    let requests = stub.requests();
    assert!(requests.len() <= 15, "{requests:#?}");
    assert!(
        tried["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| step["took_ms"].as_f64() > Some(0.0) || step["step"] == "headers")
    );
    // In the future it is only between being joined and left, and everything has an id to be found by in the log.
    let dates = stub.dates();
    assert_eq!(dates, ["2000", "2199", "2000"]);
    assert!(
        requests
            .iter()
            .all(|request| request.id.starts_with("probe-smoke-"))
    );
}

#[test]
fn what_others_have_made_is_left_alone() {
    let stub = Stub::start(&[]);
    let theirs = stub.add("懇親会", "2026-12-01T10:00:00Z", "2026-11-01T00:00:00Z");
    let old = stub.add(
        "[probe smoke] please ignore probe-smoke-old",
        "2000-01-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
    );
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(code, 0, "{tried:#}");
    let left: Vec<i64> = stub.events().into_keys().collect();
    assert_eq!(left, [theirs, old]);
    let others = tried["others_left_behind"].as_array().unwrap();
    assert_eq!(others.len(), 1, "{tried:#}");
    assert_eq!(
        others[0]["command"],
        format!("curl -i -X DELETE '{}/events/{old}'", stub.url)
    );
    let touched = stub.requests().into_iter().any(|request| {
        let path = request.path.as_str();
        [theirs, old]
            .iter()
            .any(|id| path.starts_with(&format!("/events/{id}")))
    });
    assert!(!touched);
}

#[test]
fn a_service_that_hangs_or_is_not_there_ends_the_test_soon() {
    let began = Instant::now();
    let stub = Stub::start(&[("GET /health", 9, Fault::Hang)]);
    let (code, tried) = smoke(&stub.url, &["--timeout", "1"]);
    assert_eq!((code, steps(&tried)), (1, vec!["health failed".to_owned()]));
    assert!(
        seen(&tried, "health").starts_with("no answer within 1."),
        "{tried:#}"
    );
    let (code, tried) = smoke("http://127.0.0.1:9", &[]);
    assert!(
        code == 1 && seen(&tried, "health").contains("no connection"),
        "{tried:#}"
    );
    assert!(began.elapsed() < Duration::from_secs(20));
    for url in [
        "events.example.com",
        "ftp://events.example",
        "http://u:p@events.example",
    ] {
        let (code, _, err) = run(probe().args(["smoke", url]));
        assert!(
            code == 2 && err.contains("is no address of a service"),
            "{url}: {err}"
        );
    }
}
