//! A run that is killed has lost one second, and not more.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::invocation::Invocation;
use crate::server::{Faults, Server};

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_at_most_a_second() {
    let server = Server::start(Faults::default()).await;
    let mut run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "10m"]);
    let child = run.start();
    while server.count() < 350 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let pid = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    let killed = Instant::now();
    let answered = server.answers();
    let run = run.wait(child).await;
    assert_eq!(run.code, -1);

    let lines: Vec<Value> = run
        .ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["kind"], "run");
    assert_ne!(lines.last().unwrap()["kind"], "end");
    let written: u64 = run
        .lines("second")
        .iter()
        .flat_map(|line| line["outcomes"].as_object().unwrap().values())
        .map(|count| count.as_u64().unwrap())
        .sum();
    // What was answered more than a second before, and the time that a busy machine takes to write it down.
    let age = Duration::from_millis(1_500);
    let old = answered
        .iter()
        .filter(|answer| answer.answered + age < killed)
        .count() as u64;
    assert!(old > 100, "{old} of {}", answered.len());
    assert!(written >= old, "{written} of {old} were written down");
}
