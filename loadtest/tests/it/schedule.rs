//! The schedule holds, and what it costs people to wait is counted.

use std::time::Duration;

use crate::invocation::{Finished, Invocation};
use crate::server::{Faults, Server};

/// So often a run is repeated that was disturbed.
const ATTEMPTS: usize = 5;
/// A run is disturbed when the generator itself was this late.
const DISTURBED_MS: f64 = 6.0;

/// A run on a machine that had time for it: a generator that says it was late proves nothing about the schedule.
async fn undisturbed(faults: Faults, arguments: &[&str]) -> (Server, Finished) {
    let mut attempt = 1;
    loop {
        let server = Server::start(faults.clone()).await;
        let run = Invocation::run(&server.host, arguments)
            .finish_alone()
            .await;
        if run.figure("/generator/lateness_p99_ms") < DISTURBED_MS || attempt == ATTEMPTS {
            return (server, run);
        }
        attempt += 1;
    }
}

/// The 95th percentile of what people waited, as the server saw it, in milliseconds.
///
/// Nobody tells the server when the schedule began; no request comes before its time, so the earliest one does.
fn truth(server: &Server, rate: f64) -> f64 {
    let offset = |slot: u32| Duration::from_secs_f64(f64::from(slot) / rate);
    let answers = server.answers();
    let begin = answers
        .iter()
        .map(|answer| answer.came - offset(answer.slot))
        .min()
        .unwrap();
    let mut waits: Vec<_> = answers
        .iter()
        .map(|answer| answer.answered - begin - offset(answer.slot))
        .collect();
    waits.sort();
    waits[waits.len() * 95 / 100].as_secs_f64() * 1_000.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_is_charged_to_everybody_who_would_have_waited() {
    // 50/s for 10 s; after 5 s nothing is answered for 2 s.
    // 100 of 500 requests wait 2,000 ms, 1,980 ms, ... 20 ms, so the 95th percentile is about 1,500 ms.
    let faults = Faults {
        stall: Some((250, Duration::from_secs(2))),
        ..Faults::default()
    };
    // With 20 users only 20 requests feel the stall themselves; from the send nothing of it is seen at p95.
    let (server, run) = undisturbed(
        faults,
        &["--rate", "50/s", "--duration", "10s", "--users", "20"],
    )
    .await;
    let truth = truth(&server, 50.0);
    let response = run.figure("/latency/response/p95_ms");
    let service = run.figure("/latency/service/p95_ms");
    assert!(
        (1_470.0..1_700.0).contains(&truth),
        "the server saw a p95 of {truth} ms"
    );
    assert!(
        (response - truth).abs() <= 0.02 * truth,
        "p95 is {response} ms, in truth {truth} ms"
    );
    assert!(service < 0.3 * truth, "from the send {service} ms");
    assert!(
        run.figure("/generator/queued") > 75.0,
        "{}",
        run.json["generator"]
    );
    assert_eq!(run.figure("/generator/sent"), 500.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_that_was_asked_for_arrives() {
    let (server, run) =
        undisturbed(Faults::default(), &["--rate", "200/s", "--duration", "6s"]).await;
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 1_200, "{}", run.stderr);
    let first = arrivals.iter().min().unwrap();
    let span = arrivals.iter().max().unwrap().duration_since(*first);
    let rate = (arrivals.len() - 1) as f64 / span.as_secs_f64();
    assert!((rate - 200.0).abs() <= 0.005 * 200.0, "{rate}/s arrived");
}
