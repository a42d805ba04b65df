//! A release that was rolled back: what is wrong with it is looked for in it, and found where nobody tells any more.

use serde_json::{Value, json};

use crate::{lab::Lab, run};

/// Faults of a release, and the call that shows each in what was to be deployed.
const FAULTS: &[(&str, &str)] = &[
    ("ecs-dependency-timeout", "ecs:DescribeTaskDefinition"),
    ("ecs-image-tag-missing", "ecr:DescribeImages"),
    ("ecs-volume-hides-files", "ecs:DescribeTaskDefinition"),
    ("secrets-parameter-missing", "ssm:DescribeParameters"),
    ("secrets-version-missing", "secretsmanager:DescribeSecret"),
];

fn causes(lab: &Lab) -> (Vec<Value>, String) {
    let (_, out, err) = run(&mut lab.probe(&["diagnose", "-o", "json"]));
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    (report["causes"].as_array().unwrap().clone(), out)
}

#[test]
fn a_rolled_back_release_is_looked_at_itself() {
    let mut wrong = vec![];
    for (fault, source) in FAULTS {
        let lab = Lab::deployed();
        lab.break_it(fault);
        lab.lab("give-up", &json!({}));
        let (causes, out) = causes(&lab);
        let [cause] = &causes[..] else {
            wrong.push((*fault, out));
            continue;
        };
        let shown = |proof: &Value| proof["source"].as_str().unwrap().starts_with(source);
        let is_shown = cause["evidence"].as_array().unwrap().iter().any(shown);
        let symptoms = cause["symptoms"].to_string();
        if cause["id"] != *fault || !is_shown || !symptoms.contains("ecs-deployment-rolled-back") {
            wrong.push((*fault, out));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_fault_of_a_rolled_back_release_is_found_when_its_tasks_are_forgotten() {
    let lab = Lab::deployed();
    lab.break_it("ecs-image-tag-missing");
    lab.lab("give-up", &json!({}));
    lab.lab("age", &json!({ "seconds": 2 * 24 * 3600 }));
    let (causes, out) = causes(&lab);
    assert_eq!(causes[0]["id"], "ecs-image-tag-missing", "{out}");
    assert!(out.contains("ecs-deployment-rolled-back"), "{out}");
}
