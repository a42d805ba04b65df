//! Calls that are denied: which of them matter, and what still stands without them.

use probe::collect::ACTIONS;
use serde_json::json;

use super::{met, names};
use crate::{
    lab::{Lab, ids},
    run,
};

/// Actions that the healthy stack gives no reason to call, and why.
const NOT_CALLED: &[(&str, &str)] = &[
    (
        "application-autoscaling:DescribeScalingActivities",
        "probe status alone shows what scaling did",
    ),
    ("cloudwatch:DescribeAlarms", "probe status alone shows them"),
    ("ecs:ListClusters", "the stack names the cluster"),
    ("ecs:ListServices", "the stack names the service"),
    ("iam:GetPolicy", "the roles have inline policies only"),
    (
        "iam:GetPolicyVersion",
        "the roles have inline policies only",
    ),
    ("ssm:DescribeParameters", "no container takes a parameter"),
];

/// Actions whose answer only adds to what is seen otherwise, and why: without it a healthy stack may be called so.
const DECORATIVE: &[(&str, &str)] = &[
    (
        "application-autoscaling:DescribeScalableTargets",
        "no fault is in the limits: whether tasks lack, the service says",
    ),
    (
        "cloudformation:DescribeStackEvents",
        "the words of a failed update; what runs is seen without them",
    ),
    (
        "ec2:DescribeVpcAttribute",
        "DNS settings matter to interface endpoints, and the stack has none",
    ),
    (
        "ec2:GetManagedPrefixListEntries",
        "no security group names a prefix list",
    ),
    (
        "ecr:BatchGetImage",
        "a task that runs has proven that its platform is in the image",
    ),
    (
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "the idle timeout is a fault with answers 502 only",
    ),
    (
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "draining is a fault with tasks that are killed only",
    ),
    (
        "iam:GetRolePolicy",
        "what the policies allow, IAM simulates too",
    ),
    (
        "iam:SimulatePrincipalPolicy",
        "the policies themselves are read too",
    ),
    (
        "logs:FilterLogEvents",
        "tasks that ECS has forgotten are history",
    ),
    (
        "rds:DescribeDBParameters",
        "what a setting refuses, the program says",
    ),
    ("rds:DescribeEvents", "a restart that is over is history"),
];

fn listed(list: &[(&str, &str)], action: &str) -> bool {
    list.iter().any(|(listed, _)| *listed == action)
}

#[test]
fn every_action_denied_alone_is_named_and_never_healthy() {
    let lab = Lab::deployed();
    let mut wrong = vec![];
    // Without it there is nothing to report on: a sentence says so.
    for action in ACTIONS
        .iter()
        .filter(|action| **action != "cloudformation:DescribeStacks")
    {
        let (service, operation) = met(action);
        let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "User: u is not authorized" });
        lab.rules(&json!([{ "service": service, "operation": operation, "error": error }]));
        let before = lab.faults();
        let (code, report) = lab.diagnose(&[]);
        let called = lab.faults() > before;
        let named = names(&report, action, "AccessDeniedException");
        let as_it_should = if listed(NOT_CALLED, action) {
            !called && code == 0
        } else if listed(DECORATIVE, action) {
            called && (code == 0 || (code == 3 && named))
        } else {
            called && code == 3 && report["verdict"] == "undetermined" && named
        };
        if !as_it_should {
            wrong.push(format!(
                "{action}: called {called}, exit {code}, named {named}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");

    let error =
        json!({ "code": "AccessDenied", "status": 403, "message": "User: u is not authorized" });
    lab.rules(
        &json!([{ "service": "cloudformation", "operation": "DescribeStacks", "error": error }]),
    );
    let (code, out, err) = run(&mut lab.probe(&["diagnose", "-o", "json"]));
    assert_eq!((code, out.as_str()), (3, ""), "{err}");
    assert!(
        err.contains("cloudformation:DescribeStacks: AccessDenied"),
        "{err}"
    );
}

#[test]
fn policies_and_simulating_stand_in_for_each_other_and_nothing_for_both() {
    let lab = Lab::deployed();
    let error = json!({ "code": "AccessDeniedException", "status": 403, "message": "no" });
    let denied =
        |operation: &str| json!({ "service": "iam", "operation": operation, "error": error });
    lab.rules(&json!([denied("SimulatePrincipalPolicy")]));
    assert_eq!(
        lab.diagnose(&[]).0,
        0,
        "the policy documents allow everything"
    );
    lab.rules(&json!([
        denied("SimulatePrincipalPolicy"),
        denied("GetRolePolicy")
    ]));
    let (code, report) = lab.diagnose(&[]);
    assert_eq!(code, 3);
    let unknown = report["unknown"].to_string();
    assert!(unknown.contains("iam:GetRolePolicy"), "{unknown}");
    lab.rules(&json!([denied("GetRolePolicy")]));
    assert_eq!(lab.diagnose(&[]).0, 0, "IAM simulates what was not read");
}

#[test]
fn what_was_seen_is_reported_beside_what_was_denied() {
    let lab = Lab::deployed();
    lab.break_it("network-database-port-closed");
    let error = json!({ "code": "AccessDeniedException", "status": 403, "message": "no" });
    lab.rules(&json!([{ "service": "logs", "operation": "GetLogEvents", "error": error }]));
    let (code, report) = lab.diagnose(&[]);
    assert_eq!(
        (code, ids(&report["causes"])),
        (1, vec!["network-database-port-closed"])
    );
    assert!(
        report["unknown"]
            .as_array()
            .unwrap()
            .iter()
            .any(|unknown| unknown["operation"] == "logs:GetLogEvents")
    );
}
