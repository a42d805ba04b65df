//! The exit code is the verdict.

use std::time::Duration;

use crate::invocation::{Finished, Invocation};
use crate::server::{Faults, Server};

async fn run(faults: Faults, arguments: &[&str]) -> Finished {
    let server = Server::start(faults).await;
    Invocation::run(&server.host, arguments).finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_service_passes() {
    let run = run(
        Faults::default(),
        &[
            "--rate",
            "100/s",
            "--duration",
            "5s",
            "--availability",
            "99",
            "--seed",
            "1",
        ],
    )
    .await;
    assert_eq!(
        (run.code, run.verdict()),
        (0, ("pass", vec!["availability-shown", "quick-enough"])),
        "{}",
        run.stdout
    );
    assert_eq!(run.figure("/availability/requests"), 500.0);
    assert_eq!(run.figure("/availability/point"), 1.0);
    // A full event is refused all the time, and this is no failure.
    assert!(run.figure("/outcomes/refused") > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_service_fail() {
    let faults = Faults {
        fail_every: Some(20),
        ..Faults::default()
    };
    let run = run(
        faults,
        &[
            "--rate",
            "100/s",
            "--duration",
            "5s",
            "--availability",
            "99",
        ],
    )
    .await;
    assert_eq!(
        (run.code, run.verdict()),
        (1, ("fail", vec!["availability-missed"])),
        "{}",
        run.stdout
    );
    assert_eq!(run.figure("/availability/failures"), 25.0);
    assert!(
        run.json["causes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|cause| cause["cause"] == "http-503")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_requests_say_how_many_more() {
    let run = run(Faults::default(), &["--rate", "200/s", "--duration", "3s"]).await;
    assert_eq!(
        (run.code, run.verdict()),
        (2, ("inconclusive", vec!["too-few-requests"])),
        "{}",
        run.stdout
    );
    // 2,995 without a failure show 99.9 %; 600 were made.
    assert!(run.stdout.contains("2,395 more"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generator_that_is_late_gives_no_verdict() {
    // tokio's timer alone is later than a tenth of a millisecond.
    let arguments = [
        "--rate",
        "100/s",
        "--duration",
        "4s",
        "--availability",
        "99",
        "--max-lateness",
        "0.1ms",
    ];
    let run = run(Faults::default(), &arguments).await;
    let (verdict, reasons) = run.verdict();
    assert_eq!((run.code, verdict), (2, "inconclusive"), "{}", run.stdout);
    assert!(reasons.contains(&"generator-late"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_nobody_could_send_give_no_verdict() {
    let faults = Faults {
        hang_from: Some(50),
        ..Faults::default()
    };
    let run = run(
        faults,
        &[
            "--rate",
            "50/s",
            "--duration",
            "2s",
            "--users",
            "2",
            "--timeout",
            "1s",
            "--availability",
            "50",
            "--slow-share",
            "90",
        ],
    )
    .await;
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.verdict().1.contains(&"slots-unsent"),
        "{:?}",
        run.verdict()
    );
    assert!(run.figure("/outcomes/network_fault") > 0.0);
    // goose says a line about each request without an answer, on stdout.
    assert!(run.stdout.starts_with("INCONCLUSIVE\n"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_speaks_japanese() {
    let arguments = ["--rate", "50/s", "--duration", "1s", "--lang", "ja"];
    let run = run(Faults::default(), &arguments).await;
    assert!(
        run.stdout.starts_with("INCONCLUSIVE (判定不能)\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("失敗なしであと 2,945 件必要です"),
        "{}",
        run.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_certain_to_fail_stops_early_and_says_so() {
    let faults = Faults {
        fail_every: Some(4),
        // Certain after 6 s; some requests are on their way then and hold the run for a while.
        stall: Some((590, Duration::from_secs(2))),
        ..Faults::default()
    };
    let arguments = ["--rate", "100/s", "--duration", "5m", "--slow", "10s"];
    let run = run(faults, &arguments).await;
    assert_eq!(
        (run.code, run.verdict()),
        (1, ("fail", vec!["sure-to-fail"])),
        "{}",
        run.stdout
    );
    assert!(run.figure("/generator/sent") < 6_000.0, "{}", run.stdout);
    let markers = run.json["markers"].as_array().unwrap();
    let doomed = markers.iter().filter(|it| it["code"] == "doomed").count();
    assert_eq!(doomed, 1, "{markers:?}");
    // Who stops itself has time to verify and to clean up.
    assert_eq!(run.figure("/ledger/unseen"), 0.0, "{}", run.stdout);
    assert_eq!(run.json["cleanup"]["left"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stopped_in_a_phase_that_is_not_judged_nor_against_the_wish() {
    let faults = Faults {
        fail_every: Some(4),
        ..Faults::default()
    };
    let wished = ["--rate", "50/s", "--duration", "12s", "--no-abort"];
    let plan = r#"
        phase = [
            { name = "warm-up", duration = "12s", rate = "50/s", judged = false },
            { name = "load", duration = "2s", rate = "50/s" },
        ]
    "#;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("plan.toml");
    std::fs::write(&file, plan).unwrap();
    let unjudged = ["--plan", file.to_str().unwrap()];
    let (wished, unjudged) = tokio::join!(run(faults.clone(), &wished), run(faults, &unjudged));
    assert_eq!(wished.verdict(), ("fail", vec!["availability-missed"]));
    assert_eq!(wished.figure("/generator/sent"), 600.0);
    assert_eq!(
        unjudged.figure("/generator/sent"),
        700.0,
        "{}",
        unjudged.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slower_run_is_a_regression_where_that_is_demanded() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("before.json");
    let before = run(Faults::default(), &["--rate", "50/s", "--duration", "2s"]).await;
    // As if the earlier run had been fifteen times as long and a hundred times as fast.
    let mut report = before.json.clone();
    report["plan"]["phase"][0]["duration"] = "30s".into();
    let seconds = report["seconds"].as_array_mut().unwrap();
    for second in &mut *seconds {
        for name in ["response_p50_ms", "response_p99_ms"] {
            second[name] = (second[name].as_f64().unwrap() / 100.0).into();
        }
    }
    *seconds = vec![seconds.clone(); 15].concat();
    std::fs::write(&file, report.to_string()).unwrap();
    let demanded = [
        "--rate",
        "50/s",
        "--duration",
        "30s",
        "--availability",
        "90",
        "--baseline",
        file.to_str().unwrap(),
        "--fail-on-regression",
    ];
    let worse = run(Faults::default(), &demanded).await;
    assert_eq!(
        (worse.code, worse.verdict()),
        (1, ("fail", vec!["regression"])),
        "{}",
        worse.stdout
    );
}
