//! A report is read back: from its JSON, and from the NDJSON of a run, whole or killed.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::invocation::{Finished, Invocation, loadtest, texts};
use crate::server::{Faults, Server};

/// `loadtest report` with these arguments.
async fn report(arguments: &[&str]) -> (i32, String, String) {
    let output = loadtest(&["report"])
        .args(arguments)
        .output()
        .await
        .unwrap();
    texts(&output)
}

/// A file with this text in it.
fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn failing_run(arguments: &[&str]) -> Finished {
    let server = Server::start(Faults {
        fail_every: Some(10),
        ..Faults::default()
    })
    .await;
    let load = ["--rate", "100/s", "--duration", "3s"];
    Invocation::run(&server.host, &[&load, arguments].concat())
        .finish()
        .await
}

/// A report to compare with, as far as that needs one: six seconds without a failure.
fn earlier() -> String {
    let second = json!({"counted": 100, "failures": 0, "slow": 0, "response_p50_ms": 1.0, "response_p99_ms": 2.0});
    let plan = json!({"seed": 1, "phase": [{"name": "load", "duration": "6s", "rate": "100/s"}]});
    json!({"run": {"id": "20260401-090000-1a2b"}, "plan": plan, "seconds": vec![second; 6]})
        .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn json_and_ndjson_tell_the_same() {
    let folder = TempDir::new().unwrap();
    let before = file(&folder, "before.json", &earlier());
    // What the verdict depends on beside the plan is in both, too.
    let run = failing_run(&["--baseline", &before, "--forecast", "5"]).await;
    assert_eq!(run.figure("/budget/traffic"), 5.0);
    assert_eq!(run.json["comparison"]["with"], "20260401-090000-1a2b");
    let json = file(&folder, "report.json", &run.json.to_string());
    let ndjson = file(&folder, "seconds.ndjson", &run.ndjson);
    for form in [
        &[][..],
        &["--lang", "ja"],
        &["-o", "markdown"],
        &["-o", "junit"],
        &["-o", "html"],
    ] {
        let (code, from_json, stderr) = report(&[&[json.as_str()], form].concat()).await;
        assert_eq!((code, stderr.as_str()), (run.code, ""), "{form:?}");
        let (_, from_ndjson, _) = report(&[&[ndjson.as_str()], form].concat()).await;
        assert_eq!(from_json, from_ndjson, "{form:?}");
        if form.is_empty() {
            assert_eq!(from_json, run.stdout);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_keeps_all_but_its_last_second() {
    let server = Server::start(Faults::default()).await;
    let mut run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "10m"]);
    let child = run.start();
    let pid = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    while server.arrivals().len() < 350 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    kill_process(pid, Signal::KILL).unwrap();
    let run = run.wait(child).await;
    assert_eq!(run.json, Value::Null);

    let folder = TempDir::new().unwrap();
    // The kernel may have got half a line.
    let cut = run.ndjson.clone() + "{\"kind\":\"second\",\"sec";
    let killed = file(&folder, "killed.ndjson", &cut);
    let (code, text, _) = report(&[&killed, "-o", "json"]).await;
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, json["verdict"].as_str()), (2, Some("inconclusive")));
    assert_eq!(json["reasons"][0]["code"], "killed");
    assert_eq!(json["run"]["end"], "killed");
    // Of 350 requests that had arrived, at most those of two seconds are lost: the running one, and one not yet written.
    let counted = json["availability"]["requests"].as_u64().unwrap();
    assert!(counted >= 150, "{counted}");
    let seconds = json["seconds"].as_array().unwrap();
    let sum: u64 = seconds
        .iter()
        .map(|second| second["requests"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, counted);
    let (_, text, _) = report(&[&killed]).await;
    assert!(text.contains("loadtest cleanup "), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_written_into_its_file() {
    let server = Server::start(Faults::default()).await;
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (html, markdown, junit) = (path("r.html"), path("r.md"), path("r.xml"));
    let arguments = [
        "--rate",
        "50/s",
        "--duration",
        "1s",
        "--html",
        &html,
        "--markdown",
        &markdown,
        "--junit",
        &junit,
    ];
    let run = Invocation::run(&server.host, &arguments).finish().await;
    assert_eq!(run.code, 2, "{}", run.stderr);
    for (path, beginning) in [
        (&html, "<!doctype html>"),
        (&markdown, "## ❔ Load test: INCONCLUSIVE"),
        (&junit, "<?xml"),
    ] {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with(beginning), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn github_is_told_what_it_shows() {
    let run = failing_run(&[]).await;
    let folder = TempDir::new().unwrap();
    let summary = file(&folder, "summary.md", "# before\n");
    let server = Server::start(Faults {
        fail_every: Some(10),
        ..Faults::default()
    })
    .await;
    let arguments = [
        "run",
        "--host",
        &server.host,
        "--rate",
        "100/s",
        "--duration",
        "3s",
        "--max-lateness",
        "1m",
    ];
    let output = loadtest(&arguments)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .await
        .unwrap();
    let (_, stdout, _) = texts(&output);
    let annotation = stdout.lines().find(|line| line.starts_with("::")).unwrap();
    assert!(
        annotation.starts_with("::error title=Load test%3A FAIL::"),
        "{annotation}"
    );
    assert!(annotation.contains(" %25 "), "{annotation}");
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(
        summary.starts_with("# before\n## ❌ Load test: FAIL"),
        "{summary}"
    );
    // Elsewhere nobody is told.
    assert!(!run.stdout.contains("::error"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_report_is_named() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    for path in [
        file(&folder, "empty", ""),
        file(&folder, "other.json", "{\"version\": 1}"),
        file(&folder, "text", "a text\nof two lines\n"),
        missing.to_str().unwrap().to_owned(),
    ] {
        let (code, stdout, stderr) = report(&[&path]).await;
        assert_eq!((code, stdout.as_str()), (3, ""), "{path}");
        let name = Path::new(&path).file_name().unwrap().to_str().unwrap();
        assert!(
            stderr.contains(name) && stderr.contains("is not the report"),
            "{stderr}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_line_is_named_by_its_number() {
    let run = failing_run(&[]).await;
    let folder = TempDir::new().unwrap();
    let mut lines: Vec<&str> = run.ndjson.lines().collect();
    lines[3] = "{\"kind\":\"second\"}";
    let path = file(&folder, "damaged.ndjson", &(lines.join("\n") + "\n"));
    let (code, _, stderr) = report(&[&path]).await;
    assert_eq!(code, 3);
    assert!(stderr.contains("line 4"), "{stderr}");
}
