//! Nothing is left behind, whatever fails and whoever interrupts; or it is said, with the command that removes it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    seen, smoke, steps,
    stub::{Fault, Stub},
};
use crate::{live::Endless, probe, run};

#[test]
fn the_event_is_removed_whatever_fails_before() {
    for (fault, step) in [
        ("GET /health/ready", "ready"),
        ("GET /events/{id}", "read"),
        ("GET /events", "list"),
        ("PUT /events/{id}", "change"),
        ("POST /events/{id}/join", "join"),
        ("DELETE /events/{id}/join", "leave"),
    ] {
        let stub = Stub::start(&[(fault, 1, Fault::Status(500))]);
        let (code, tried) = smoke(&stub.url, &[]);
        assert_eq!(code, 1, "{fault}: {tried:#}");
        assert!(
            steps(&tried).contains(&format!("{step} failed")),
            "{tried:#}"
        );
        assert_eq!(seen(&tried, step), "answered 500: broken: by the test");
        assert!(stub.events().is_empty(), "{fault}");
        assert_eq!(tried["left_behind"], Value::Null);
        if step != "ready" {
            assert_eq!(
                stub.dates().last().map(String::as_str),
                Some("2000"),
                "{fault}"
            );
        }
    }
}

#[test]
fn an_answer_that_is_lost_loses_no_event() {
    // It was created, but nobody heard: the key finds it again.
    let stub = Stub::start(&[("POST /events", 1, Fault::Lost)]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(code, 1, "{tried:#}");
    assert!(stub.events().is_empty());
    assert_eq!(stub.created(), 1);
    assert_eq!(tried["left_behind"], Value::Null);
    assert!(steps(&tried).contains(&"create failed".to_owned()));

    // It was removed, but nobody heard: that it is gone is an answer, too.
    let stub = Stub::start(&[("DELETE /events/{id}", 1, Fault::Lost)]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(code, 0, "{tried:#}");
    assert!(seen(&tried, "remove").contains("after try 2"), "{tried:#}");
    assert!(stub.events().is_empty());
}

#[test]
fn what_cannot_be_removed_is_told_with_the_command_that_removes_it() {
    let stub = Stub::start(&[("DELETE /events/{id}", 9, Fault::Status(503))]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(code, 1);
    let (id, event) = stub.events().into_iter().next().unwrap();
    let left = &tried["left_behind"];
    assert_eq!((&left["id"], &left["title"]), (&json!(id), &event["title"]));
    assert_eq!(
        left["command"],
        format!("curl -i -X DELETE '{}/events/{id}'", stub.url)
    );
    // Nobody is told of it: it lies in the past.
    assert!(event["event_date"].as_str().unwrap().starts_with("2000"));
    let (_, text, _) = run(probe().args(["smoke", &stub.url, "--lang", "ja"]));
    assert!(text.contains("削除できていないイベント"), "{text}");

    // Nobody ever answered whether it was created.
    let stub = Stub::start(&[("POST /events", 9, Fault::Status(502))]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(
        (code, &tried["left_behind"]["id"]),
        (1, &Value::Null),
        "{tried:#}"
    );
    let command = tried["left_behind"]["command"].as_str().unwrap();
    assert!(
        command.contains("/events?when=all&q=probe-smoke-"),
        "{command}"
    );
}

#[test]
fn a_refusal_creates_nothing_that_would_have_to_be_removed() {
    let stub = Stub::start(&[("POST /events", 9, Fault::Status(403))]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(
        (code, &tried["left_behind"]),
        (1, &Value::Null),
        "{tried:#}"
    );
    assert!(
        !steps(&tried).iter().any(|step| step.starts_with("remove")),
        "{tried:#}"
    );
    let (code, tried) = smoke(&Stub::start(&[]).url, &["--read-only"]);
    assert_eq!(
        (code, &tried["verdict"]),
        (0, &json!("passed")),
        "{tried:#}"
    );
    assert!(steps(&tried).contains(&"create skipped".to_owned()));
}

#[test]
fn who_interrupts_leaves_nothing_behind() {
    let stub = Stub::start(&[("POST /events/{id}/join", 9, Fault::Hang)]);
    let mut command = probe();
    let mut smoke = Endless::start(command.args(["smoke", &stub.url, "--lang", "en"]));
    let end = Instant::now() + Duration::from_secs(30);
    while !stub.requests().iter().any(|it| it.path.ends_with("/join")) && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(stub.events().len(), 1);
    assert_eq!(smoke.interrupt(), 1);
    let mut said = String::new();
    std::io::Read::read_to_string(&mut smoke.0.stdout.take().unwrap(), &mut said).unwrap();
    assert!(
        said.contains("interrupted") && said.contains("nothing is left behind"),
        "{said}"
    );
    assert!(stub.events().is_empty());
    assert_eq!(stub.dates().last().map(String::as_str), Some("2000"));
}
