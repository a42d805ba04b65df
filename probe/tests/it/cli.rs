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

/// The access key that a command signs with.
fn signs_with(command: &mut std::process::Command) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = std::io::Read::read(&mut stream, &mut request).unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let service = ["tasks", "--cluster", "c", "--service", "s", "--region", "r"];
    run(command
        .args(service)
        .args(["--timeout", "2", "--endpoint-url", &url]));
    let request = reader.join().unwrap();
    let (_, key) = request.split_once("Credential=").unwrap();
    key.split('/').next().unwrap().to_owned()
}

#[test]
fn a_profile_counts_as_the_aws_cli_counts_it() {
    let dir = tempfile::tempdir().unwrap();
    let (config, keys) = (dir.path().join("config"), dir.path().join("credentials"));
    std::fs::write(&config, "[profile dev]\nregion = r\n").unwrap();
    let secret = "aws_secret_access_key = x\n";
    std::fs::write(&keys, format!("[dev]\naws_access_key_id = OFDEV\n{secret}")).unwrap();
    let probe = |set: &[(&str, &str)]| {
        let mut command = probe();
        command
            .env("AWS_CONFIG_FILE", &config)
            .env("AWS_SHARED_CREDENTIALS_FILE", &keys)
            .envs(set.iter().copied());
        command
    };
    let exported = [
        ("AWS_ACCESS_KEY_ID", "OFENV"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ];
    let both = [exported[0], exported[1], ("AWS_PROFILE", "dev")];
    let flag = ["--profile", "dev"];
    assert_eq!(signs_with(probe(&exported).args(flag)), "OFDEV");
    assert_eq!(signs_with(&mut probe(&both)), "OFENV");
    assert_eq!(signs_with(&mut probe(&both[2..])), "OFDEV");
    let unknown = [exported[0], exported[1], ("AWS_PROFILE", "devv")];
    for mut command in [probe(&unknown), {
        let mut named = probe(&exported);
        named.args(["--profile", "devv"]);
        named
    }] {
        let (code, _, err) = run(command.args(["tasks", "--region", "r"]));
        assert_eq!(code, 2, "{err}");
        let file = keys.display().to_string();
        for part in ["no AWS profile devv in", &file, "the profiles are: dev"] {
            assert!(err.contains(part), "{part}: {err}");
        }
    }
    // What is not asked of AWS needs no profile.
    assert_eq!(run(probe(&unknown).arg("list")).0, 0);
}

#[test]
fn a_profile_without_credentials_is_told_from_one_that_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config");
    std::fs::write(&config, "[profile empty]\nregion = r\n").unwrap();
    let args = [
        "tasks",
        "--cluster",
        "c",
        "--service",
        "s",
        "--profile",
        "empty",
    ];
    let (code, _, err) = run(probe().env("AWS_CONFIG_FILE", &config).args(args));
    assert_eq!(code, 3, "{err}");
    for part in [
        "aws sso login",
        "looked at: with --profile that profile alone",
    ] {
        assert!(err.contains(part), "{part}: {err}");
    }
    assert!(!err.contains("name a profile"), "{err}");
}

#[test]
fn what_is_no_snapshot_is_told_in_plain_words() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("list.json");
    std::fs::write(&file, "[]").unwrap();
    let args = ["diagnose", "--from", "-"];
    for (lang, expected) in [
        (
            "en",
            "standard input is not a snapshot: it is JSON, but no object",
        ),
        (
            "ja",
            "標準入力 はスナップショットではありません: JSON ですが、",
        ),
    ] {
        let stdin = std::fs::File::open(&file).unwrap();
        let (code, _, err) = run(probe().args(args).args(["--lang", lang]).stdin(stdin));
        assert_eq!(code, 2);
        assert!(err.contains(expected), "{err}");
    }
}

#[test]
fn exercises_are_listed_with_their_faults() {
    let (_, table, _) = run(probe().args(["list", "--scenarios"]));
    let line = |name: &str| {
        table
            .lines()
            .find(|line| line.trim().starts_with(name))
            .unwrap()
    };
    assert!(
        line("alb-health-check-timeout ").contains("health check"),
        "{table}"
    );
    let (_, json, _) = run(probe().args(["list", "--scenarios", "-o", "json"]));
    let names: Vec<String> = serde_json::from_str(&json).unwrap();
    assert_eq!(names[0], "healthy");
}

#[test]
fn advice_shows_its_command() {
    for (format, expected) in [("table", "     aws "), ("markdown", "  ```sh\n  aws ")] {
        let scenario = "advice-database-single-zone";
        let (_, out, _) = run(probe().args(["diagnose", "--scenario", scenario, "-o", format]));
        assert!(out.contains(expected), "{out}");
    }
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
    let (_, of_class, _) = run(probe().args(["explain", "db-sg-ingress-missing"]));
    assert_eq!(of_class, english);
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

#[test]
fn an_endpoint_that_is_no_address_is_a_usage_error_with_a_hint() {
    for command in ["status", "doctor"] {
        for (variable, option) in [("", None), ("nonsense", None), ("", Some("https://"))] {
            let mut probe = probe();
            probe.args([command, "--region", "ap-northeast-1"]);
            probe.args(option.map(|url| format!("--endpoint-url={url}")));
            let (code, out, err) = run(probe.env("AWS_ENDPOINT_URL", variable));
            assert_eq!((code, out.as_str()), (2, ""), "{command}: {err}");
            assert!(err.contains("unset AWS_ENDPOINT_URL"), "{command}: {err}");
        }
    }
}
