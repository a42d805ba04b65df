//! The command line: exit codes, errors that say what to do, both languages.

use crate::{probe, run};

#[test]
fn exit_codes_tell_healthy_fault_and_usage_apart() {
    for (args, expected) in [
        (vec!["diagnose", "--scenario", "healthy"], 0),
        (
            vec!["diagnose", "--scenario", "network-database-port-closed"],
            1,
        ),
        (vec!["diagnose", "--scenario", "no-such-exercise"], 2),
        (vec!["diagnose", "--from", "/nonexistent.json"], 2),
        (vec!["diagnose", "--cluster", "only"], 2),
        (vec!["diagnose", "--stack", "a", "--scenario", "healthy"], 2),
        (vec!["no-such-command"], 2),
        (vec!["explain", "no-such-fault"], 2),
        (vec!["explain", "network-database-port-closed"], 0),
        (vec!["list"], 0),
        (vec!["list", "--scenarios"], 0),
        (vec!["list", "--actions"], 0),
    ] {
        let (code, out, err) = run(probe().args(&args));
        assert_eq!(code, expected, "{args:?}\n{out}{err}");
        assert_eq!(
            code == 2,
            out.is_empty(),
            "{args:?}: errors go to standard error, reports to standard output"
        );
        assert_eq!(code == 2, !err.is_empty(), "{args:?}");
    }
}

#[test]
fn a_missing_region_is_a_usage_error_with_a_hint() {
    let (code, _, err) = run(probe().args(["diagnose", "--cluster", "c", "--service", "s"]));
    assert_eq!(code, 2);
    assert!(err.contains("--region"), "{err}");
}

#[test]
fn a_broken_snapshot_is_refused_with_the_place_and_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    for (text, expected) in [
        ("", "EOF"),
        ("{}", "missing field"),
        ("[1,", "line 1"),
        ("not json", "line 1"),
    ] {
        let file = dir.path().join("snapshot.json");
        std::fs::write(&file, text).unwrap();
        let (code, _, err) = run(probe().args(["diagnose", "--from"]).arg(&file));
        assert_eq!(code, 2);
        assert!(
            err.contains(expected) && err.contains("probe snapshot"),
            "{err}"
        );
    }
}

#[test]
fn a_snapshot_of_another_version_is_told_by_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("snapshot.json");
    std::fs::write(&file, r#"{"version": 2, "services": []}"#).unwrap();
    let (code, _, err) = run(probe().args(["diagnose", "--from"]).arg(&file));
    assert_eq!(code, 2);
    assert!(err.contains("has version 2"), "{err}");
}

#[test]
fn who_is_not_logged_in_is_told_so() {
    let service = ["--cluster", "c", "--service", "s", "--region", "r"];
    let (code, out, err) = run(probe().arg("tasks").args(service));
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(err.contains("\nhint: log in to AWS"), "{err}");
    assert!(!err.contains("Attempted"), "{err}");
    let (code, out, _) = run(probe().arg("diagnose").args(service));
    assert_eq!(code, 3);
    // A hundred names would hide what to do.
    assert!(
        out.contains("do log in to AWS") && out.contains(" more (-o json names all)"),
        "{out}"
    );
    assert!(out.len() < 800, "{out}");
    let (_, json, _) = run(probe().arg("diagnose").args(service).args(["-o", "json"]));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(value["unknown"].as_array().unwrap().len() > 100);
}

#[test]
fn a_report_is_in_the_language_asked_for() {
    let args = ["diagnose", "--scenario", "network-database-port-closed"];
    let japanese = "インバウンドルール";
    for (set, lang, is_japanese) in [
        (vec![], vec!["--lang", "ja"], true),
        (vec![], vec!["--lang", "en"], false),
        (vec![("LANG", "ja_JP.UTF-8")], vec![], true),
        (
            vec![("LANG", "ja_JP.UTF-8"), ("LC_ALL", "C.UTF-8")],
            vec![],
            false,
        ),
        (vec![("LANG", "ja_JP.UTF-8")], vec!["--lang", "en"], false),
    ] {
        let (_, out, _) = run(probe().args(args).args(&lang).envs(set.clone()));
        assert_eq!(
            out.contains(japanese),
            is_japanese,
            "{set:?} {lang:?}\n{out}"
        );
        let (_, json, _) = run(probe()
            .args(args)
            .args(["-o", "json"])
            .args(&lang)
            .envs(set));
        assert_eq!(json.contains(japanese), is_japanese);
    }
}

#[test]
fn a_pipe_gets_no_colour_and_a_reader_that_leaves_is_no_failure() {
    let (_, out, _) = run(probe().args(["diagnose", "--scenario", "network-database-port-closed"]));
    assert!(!out.contains('\u{1b}'));
    let mut child = probe()
        .args(["list"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn explanations_come_in_both_languages_and_as_json() {
    let id = "network-database-port-closed";
    let (_, english, _) = run(probe().args(["explain", id]));
    assert!(
        english.starts_with("## network-database-port-closed\n")
            && english.contains("### Mitigation")
    );
    let (_, japanese, _) = run(probe().args(["explain", id, "--lang", "ja"]));
    assert!(japanese.contains("### 対処"));
    let (_, json, _) = run(probe().args(["explain", id, "-o", "json"]));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["class"], "db-sg-ingress-missing");
}

#[test]
fn a_message_is_explained_without_repeating_its_secrets() {
    let explain = |text: &str, more: &[&str]| {
        let mut command = probe();
        command.args(["explain", "--message", text]).args(more);
        run(&mut command)
    };
    let json = |text, place| -> serde_json::Value {
        let (code, out, _) = explain(text, &["--where", place, "-o", "json"]);
        assert_eq!(code, 0, "{text}");
        serde_json::from_str(&out).unwrap()
    };
    let key = json(
        "retrieved secret from Secrets Manager did not contain json key PASSWORT",
        "stoppedReason",
    );
    assert_eq!(key["class"], "secret-json-key-missing");
    assert_eq!(key["confidence"], "certain");
    assert_eq!(key["object"], "PASSWORT");
    assert_eq!(
        key["runbook"],
        "runbooks/secrets.md#secrets-json-key-missing"
    );
    assert!(key["fix"].as_str().unwrap().contains("aws "));
    let steady = json("(service web) has reached a steady state.", "serviceEvent");
    assert!(steady["class"].is_null() && steady["fault"].is_null() && steady["fix"].is_null());
    assert_eq!(json("lorem ipsum", "appLog")["class"], "unrecognised");
    let dsn = "could not connect to postgres://app:hunter2@10.0.21.5:5432/app: timed out";
    for format in ["table", "json"] {
        let (code, out, err) = explain(dsn, &["-o", format]);
        assert!(
            code == 0 && !out.contains("hunter2") && !err.contains("hunter2"),
            "{out}"
        );
    }
    let (_, japanese, _) = explain("FATAL: sorry, too many clients already", &["--lang", "ja"]);
    assert!(japanese.contains("確実"), "{japanese}");
    assert_eq!(explain(" ", &[]).0, 2);
    assert_eq!(explain("x", &["--where", "nowhere"]).0, 2);
    assert_eq!(run(probe().args(["explain"])).0, 2);
}

#[test]
fn markdown_has_the_cause_the_proof_and_the_fix() {
    let (_, out, _) = run(probe().args([
        "diagnose",
        "--scenario",
        "iam-secret-read-denied",
        "-o",
        "markdown",
    ]));
    for part in [
        "## ",
        "| iam:SimulatePrincipalPolicy |",
        "```sh\naws iam put-role-policy",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}
