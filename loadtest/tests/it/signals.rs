//! A run that is stopped keeps what it has seen.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::invocation::{Finished, Invocation};
use crate::server::{Faults, Server};

/// Starts a long run, stops it once so many requests came, and says how long it took to end.
async fn stopped_by(signal: Signal, faults: Faults) -> (Finished, Duration) {
    let server = Server::start(faults).await;
    let mut run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "10m"]);
    let child = run.start();
    let pid = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    while server.count() < 150 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kill_process(pid, signal).unwrap();
    let asked = Instant::now();
    (run.wait(child).await, asked.elapsed())
}

fn is_whole(run: &Finished, time: Duration) {
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(run.verdict().0, "inconclusive");
    assert!(
        run.verdict().1.contains(&"cancelled"),
        "{:?}",
        run.verdict()
    );
    assert!(run.figure("/availability/requests") >= 100.0);
    assert!(run.stdout.starts_with("INCONCLUSIVE\n"), "{}", run.stdout);
    assert!(time < Duration::from_secs(10), "it took {time:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_keeps_the_report() {
    let (run, time) = stopped_by(Signal::TERM, Faults::default()).await;
    is_whole(&run, time);
    assert_eq!(run.json["ledger"]["unseen"], 0);
    assert_eq!(run.json["cleanup"]["left"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn sigint_keeps_the_report() {
    let (run, time) = stopped_by(Signal::INT, Faults::default()).await;
    is_whole(&run, time);
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_a_run_whose_service_hangs() {
    let (run, time) = stopped_by(
        Signal::TERM,
        Faults {
            hang_from: Some(120),
            ..Faults::default()
        },
    )
    .await;
    is_whole(&run, time);
    assert!(
        run.verdict().1.contains(&"ledger-unverified"),
        "{:?}",
        run.verdict()
    );
    assert!(run.stdout.contains("loadtest cleanup "), "{}", run.stdout);
}
