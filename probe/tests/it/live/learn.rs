//! A lesson in the local AWS, from start to end.

use std::{path::Path, process::Command};

use serde_json::{Value, json};

use crate::{lab::Lab, run};

fn learn(lab: &Lab, home: &Path, args: &[&str]) -> Command {
    let mut command = crate::probe();
    command
        .arg("learn")
        .args(args)
        .args(["-o", "json"])
        .env("HOME", home)
        .env("AWS_ENDPOINT_URL", lab.aws())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    command
}

fn said(command: &mut Command) -> (i32, Value) {
    let (code, out, err) = run(command);
    let value = serde_json::from_str(&out);
    (
        code,
        value.unwrap_or_else(|_| panic!("exit {code}: {out}{err}")),
    )
}

#[test]
fn a_lesson_is_done_in_the_local_aws() {
    let lab = Lab::deployed();
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let (code, begun) = said(&mut learn(&lab, home, &["start"]));
    assert_eq!((code, &begun["lesson"]), (0, &json!("events-do-not-load")));
    assert_eq!(begun["place"]["local_aws"]["stack"], "events", "{begun:#}");
    // What people see is green: the fault shows in the log alone.
    assert_eq!(begun["targets"][0]["by_health"], json!({ "healthy": 2 }));
    let (_, hint) = said(&mut learn(&lab, home, &["hint"]));
    assert_eq!(
        hint["look"],
        "probe logs --stack events --grep 'WARN|ERROR' --json .message,.path,.status,.error"
    );
    let (code, grade) = said(&mut learn(&lab, home, &["check"]));
    assert_eq!((code, &grade["grade"]), (1, &json!("still_broken")));
    let cause = ["check", "network-database-port-closed"];
    let (code, grade) = said(&mut learn(&lab, home, &cause));
    assert_eq!((code, &grade["grade"]), (1, &json!("named_not_mended")));
    let (_, report) = lab.diagnose(&[]);
    lab.shell(report["causes"][0]["fix"][0]["command"].as_str().unwrap());
    let (code, grade) = said(&mut learn(&lab, home, &["check"]));
    assert_eq!((code, &grade["grade"]), (0, &json!("mended")), "{grade:#}");
    assert_eq!(grade["next"], "tasks-do-not-start");
    let (_, list) = said(&mut learn(&lab, home, &["list"]));
    assert_eq!(
        list["lessons"][0]["state"],
        json!({ "done": { "hints": 1 } })
    );
}

#[test]
fn a_lesson_begins_with_a_healthy_stack_and_throws_nothing_of_others_away() {
    let lab = Lab::deployed();
    let home = tempfile::tempdir().unwrap();
    let start = |lesson: &str, more: &[&str]| {
        run(&mut learn(
            &lab,
            home.path(),
            &[&["start", lesson], more].concat(),
        ))
    };
    let mut without = learn(&lab, home.path(), &["start"]);
    let (code, _, err) = run(without.env_remove("AWS_ACCESS_KEY_ID"));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("AWS_ACCESS_KEY_ID=test"), "{err}");
    lab.break_it("ecs-image-tag-missing");
    let (code, out, err) = start("targets-unhealthy", &[]);
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("probe learn start --reset"), "{err}");
    let (code, _, err) = start("targets-unhealthy", &["--reset"]);
    assert_eq!(code, 0, "{err}");
    // What a lesson has broken the next one mends, and then only its own fault is there.
    let (code, _, err) = start("after-the-weekend", &[]);
    assert_eq!(code, 0, "{err}");
    let (_, report) = lab.diagnose(&[]);
    assert_eq!(crate::lab::ids(&report["causes"]), ["rds-not-available"]);
    // Where there are no stacks, they are deployed.
    lab.lab("reset", &json!({}));
    let (code, _, err) = start("events-do-not-load", &[]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("deploying the stacks"), "{err}");
}
