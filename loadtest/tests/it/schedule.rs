//! The schedule holds, and what it costs people to wait is counted.

use std::time::Duration;

use crate::invocation::{Finished, Invocation};
use crate::server::{Faults, Server};

/// A run while no other test runs, and by how many milliseconds its figures may be off because the generator itself
/// was late: on a busy machine it says so, and on a quiet one that is next to nothing.
async fn alone(arguments: &[&str], faults: Faults) -> (Server, Finished, f64) {
    let server = Server::start(faults).await;
    let run = Invocation::run(&server.host, arguments)
        .finish_alone()
        .await;
    let late = run.figure("/generator/lateness_max_ms");
    (server, run, late)
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
    // 50/s for 6 s; after 3 s nothing is answered for 2 s.
    // 100 of 300 requests wait 2,000 ms, 1,980 ms, ... 20 ms, so the 95th percentile is about 1,700 ms.
    let faults = Faults {
        stall: Some((150, Duration::from_secs(2))),
        ..Faults::default()
    };
    // With 10 users only 10 requests feel the stall themselves; from the send nothing of it is seen at p95.
    let arguments = ["--rate", "50/s", "--duration", "6s", "--users", "10"];
    let (server, run, late) = alone(&arguments, faults).await;
    let truth = truth(&server, 50.0);
    let response = run.figure("/latency/response/p95_ms");
    let service = run.figure("/latency/service/p95_ms");
    assert!(
        (1_670.0..1_900.0 + 2.0 * late).contains(&truth),
        "the server saw a p95 of {truth} ms"
    );
    assert!(
        (response - truth).abs() <= 0.02 * truth + late,
        "p95 is {response} ms, in truth {truth} ms, late by {late} ms"
    );
    assert!(service < 0.3 * truth + late, "from the send {service} ms");
    assert!(
        run.figure("/generator/queued") > 75.0,
        "{}",
        run.json["generator"]
    );
    assert_eq!(run.figure("/generator/sent"), 300.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_that_was_asked_for_arrives() {
    let arguments = ["--rate", "200/s", "--duration", "4s"];
    let (server, run, late) = alone(&arguments, Faults::default()).await;
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 800, "{}", run.stderr);
    let first = arrivals.iter().min().unwrap();
    let span = arrivals.iter().max().unwrap().duration_since(*first);
    let off_ms = (span.as_secs_f64() - 799.0 / 200.0).abs() * 1_000.0;
    // The first and the last request may be late, and the server that tells of them, too.
    assert!(
        off_ms <= 20.0 + 2.0 * late,
        "{span:?} for 800, late by {late} ms"
    );
}
