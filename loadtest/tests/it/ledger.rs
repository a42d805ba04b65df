//! What was acknowledged must be there.

use crate::invocation::{Finished, Invocation};
use crate::server::{Faults, Server};

async fn run(faults: Faults) -> Finished {
    run_with(faults, "60s", "3s").await
}

async fn run_with(faults: Faults, timeout: &str, duration: &str) -> Finished {
    let server = Server::start(faults).await;
    let arguments = [
        "--rate",
        "150/s",
        "--duration",
        duration,
        // How quick they are is another matter, and the machine of the tests may be busy.
        "--slow",
        "30s",
        "--timeout",
        timeout,
        "--availability",
        "99",
        "--seed",
        "1",
    ];
    Invocation::run(&server.host, &arguments).finish().await
}

fn fails_with(run: &Finished, violation: &str) {
    assert_eq!(
        (run.code, run.verdict()),
        (1, ("fail", vec!["promises-broken"])),
        "{}",
        run.stdout
    );
    assert!(
        run.violations().contains(&violation),
        "{:?}",
        run.violations()
    );
    assert_eq!(run.figure("/availability/failures"), 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_keeps_its_promises_is_not_accused() {
    let run = run(Faults::default()).await;
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.violations().is_empty());
    for done in ["joins", "leaves", "creates", "edits", "deletes"] {
        assert!(
            run.figure(&format!("/ledger/acknowledged/{done}")) > 0.0,
            "no {done}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_of_its_own_that_fails_accuses_nobody() {
    let faults = Faults {
        deny_deletions: true,
        ..Faults::default()
    };
    // Long enough for events to be over and deleted meanwhile.
    let run = run_with(faults, "2s", "7s").await;
    assert!(run.violations().is_empty(), "{:?}", run.violations());
    assert!(run.figure("/ledger/compared") > 9.0, "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn overbooking_fails() {
    let run = run(Faults {
        overbook: true,
        ..Faults::default()
    })
    .await;
    fails_with(&run, "overbooked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_booking_fails() {
    let run = run(Faults {
        lose_join_every: Some(10),
        ..Faults::default()
    })
    .await;
    fails_with(&run, "lost-booking");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_edit_fails() {
    let run = run(Faults {
        lose_edits: true,
        ..Faults::default()
    })
    .await;
    fails_with(&run, "lost-edit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_in_which_somebody_is_turned_away_does_not_end_the_others() {
    let faults = Faults {
        turn_away: Some((100, 5)),
        ..Faults::default()
    };
    // The verification waits so long for what nobody knows.
    let run = run_with(faults, "10s", "3s").await;
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.violations().is_empty(), "{:?}", run.violations());
    // Of twenty events three are not opened, and of the races of forty at the others six have a hundredth join.
    assert_eq!(run.figure("/ledger/races"), 11.0, "{}", run.stdout);
    assert_eq!(run.figure("/ledger/unseen"), 0.0, "{}", run.stdout);
}
