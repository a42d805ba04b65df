//! What the plan breaks on purpose is done at its time, reported, and over when the run is.

use std::time::Duration;

use crate::invocation::{Finished, Invocation};
use crate::server::{Faults, Server};

async fn with_fault(command: &str, duration: &str) -> Finished {
    let server = Server::start(Faults::default()).await;
    let mut run = Invocation::run(&server.host, &["--plan", "plan.toml"]);
    let plan = format!(
        "[[phase]]\nname = \"calm\"\nduration = \"1s\"\nrate = \"20/s\"\n\
         [[phase]]\nname = \"broken\"\nduration = \"{duration}\"\nrate = \"20/s\"\n\
         fault = {{ at = \"500ms\", command = '{command}' }}\n"
    );
    std::fs::write(run.directory().join("plan.toml"), plan).unwrap();
    let child = run.start();
    run.wait(child).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_at_its_time_and_is_reported() {
    let command = "echo broken $LOADTEST_HOST; exit 4";
    let run = with_fault(command, "2s").await;
    let events = run.lines("event");
    assert_eq!(events.len(), 2, "{}", run.ndjson);
    assert_eq!(events[0]["event"], "fault_began");
    assert_eq!(events[0]["what"], command);
    let at = events[0]["at_s"].as_f64().unwrap();
    assert!((1.5..2.5).contains(&at), "{at}");
    assert_eq!(events[1]["event"], "fault_ended");
    assert_eq!(
        (&events[1]["phase"], &events[1]["done"]),
        (&"broken".into(), &false.into())
    );
    let said = events[1]["said"].as_str().unwrap();
    assert!(said.starts_with("broken http://127.0.0.1:"), "{said}");
    assert!(said.ends_with("exit status: 4"), "{said}");
    assert!(run.stderr.contains("fault FAILED"), "{}", run.stderr);
    assert_eq!(
        (run.code, run.verdict()),
        (2, ("inconclusive", vec!["fault-not-made"])),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("exit status: 4"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_does_not_end_ends_with_the_run() {
    let begin = std::time::Instant::now();
    let run = with_fault("sleep 600", "1s").await;
    assert!(begin.elapsed() < Duration::from_secs(60));
    let events = run.lines("event");
    assert_eq!(events[1]["said"], "ended with the run", "{}", run.ndjson);
    assert_eq!(run.lines("end").len(), 1);
}
