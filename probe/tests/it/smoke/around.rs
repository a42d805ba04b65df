//! What stands in front of the service and around its answers: the login, TLS, the headers.

use serde_json::{Value, json};

use super::{
    door, seen, smoke, steps,
    stub::{Fault, Stub},
};
use crate::{probe, run};

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
