//! `probe smoke` against a service that does what a test wants, and against the real one.

mod door;
mod real;
mod stub;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::stub::{Fault, Stub};
use crate::{live::Endless, probe, run};

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

#[test]
fn behind_a_login_it_says_what_could_be_tried_and_what_needs_a_session() {
    let stub = Stub::behind_login(&[]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(
        (code, &tried["verdict"]),
        (3, &json!("undetermined")),
        "{tried:#}"
    );
    let expected = [
        "login passed",
        "guarded passed",
        "health skipped",
        "ready skipped",
        "page skipped",
        "headers skipped",
        "create skipped",
        "read skipped",
        "list skipped",
        "change skipped",
        "join skipped",
        "leave skipped",
        "remove skipped",
    ];
    assert_eq!(steps(&tried), expected, "{tried:#}");
    assert_eq!(
        seen(&tried, "login"),
        "who is not logged in is sent to login.example.com"
    );
    assert_eq!(seen(&tried, "create"), "needs a session (--session FILE)");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("session");
    std::fs::write(&file, "Cookie: AWSELBAuthSessionCookie-0=hunter2\n").unwrap();
    let session = ["--session", file.to_str().unwrap()];
    let (code, tried) = smoke(&stub.url, &session);
    assert_eq!(code, 0, "{tried:#}");
    assert!(stub.events().is_empty() && stub.created() == 1);
    assert!(!tried.to_string().contains("hunter2"));
    std::fs::write(&file, "AWSELBAuthSessionCookie-0=old").unwrap();
    let (code, tried) = smoke(&stub.url, &session);
    assert!(
        code == 1 && seen(&tried, "login").contains("not valid, or has ended"),
        "{tried:#}"
    );

    // A rule that forgets the API is what a login is worth nothing with.
    let open = Stub::behind_login(&["/events"]);
    let (code, tried) = smoke(&open.url, &[]);
    assert!(
        code == 1 && seen(&tried, "guarded").contains("open without a login"),
        "{tried:#}"
    );
}

#[test]
fn tls_is_checked_and_the_end_of_the_certificate_told() {
    let stub = Stub::start(&[]);
    let dir = tempfile::tempdir().unwrap();
    let authority = dir.path().join("authority.pem");
    let tried = |days: i64, trusted: bool| {
        let url = door::open(&stub.url, days, &authority);
        let mut command = probe();
        command.args(["smoke", &url, "-o", "json"]);
        if trusted {
            command.env("SSL_CERT_FILE", &authority);
        }
        let (code, out, err) = run(&mut command);
        let value: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        (code, value)
    };
    let (code, good) = tried(90, true);
    assert_eq!(code, 0, "{good:#}");
    assert!(steps(&good).contains(&"tls passed".to_owned()), "{good:#}");
    assert!(seen(&good, "tls").contains("(89 days)"), "{good:#}");
    // The load balancer is to say so; the stub does not.
    assert!(
        steps(&good).contains(&"headers warned".to_owned()),
        "{good:#}"
    );
    let (code, soon) = tried(10, true);
    assert!(
        code == 0 && seen(&soon, "tls").contains("runs out in 9 days"),
        "{soon:#}"
    );
    for (days, trusted, word) in [(-1, true, "xpired"), (90, false, "UnknownIssuer")] {
        let (code, bad) = tried(days, trusted);
        assert!(code == 1 && seen(&bad, "health").contains(word), "{bad:#}");
    }
}

#[test]
fn headers_that_are_missing_are_named() {
    let stub = Stub::start(&[("GET /", 1, Fault::Bare)]);
    let (code, tried) = smoke(&stub.url, &[]);
    assert_eq!(code, 1);
    assert_eq!(
        seen(&tried, "headers"),
        "not sent: Content-Security-Policy, X-Content-Type-Options: nosniff, Referrer-Policy"
    );
}
