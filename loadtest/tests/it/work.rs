//! Several workers that share a run, each a process of its own, and the sum of their results.

use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tempfile::TempDir;

use crate::endpoint::environment;
use crate::invocation::{MACHINE, loadtest, texts};
use crate::server::{Faults, Server};

const RUN: &str = "20260401-090000-1a2b";

/// One worker's call, with what all of them have in common.
async fn work(
    host: &str,
    worker: &str,
    begin: DateTime<Utc>,
    results: &str,
    environment: &[(&str, String)],
) -> Output {
    let begin = begin.to_rfc3339();
    let arguments = [
        "work",
        "--host",
        host,
        "--run",
        RUN,
        "--worker",
        worker,
        "--begin",
        &begin,
        "--results",
        results,
        "--rate",
        "90/s",
        "--duration",
        "4s",
        "--arrivals",
        "poisson",
        "--availability",
        "90%",
        "--max-lateness",
        "1m",
        "--slow-share",
        "50%",
    ];
    let mut command = loadtest(&arguments);
    command
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap().wait_with_output().await.unwrap()
}

/// The exit code of a merge, its report, and what it said.
async fn merge(folder: &Path) -> (i32, Value, String) {
    let json = folder.join("report.json");
    let arguments = [
        "merge",
        folder.to_str().unwrap(),
        "--json",
        json.to_str().unwrap(),
    ];
    let output = loadtest(&arguments).output().await.unwrap();
    let (code, stdout, stderr) = texts(&output);
    let report = std::fs::read_to_string(json).unwrap_or_default();
    let report = serde_json::from_str(&report).unwrap_or(Value::Null);
    (code, report, stdout + &stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn three_workers_make_the_requests_of_one_run_and_are_judged_as_one() {
    let _shared = MACHINE.read().await;
    let server = Server::start(Faults::default()).await;
    let results = TempDir::new().unwrap();
    let place = results.path().to_str().unwrap();
    let begin = Utc::now() + TimeDelta::seconds(15);
    let (one, two, three) = tokio::join!(
        work(&server.host, "1/3", begin, place, &[]),
        work(&server.host, "2/3", begin, place, &[]),
        work(&server.host, "3/3", begin, place, &[]),
    );
    for output in [one, two, three] {
        let (code, stdout, stderr) = texts(&output);
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains("requests sent, written to"), "{stdout}");
    }
    // Every slot of one schedule, each once, under the id of the run.
    let mut slots: Vec<u32> = server.answers().iter().map(|answer| answer.slot).collect();
    slots.sort_unstable();
    assert_eq!(slots, (0..slots.len() as u32).collect::<Vec<_>>());
    assert!((250..500).contains(&slots.len()), "{}", slots.len());
    for seen in server.seen() {
        let id = seen.headers["x-request-id"].to_str().unwrap().to_owned();
        assert!(id.starts_with(&format!("{RUN}-0")), "{id}");
    }
    assert_eq!(server.organizers(), Vec::<String>::new());

    let folder = results.path().join(RUN);
    let (code, report, said) = merge(&folder).await;
    assert_eq!(
        (code, report["verdict"].as_str()),
        (0, Some("pass")),
        "{said}"
    );
    assert_eq!(report["run"]["id"], RUN);
    assert_eq!(report["availability"]["requests"], slots.len());
    assert_eq!(report["generator"]["sent"], slots.len());
    let seconds = report["seconds"].as_array().unwrap();
    let sum = |key: &str| -> u64 { seconds.iter().map(|it| it[key].as_u64().unwrap()).sum() };
    assert_eq!(
        (sum("offered"), sum("sent")),
        (slots.len() as u64, slots.len() as u64)
    );

    // A part by itself is no run, and neither is a run without one of them.
    let part = folder.join("worker-2-of-3.ndjson");
    let output = loadtest(&["report", part.to_str().unwrap()])
        .output()
        .await
        .unwrap();
    let (code, _, stderr) = texts(&output);
    assert_eq!(code, 3);
    assert!(stderr.contains("worker 2/3"), "{stderr}");
    std::fs::write(&part, "").unwrap();
    let (code, report, said) = merge(&folder).await;
    assert_eq!(code, 2, "{said}");
    assert_eq!(report["reasons"][0]["code"], "workers-missing");
    assert!(said.contains("worker 2"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_comes_too_late_does_nothing() {
    let server = Server::start(Faults::default()).await;
    let results = TempDir::new().unwrap();
    let place = results.path().to_str().unwrap();
    let output = work(&server.host, "1/2", Utc::now(), place, &[]).await;
    let (code, _, stderr) = texts(&output);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("choose a later --begin"), "{stderr}");
    assert_eq!(server.count(), 0);
    assert_eq!(server.organizers(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_could_not_write_its_results_does_not_say_that_it_did() {
    let _shared = MACHINE.read().await;
    let server = Server::start(Faults::default()).await;
    let results = TempDir::new().unwrap();
    let folder = results.path().join(RUN);
    std::fs::create_dir(&folder).unwrap();
    symlink("/dev/full", folder.join("worker-1-of-1.ndjson")).unwrap();
    let begin = Utc::now() + TimeDelta::seconds(12);
    let place = results.path().to_str().unwrap();
    let output = work(&server.host, "1/1", begin, place, &[]).await;
    let (code, stdout, stderr) = texts(&output);
    assert_eq!((code, stdout.as_str()), (3, ""), "{stderr}");
    let said = "worker-1-of-1.ndjson: the results could not be written";
    assert!(stderr.contains(said), "{stderr}");
}

/// What a bucket got: the path, the header of its hash and who signed, and the body.
type Put = (String, String, String, Vec<u8>);

/// A bucket that fails once before it takes something.
async fn bucket() -> (Arc<Mutex<Vec<Put>>>, Vec<(&'static str, String)>) {
    let puts: Arc<Mutex<Vec<Put>>> = Arc::default();
    let failed: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let taken = Arc::clone(&puts);
    let environment = environment(move |uri, headers, body| {
        let path = uri.path().to_owned();
        if path.ends_with(".ndjson") && failed.lock().unwrap().insert(path.clone()) {
            return (StatusCode::SERVICE_UNAVAILABLE, "SlowDown").into_response();
        }
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let (hash, signed) = (header("x-amz-content-sha256"), header("authorization"));
        let put = (path, hash, signed, body.to_vec());
        taken.lock().unwrap().push(put);
        StatusCode::OK.into_response()
    });
    (puts, environment.await)
}

#[tokio::test(flavor = "multi_thread")]
async fn results_go_to_a_bucket_signed_and_whole() {
    let _shared = MACHINE.read().await;
    let server = Server::start(Faults::default()).await;
    let (puts, environment) = bucket().await;
    let begin = Utc::now() + TimeDelta::seconds(12);
    let output = work(
        &server.host,
        "1/1",
        begin,
        "s3://results/tests",
        &environment,
    )
    .await;
    let (code, stdout, stderr) = texts(&output);
    assert_eq!(code, 0, "{stderr}");
    let key = format!("s3://results/tests/{RUN}/worker-1-of-1.ndjson");
    assert!(stdout.contains(&key), "{stdout}");
    let puts = puts.lock().unwrap().clone();
    let paths: Vec<&str> = puts.iter().map(|(path, ..)| path.as_str()).collect();
    let base = format!("/results/tests/{RUN}/worker-1-of-1");
    assert_eq!(paths, [format!("{base}.begun"), format!("{base}.ndjson")]);
    let (_, hash, signed, body) = &puts[1];
    let scope = "AWS4-HMAC-SHA256 Credential=test/";
    assert!(signed.starts_with(scope) && signed.contains("/ap-northeast-1/s3/aws4_request"));
    assert!(signed.contains("x-amz-content-sha256"), "{signed}");
    assert_eq!(hash.len(), 64);

    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("worker-1-of-1.ndjson"), body).unwrap();
    let (code, report, said) = merge(folder.path()).await;
    assert_eq!(code, 0, "{said}");
    assert_eq!(report["generator"]["sent"], server.count());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_takes_nothing_is_known_before_the_load() {
    let server = Server::start(Faults::default()).await;
    let denied =
        |_: &Uri, _: &HeaderMap, _: &Bytes| (StatusCode::FORBIDDEN, "AccessDenied").into_response();
    let environment = environment(denied).await;
    let begin = Utc::now() + TimeDelta::minutes(5);
    let worker = work(&server.host, "1/1", begin, "s3://results", &environment);
    // Who does not try the bucket first waits for its beginning.
    let output = tokio::time::timeout(Duration::from_secs(60), worker).await;
    let (code, _, stderr) = texts(&output.expect("it waits for the load"));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("AccessDenied"), "{stderr}");
    assert_eq!(server.count(), 0);
}
