//! A run that is stopped keeps what it has seen.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;

use crate::invocation::{Finished, Invocation, loadtest, texts};
use crate::server::{Faults, Server};

/// Starts a long run, stops it once so many requests came, and says how long it took to end.
async fn stopped_by(signal: Signal, faults: Faults) -> (Finished, Duration) {
    let server = Server::start(faults).await;
    stopped_once(signal, &server, |server| server.count() >= 150).await
}

/// The same, once the server has seen this.
async fn stopped_once(
    signal: Signal,
    server: &Server,
    seen: impl Fn(&Server) -> bool,
) -> (Finished, Duration) {
    let mut run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "10m"]);
    let child = run.start();
    let asked = stop(signal, &child, server, seen).await;
    (run.wait(child).await, asked.elapsed())
}

/// Stops what runs, and says when that was.
async fn stop(
    signal: Signal,
    child: &Child,
    server: &Server,
    seen: impl Fn(&Server) -> bool,
) -> Instant {
    let pid = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    while !seen(server) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kill_process(pid, signal).unwrap();
    Instant::now()
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

#[tokio::test(flavor = "multi_thread")]
async fn before_the_load_a_signal_ends_a_run_whose_service_hangs() {
    // The health check; and the second of the events for the joiners, of which the first is there by then.
    for hangs in [0, 2] {
        let server = Server::start(Faults {
            hang_beside: Some(hangs),
            ..Faults::default()
        })
        .await;
        let asked = |server: &Server| server.beside() > hangs;
        let (run, time) = stopped_once(Signal::TERM, &server, asked).await;
        assert_eq!(run.code, 2, "{hangs}: {}", run.stderr);
        assert_eq!(run.verdict().0, "inconclusive");
        assert_eq!(run.verdict().1.first(), Some(&"cancelled"));
        assert!(run.stdout.starts_with("INCONCLUSIVE\n"), "{}", run.stdout);
        assert_eq!(run.json["generator"]["sent"], 0);
        assert_eq!(run.json["cleanup"]["deleted"], u64::from(hangs > 0));
        assert_eq!(server.organizers(), Vec::<String>::new());
        assert!(time < Duration::from_secs(10), "it took {time:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_stopped_says_so() {
    let server = Server::start(Faults::default()).await;
    let search = ["capacity", "--host", &server.host, "--from", "50/s"];
    let child = loadtest(&search)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = stop(Signal::TERM, &child, &server, |server| server.count() >= 50).await;
    let (code, stdout, stderr) = texts(&child.wait_with_output().await.unwrap());
    assert_eq!(code, 2, "{stderr}");
    let said = "INCONCLUSIVE: the search ended early: somebody asked the run to stop";
    assert!(stdout.contains(said), "{stdout}");
    assert!(asked.elapsed() < Duration::from_secs(10));
}
