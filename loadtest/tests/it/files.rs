//! The files of a run agree with each other.

use serde_json::Value;
use tempfile::TempDir;

use crate::invocation::{Invocation, loadtest, texts};
use crate::server::{Faults, Server};

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_add_up_to_the_whole() {
    let server = Server::start(Faults {
        fail_every: Some(50),
        ..Faults::default()
    })
    .await;
    let run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "3s"])
        .finish()
        .await;
    assert_eq!(run.json["version"], 1);
    let sum = |values: &Value| {
        values
            .as_object()
            .unwrap()
            .values()
            .map(|count| count.as_u64().unwrap())
            .sum::<u64>()
    };

    let lines: Vec<Value> = run
        .ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines
            .iter()
            .filter(|line| line["kind"] == "second")
            .map(|line| sum(&line["outcomes"]))
            .sum::<u64>(),
        300
    );
    assert_eq!(lines[0]["kind"], "run");
    assert_eq!(lines[0]["plan"]["phase"][0]["rate"], "100/s");
    assert_eq!(sum(&run.json["outcomes"]), 300);
    let endpoints = run.json["endpoints"].as_object().unwrap();
    assert_eq!(endpoints.len(), 7);
    assert_eq!(
        endpoints
            .values()
            .map(|endpoint| endpoint["requests"].as_u64().unwrap())
            .sum::<u64>(),
        300
    );
    let seconds = run.json["seconds"].as_array().unwrap();
    assert_eq!(
        seconds
            .iter()
            .map(|second| second["requests"].as_u64().unwrap())
            .sum::<u64>(),
        300
    );
    assert_eq!(
        seconds
            .iter()
            .map(|second| second["failures"].as_u64().unwrap())
            .sum::<u64>(),
        6
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_costs_no_report() {
    let server = Server::start(Faults::default()).await;
    let folder = TempDir::new().unwrap();
    let json = folder.path().join("report.json");
    let (host, json) = (server.host.as_str(), json.to_str().unwrap());
    let files = [
        "run",
        "--host",
        host,
        "--json",
        json,
        "--ndjson",
        "/dev/full",
    ];
    let load = [
        "--rate",
        "100/s",
        "--duration",
        "2s",
        "--max-lateness",
        "1m",
    ];
    let output = loadtest(&[&files[..], &load].concat()).output().await;
    let (code, stdout, stderr) = texts(&output.unwrap());
    assert_eq!(code, 3, "{stderr}");
    let said = "/dev/full could not be written: No space left on device";
    assert!(stderr.contains(said), "{stderr}");
    assert!(stdout.starts_with("INCONCLUSIVE\n"), "{stdout}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(report["verdict"], "inconclusive");
    assert_eq!(report["availability"]["requests"], 200);
}

#[tokio::test]
async fn a_run_that_does_not_take_place_leaves_the_files_of_the_last_one() {
    let run = Invocation::run("http://127.0.0.1:1", &[]);
    for name in ["report.json", "seconds.ndjson"] {
        std::fs::write(run.directory().join(name), "{\"verdict\":\"pass\"}").unwrap();
    }
    let run = run.finish().await;
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_eq!(run.verdict().0, "pass");
    assert_eq!(run.ndjson, "{\"verdict\":\"pass\"}");
}
