//! `probe learn` step by step, with a recording.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::Command,
};

use serde_json::Value;

use crate::{probe, run};

fn learn(home: &Path, args: &[&str]) -> Command {
    let mut command = probe();
    command.arg("learn").args(args).env("HOME", home);
    command
}

fn json(home: &Path, args: &[&str]) -> (i32, Value) {
    let (code, out, err) = run(learn(home, args).args(["-o", "json"]));
    let value = serde_json::from_str(&out);
    (
        code,
        value.unwrap_or_else(|_| panic!("{args:?}: {out}{err}")),
    )
}

#[test]
fn a_lesson_is_done_with_its_recording_from_start_to_end() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for early in [vec!["hint"], vec!["check", "x"], vec!["solution"]] {
        let (code, _, err) = run(&mut learn(home, &early));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("hint: probe learn start"), "{err}");
    }
    // Without a name the first one begins.
    let (code, begun) = json(home, &["start"]);
    assert_eq!((code, &begun["lesson"]), (0, &"events-do-not-load".into()));
    assert_eq!(begun["targets"][0]["by_health"]["healthy"], 2, "{begun:#}");
    let (_, begun) = json(home, &["start", "targets-unhealthy"]);
    let recording = begun["place"]["recording"]["file"].as_str().unwrap();
    let (code, _, _) = run(probe().args(["diagnose", "--from", recording]));
    assert_eq!(code, 1, "the recording is a snapshot with a fault");
    for number in [1, 2, 3, 3] {
        let (code, hint) = json(home, &["hint"]);
        assert_eq!((code, &hint["hint"]), (0, &number.into()), "{hint}");
    }
    // Where all hints are given, the solution is what helps along.
    let (_, out, _) = run(&mut learn(home, &["check", "rds-storage-full"]));
    assert!(out.contains("probe learn solution"), "{out}");
    for (answer, code, grade) in [
        ("network-database-port-closed", 1, "wrong"),
        ("alb-no-healthy-targets", 1, "symptom"),
        ("alb-health-check-path-wrong", 0, "named"),
    ] {
        let (exit, said) = json(home, &["check", answer]);
        assert_eq!((exit, &said["grade"]), (code, &grade.into()), "{said}");
        assert_eq!(said["why"].is_string(), code == 0, "{said}");
    }
    let (_, list) = json(home, &["list"]);
    let state = |name: &str| {
        let lessons = list["lessons"].as_array().unwrap();
        let lesson = lessons.iter().find(|lesson| lesson["name"] == name);
        lesson.unwrap()["state"].clone()
    };
    assert_eq!(state("targets-unhealthy")["done"]["hints"], 3, "{list:#}");
    assert_eq!(state("events-do-not-load"), "open");
    assert_eq!(run(&mut learn(home, &["hint"])).0, 2, "it is over");
}

#[test]
fn answers_that_are_no_names_are_helped_along_and_cost_nothing() {
    let home = tempfile::tempdir().unwrap();
    run(&mut learn(home.path(), &["start"]));
    for (answer, part) in [
        ("database port", "\n  network-database-port-closed"),
        ("the weather", "hint: probe list"),
    ] {
        let (code, out, err) = run(&mut learn(home.path(), &["check", answer]));
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains(part), "{err}");
    }
    let (code, _, err) = run(&mut learn(home.path(), &["check"]));
    assert_eq!(code, 2);
    assert!(err.contains("probe learn check CAUSE"), "{err}");
    let file = home.path().join(".local/state/probe/learn.json");
    let progress: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(progress["current"]["misses"], 0, "{progress}");
}

#[test]
fn the_solution_is_the_cause_with_its_runbook_and_is_remembered() {
    let home = tempfile::tempdir().unwrap();
    run(&mut learn(home.path(), &["start", "tasks-do-not-start"]));
    let (code, out, _) = run(learn(home.path(), &["solution"]).env("LANG", "ja_JP.UTF-8"));
    assert_eq!(code, 0);
    for part in [
        "(iam-secret-read-denied)",
        "タスクロール",
        "### 対処",
        "probe diagnose --from ",
        "\n  probe learn check iam-secret-read-denied  # レッスンを終える\n",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    run(&mut learn(
        home.path(),
        &["check", "iam-secret-read-denied"],
    ));
    let (_, list) = json(home.path(), &["list"]);
    assert_eq!(
        list["lessons"][1]["state"], "done_with_solution",
        "{list:#}"
    );
}

#[test]
fn a_broken_file_is_said_and_set_aside_and_one_that_cannot_be_kept_ends_it() {
    let home = tempfile::tempdir().unwrap();
    run(&mut learn(home.path(), &["start"]));
    let folder = home.path().join(".local/state/probe");
    let whole = fs::read_to_string(folder.join("learn.json")).unwrap();
    fs::write(folder.join("learn.json"), &whole[..whole.len() / 2]).unwrap();
    let (code, out, err) = run(&mut learn(home.path(), &["list"]));
    assert_eq!(code, 0, "{out}");
    assert!(err.contains("learn.json.broken"), "{err}");
    assert_eq!(
        fs::read_to_string(folder.join("learn.json.broken")).unwrap(),
        whole[..whole.len() / 2]
    );
    // Below a file there is no folder.
    let file = folder.join("learn.json.broken");
    for state in [file.as_path(), Path::new("relative")] {
        let mut start = learn(state, &["start"]);
        let (code, _, err) = run(&mut start);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("XDG_STATE_HOME"), "{err}");
    }
    let state = home.path().join("state");
    let (code, _, _) = run(learn(home.path(), &["start"]).env("XDG_STATE_HOME", &state));
    assert_eq!((code, state.join("probe/learn.json").exists()), (0, true));
}

/// A server on loopback that answers everybody 404, and how often it was asked.
fn stranger() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let head = String::from_utf8_lossy(&request[..length]).into_owned();
            let _ = sender.send(head.lines().next().unwrap_or_default().to_owned());
            let _ = stream.write_all(
                b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            );
        }
    });
    (url, asked)
}

#[test]
fn nothing_is_broken_anywhere_but_in_the_local_aws() {
    let home = tempfile::tempdir().unwrap();
    let start = |url: &str, args: &[&str]| {
        let mut command = learn(home.path(), &[&["start"], args].concat());
        run(command.env("AWS_ENDPOINT_URL", url).args(["--region", "r"]))
    };
    for url in [
        "https://ecs.ap-northeast-1.amazonaws.com",
        "http://192.0.2.1",
    ] {
        let (code, out, err) = start(url, &[]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(err.contains("not on this machine"), "{err}");
        let (code, _, _) = start(url, &["--recorded"]);
        assert_eq!(code, 0);
    }
    // Something else on this machine is asked once, for a fault without a name.
    let (url, asked) = stranger();
    let (code, _, err) = start(&url, &[]);
    assert_eq!(code, 2);
    assert!(err.contains("not the local AWS"), "{err}");
    let asked: Vec<String> = asked.try_iter().collect();
    assert_eq!(asked, ["POST /lab/break HTTP/1.1"]);
    // Where nobody answers, the recording is taken, and it is said.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let (code, out, err) = start(&address, &[]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("uses its recording"), "{err}");
    assert!(out.contains("lesson.json"), "{out}");
}
