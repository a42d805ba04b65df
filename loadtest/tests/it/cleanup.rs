//! A run leaves nothing behind, and takes nothing of anybody else.

use crate::invocation::{Invocation, loadtest, texts};
use crate::server::{Faults, Server};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_leaves_only_what_was_there() {
    let server = Server::start(Faults::default()).await;
    server.add("somebody");
    server.add("loadtest-20250101-000000-0001");
    let run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "2s"])
        .finish()
        .await;
    assert_eq!(
        server.organizers(),
        ["somebody", "loadtest-20250101-000000-0001"]
    );
    assert!(run.figure("/cleanup/deleted") > 4.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn cleanup_deletes_the_events_of_one_run() {
    let server = Server::start(Faults::default()).await;
    let run = "20250101-000000-0001";
    for organizer in ["somebody", &format!("loadtest-{run}2"), "somebody else"] {
        server.add(organizer);
    }
    // More than a page.
    for _ in 0..130 {
        server.add(&format!("loadtest-{run}"));
    }
    let output = loadtest(&["cleanup", run, "--host", &server.host])
        .output()
        .await
        .unwrap();
    let (code, stdout, stderr) = texts(&output);
    assert_eq!(
        (code, stdout.as_str()),
        (0, "130 events of run 20250101-000000-0001 deleted\n"),
        "{stderr}"
    );
    assert_eq!(
        server.organizers(),
        [
            "somebody",
            "loadtest-20250101-000000-00012",
            "somebody else"
        ]
    );
}
