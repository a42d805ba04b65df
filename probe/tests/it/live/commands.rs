//! The other commands on the deployed stack, and other ways to name it.

use serde_json::{Value, json};

use crate::{lab::Lab, run};

#[test]
fn the_only_service_is_found_without_a_name() {
    let lab = Lab::deployed();
    let (code, out, err) = run(&mut Lab::unnamed(lab.url(), &["diagnose", "-o", "json"]));
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn a_snapshot_replays_offline_to_the_same_report() {
    let lab = Lab::deployed();
    lab.break_it("iam-secret-read-denied");
    let (code, snapshot, _) = run(&mut lab.probe(&["snapshot"]));
    assert_eq!(code, 0);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("snapshot.json");
    std::fs::write(&file, snapshot).unwrap();
    let (code, out, err) = run(crate::probe()
        .args(["diagnose", "-o", "json", "--from"])
        .arg(&file));
    assert_eq!(code, 1, "{err}");
    let offline: Value = serde_json::from_str(&out).unwrap();
    let (_, live) = lab.diagnose(&[]);
    assert_eq!(offline["causes"], live["causes"]);
}

#[test]
fn tasks_targets_and_logs_show_what_is_there() {
    let lab = Lab::deployed();
    let (code, tasks, err) = run(&mut lab.probe(&["tasks"]));
    assert_eq!(
        (code, tasks.matches("RUNNING").count()),
        (0, 2),
        "{tasks}{err}"
    );
    let (code, targets, err) = run(&mut lab.probe(&["targets"]));
    assert_eq!(
        (code, targets.matches(" healthy ").count()),
        (0, 2),
        "{targets}{err}"
    );
    let (code, logs, err) = run(&mut lab.probe(&["logs", "--since", "1h"]));
    assert!(code == 0 && logs.lines().count() > 1, "{logs}{err}");
    let lines: std::collections::BTreeSet<&str> = logs.lines().collect();
    assert_eq!(lines.len(), logs.lines().count(), "a line came twice");

    lab.break_it("ecs-container-out-of-memory");
    let (_, tasks, _) = run(&mut lab.probe(&["tasks"]));
    assert!(
        tasks.contains("STOPPED ") && tasks.contains("OutOfMemoryError"),
        "{tasks}"
    );
}

#[test]
fn following_shows_each_new_line_once() {
    use std::{
        io::Read,
        process::{Child, Stdio},
        thread::sleep,
        time::Duration,
    };
    /// Following never ends by itself, not even when a test fails.
    struct Killed(Child);
    impl Drop for Killed {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
    let lab = Lab::deployed();
    let mut follow = lab.probe(&["logs", "--follow", "--since", "1m", "--filter", "marker"]);
    let mut child = Killed(
        follow
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    sleep(Duration::from_secs(2));
    for i in 0..3 {
        lab.lab("log", &json!({ "lines": [format!("marker {i}")] }));
        sleep(Duration::from_millis(1_500));
    }
    sleep(Duration::from_secs(4));
    child.0.kill().unwrap();
    let mut out = String::new();
    child
        .0
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    for i in 0..3 {
        assert_eq!(out.matches(&format!("marker {i}")).count(), 1, "{out}");
    }
}
