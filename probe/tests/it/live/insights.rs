//! `probe logs --insights` on the deployed stack, whose Logs Insights answers what a test has set.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::daily::Endless;
use crate::{lab::Lab, run};

#[test]
fn a_stored_query_reads_the_logs_of_the_service_alone() {
    let lab = Lab::deployed();
    let rows = json!([{ "method": "GET", "path": "/events", "p95_ms": "12.5" }, { "path": "/" }]);
    lab.lab("insights", &json!({ "rows": rows, "running": 2 }));
    let (code, out, err) = run(&mut lab.probe(&["logs", "--insights", "response-times"]));
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        out,
        "METHOD  P95_MS  PATH\nGET     12.5    /events\n-       -       /\n"
    );
    let (code, out, err) = run(&mut lab.probe(&[
        "logs",
        "--insights",
        "request",
        "--set",
        "request_id=0199-a",
        "--since",
        "2h",
        "-o",
        "json",
    ]));
    assert_eq!(code, 0, "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["rows"], rows);
    assert_eq!(json["columns"], json!(["method", "p95_ms", "path"]));
    assert_eq!(
        (&json["records_matched"], &json["bytes_scanned"]),
        (&json!(2), &json!(1_572_864))
    );
    let asked = &lab.lab("insights", &json!({}))["asked"];
    let [first, second] = asked.as_array().unwrap().as_slice() else {
        panic!("{asked:#}")
    };
    assert_eq!(
        (&first["looks"], &first["stopped"]),
        (&json!(3), &json!(false))
    );
    let length = |query: &Value| query["end"].as_i64().unwrap() - query["start"].as_i64().unwrap();
    assert_eq!((length(first), length(second)), (3_600, 7_200));
    let text = second["query"].as_str().unwrap();
    assert!(
        text.contains(r#"request_id = "0199-a""#) && !text.contains('#'),
        "{text}"
    );
    // The streams of the task definition: prefix, container, task.
    assert!(text.contains(r"@logStream like /^(service\/)/"), "{text}");
    assert!(
        second["groups"][0]
            .as_str()
            .unwrap()
            .contains("TaskLogGroup"),
        "{second:#}"
    );
}

#[test]
fn a_query_of_ones_own_comes_from_a_file() {
    let lab = Lab::deployed();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.query");
    fs::write(
        &file,
        "# en: mine\nfields @message | filter user = '{{user}}' | limit 5\n",
    )
    .unwrap();
    let mine = file.to_str().unwrap();
    lab.lab("insights", &json!({}));
    let ask = |args: &[&str]| run(&mut lab.probe(&[&["logs", "--insights"], args].concat()));
    let (code, out, err) = ask(&[mine, "--set", "user=山田"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("found nothing in the last 60 min"), "{err}");
    let asked = &lab.lab("insights", &json!({}))["asked"];
    assert_eq!(
        asked[0]["query"],
        "fields @message | filter user = '山田' | limit 5"
    );
    // What is wrong with a query is told before AWS is asked.
    let calls = lab.calls();
    for (args, expected) in [
        (vec![mine], "--set user=..."),
        (
            vec![mine, "--set", "user=a", "--set", "host=b"],
            "has no place for host",
        ),
        (vec![mine, "--set", "user=a' or 1 = 1"], "quotation mark"),
        (
            vec!["no-such"],
            "there are: errors, memory, request, response-times, status-codes",
        ),
        (vec!["/nonexistent.query"], "cannot be read"),
    ] {
        let (code, _, err) = ask(&args);
        assert!(
            code == 2 && err.contains(expected),
            "{args:?}: {code} {err}"
        );
    }
    assert_eq!(lab.calls(), calls);
}

#[test]
fn a_query_that_nobody_waits_for_is_stopped() {
    let lab = Lab::deployed();
    lab.lab("insights", &json!({ "running": 1_000 }));
    let mut query = Endless::start(&mut lab.probe(&["logs", "--insights", "errors"]));
    let before = lab.calls();
    let end = Instant::now() + Duration::from_secs(30);
    // The service, its task definition, the query, and a first look at it.
    while lab.calls() < before + 5 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(query.interrupt(), 3);
    let mut said = String::new();
    std::io::Read::read_to_string(&mut query.0.stderr.take().unwrap(), &mut said).unwrap();
    assert!(said.contains("stopped, and the query with it"), "{said}");
    assert_eq!(lab.lab("insights", &json!({}))["asked"][0]["stopped"], true);
}

#[test]
fn queries_that_fail_say_what_to_do() {
    let lab = Lab::deployed();
    let ask = |args: &[&str]| run(&mut lab.probe(&[&["logs", "--insights"], args].concat()));
    let error = |code: &str| {
        let error = json!({ "code": code, "status": 400, "message": "no" });
        lab.rules(&json!([{ "service": "logs", "operation": "StartQuery", "error": error }]));
    };
    for (name, code, expected) in [
        (
            "AccessDeniedException",
            3,
            "allow the action logs:StartQuery",
        ),
        ("LimitExceededException", 3, "too many queries run"),
        (
            "MalformedQueryException",
            2,
            "does not understand the query: no",
        ),
    ] {
        error(name);
        let (seen, _, err) = ask(&["errors"]);
        assert!(
            seen == code && err.contains(expected),
            "{name}: {seen} {err}"
        );
    }
    lab.rules(&json!([]));
    // In the development stack Container Insights is off.
    let (code, _, err) = ask(&["memory"]);
    assert!(
        code == 3 && err.contains("update-cluster-settings"),
        "{code} {err}"
    );
    lab.lab("insights", &json!({ "status": "Failed" }));
    let (code, _, err) = ask(&["errors"]);
    assert!(
        code == 3 && err.contains("ended the query without an answer"),
        "{code} {err}"
    );
}

#[test]
fn stored_queries_ask_for_what_the_service_logs() {
    let (code, list, _) = run(crate::probe().args(["logs", "--insights"]));
    assert_eq!((code, list.lines().count()), (0, 6), "{list}");
    let (_, japanese, _) = run(crate::probe().args(["logs", "--insights", "list", "--lang", "ja"]));
    assert!(japanese.contains("応答時間"), "{japanese}");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let log = fs::read_to_string(root.join("service/src/http/request_log.rs")).unwrap();
    let named =
        regex::Regex::new(r"\b(status|method|path|request_id|response_time_ms|user|error)\b")
            .unwrap();
    let mut fields = std::collections::BTreeSet::new();
    for file in fs::read_dir(root.join("probe/queries")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let sent: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        fields.extend(
            named
                .find_iter(&sent.join("\n"))
                .map(|found| found.as_str().to_owned()),
        );
    }
    assert_eq!(fields.len(), 7, "{fields:?}");
    for field in fields {
        let is_logged = [format!(" {field},"), format!(" {field} = ")];
        assert!(is_logged.iter().any(|it| log.contains(it)), "{field}");
    }
}
