//! An AWS that denies, throttles, hangs or answers rubbish: the report says so, is never "healthy", and ends in time.

mod denied;
mod slow;

use std::collections::BTreeSet;

use probe::collect::ACTIONS;
use serde_json::{Value, json};

use crate::lab::Lab;

/// What the door calls the service and the operation of an action.
fn met(action: &str) -> (&str, &str) {
    let (service, operation) = action.split_once(':').unwrap();
    let service = match service {
        "elasticloadbalancing" => "elbv2",
        other => other,
    };
    (service, operation)
}

fn services() -> BTreeSet<&'static str> {
    ACTIONS.iter().map(|action| met(action).0).collect()
}

/// The same for every service but the one that says where the stack is: without that there is nothing to look at.
fn everywhere(rule: &Value, services: &BTreeSet<&str>) -> Value {
    let behind = services
        .iter()
        .filter(|service| **service != "cloudformation");
    behind.map(|service| with(rule, service)).collect()
}

fn with(rule: &Value, service: &str) -> Value {
    let mut rule = rule.clone();
    rule["service"] = json!(service);
    rule
}

/// The call that could not be made is named, with its code.
fn names(report: &Value, action: &str, code: &str) -> bool {
    let unknown = report["unknown"].as_array().unwrap();
    let named = |entry: &&Value| entry["operation"] == action && entry["code"] == code;
    unknown.iter().any(|entry| named(&entry))
}

/// Services without which the healthy stack cannot be called healthy.
const LOOKED_AT: [&str; 8] = [
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "iam",
    "logs",
    "rds",
    "secretsmanager",
];

#[test]
fn answers_that_are_broken_are_unknown_and_no_crash() {
    let lab = Lab::deployed();
    let fails = |code: &str, status: u16| json!({ "error": { "code": code, "status": status } });
    // What is tried again takes its time: one service is enough there.
    let (some, all) = (&["rds"][..], &LOOKED_AT[..]);
    let kinds = [
        ("500", fails("InternalFailure", 500), some),
        ("503", fails("ServiceUnavailable", 503), some),
        ("a connection lost at once", json!({ "reset": true }), some),
        (
            "a connection lost in the middle",
            json!({ "response": { "abort_frac": 0.5 } }),
            some,
        ),
        (
            "cut in the middle",
            json!({ "response": { "truncate_frac": 0.5 } }),
            all,
        ),
        ("empty", json!({ "response": { "truncate_bytes": 0 } }), all),
    ];
    let mut wrong = vec![];
    for (kind, rule, alone) in kinds {
        let everything = ("everything", everywhere(&rule, &services()));
        let alone = alone
            .iter()
            .map(|service| (*service, json!([with(&rule, service)])));
        for (service, rules) in alone.chain([everything]) {
            lab.rules(&rules);
            let (code, broken) = lab.diagnose(&[]);
            if code != 3 || broken["causes"] != json!([]) {
                wrong.push(format!(
                    "{service} {kind}: exit {code}, {}",
                    broken["causes"]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
