//! The real service, and the same one with the lock taken out of its join.

use crate::invocation::{Finished, Invocation};
use crate::real::Service;

/// What a join does in the database.
const JOIN: &str = "join_event(bigint, text, boolean, text)";
/// The locks in it.
const LOCKS: [&str; 2] = [" for no key update", " for update"];

/// Hardly anything but joins and leaves: race after race for the last seat.
async fn rush(service: &Service) -> Finished {
    let plan = r#"
        timeout = "60s"
        arrivals = "poisson"
        [[phase]]
        name = "rush"
        duration = "10s"
        rate = "80/s"
        mix = { browse = 8, join = 90, organise = 2 }
        [[rule]]
        availability = "90%"
        [[rule]]
        slower_than = "30s"
        share = "90%"
    "#;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rush.toml");
    std::fs::write(&file, plan).unwrap();
    let arguments = [
        "--plan",
        file.to_str().unwrap(),
        "--seed",
        "1",
        "--no-abort",
    ];
    Invocation::run(&service.host, &arguments).finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_service_keeps_its_promises() {
    let service = Service::start("whole").await;
    let run = rush(&service).await;
    service.end().await;
    assert!(run.violations().is_empty(), "{}", run.stdout);
    assert_eq!(run.figure("/ledger/unseen"), 0.0, "{}", run.stdout);
    for done in ["joins", "leaves", "waits", "creates", "reads"] {
        let figure = run.figure(&format!("/ledger/acknowledged/{done}"));
        assert!(figure > 0.0, "no {done}: {}", run.stdout);
    }
    assert_ne!(run.code, 1, "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_without_its_lock_fails_by_the_ledger() {
    let service = Service::start("mutant").await;
    let whole = service
        .sql(&format!(
            "select pg_get_functiondef('{JOIN}'::regprocedure)"
        ))
        .await;
    let mut mutant = whole.clone();
    for lock in LOCKS {
        assert!(
            mutant.contains(lock),
            "the join has no{lock} to take out: {whole}"
        );
        mutant = mutant.replace(lock, "");
    }
    service.sql(&mutant).await;
    let run = rush(&service).await;
    service.end().await;
    assert_eq!(
        (run.code, run.verdict()),
        (1, ("fail", vec!["promises-broken"])),
        "{}",
        run.stdout
    );
    assert!(run.violations().contains(&"overbooked"), "{}", run.stdout);
    assert!(run.stdout.contains(" seats and "), "{}", run.stdout);
}
