//! An AWS that denies, throttles, hangs or answers rubbish: the report says so, is never "healthy", and ends in time.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use probe::collect::ACTIONS;
use serde_json::{Value, json};

use crate::{lab::Lab, run};

/// How many failed tries may be repeated in one run, as the clients limit it.
const RETRIES: u64 = 40;

/// Actions that the healthy stack gives no reason to call, and why.
const NOT_CALLED: &[(&str, &str)] = &[
    ("ecs:ListClusters", "the stack names the cluster"),
    ("ecs:ListServices", "the stack names the service"),
    ("iam:GetPolicy", "the roles have inline policies only"),
    (
        "iam:GetPolicyVersion",
        "the roles have inline policies only",
    ),
    ("kms:DescribeKey", "the secret is under the key of AWS"),
    ("kms:GetKeyPolicy", "the secret is under the key of AWS"),
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

fn report(lab: &Lab, args: &[&str]) -> (i32, Value) {
    let (code, out, err) = run(&mut lab.probe(&[&["diagnose", "-o", "json"], args].concat()));
    assert!(!err.contains("panicked"), "{err}");
    let report = serde_json::from_str(&out);
    (
        code,
        report.unwrap_or_else(|_| panic!("exit {code}, no JSON: {out}{err}")),
    )
}

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

fn listed(list: &[(&str, &str)], action: &str) -> bool {
    list.iter().any(|(listed, _)| *listed == action)
}

/// The call that could not be made is named, with its code.
fn names(report: &Value, action: &str, code: &str) -> bool {
    let unknown = report["unknown"].as_array().unwrap();
    let named = |entry: &&Value| entry["operation"] == action && entry["code"] == code;
    unknown.iter().any(|entry| named(&entry))
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
        let (code, report) = report(&lab, &[]);
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
fn calls_throttled_once_are_made_again_and_the_stack_is_healthy() {
    let lab = Lab::deployed();
    let (code, calls) = counted(&lab, &[]);
    assert_eq!(code, 0);
    println!("a healthy stack: {calls} calls");

    let once = |action: &&str| {
        let (service, operation) = met(action);
        let error =
            json!({ "code": "ThrottlingException", "status": 400, "message": "Rate exceeded" });
        json!({ "service": service, "operation": operation, "times": 1, "error": error })
    };
    lab.rules(&ACTIONS.iter().map(once).collect());
    let before = lab.faults();
    let (code, throttled) = counted(&lab, &[]);
    let met = lab.faults() - before;
    println!("each operation throttled once: {throttled} calls, {met} of them throttled");
    assert_eq!(code, 0);
    assert!(met > 20, "only {met} were throttled");
    assert_eq!(throttled, calls + met, "each is repeated once");
}

#[test]
fn an_aws_that_throttles_for_ever_costs_a_bounded_time_and_number_of_calls() {
    let lab = Lab::deployed();
    let (_, calls) = counted(&lab, &[]);
    let error = json!({ "code": "ThrottlingException", "status": 400, "message": "Rate exceeded" });
    lab.rules(&everywhere(&json!({ "error": error }), &services()));
    let started = Instant::now();
    let (code, throttled) = counted(&lab, &[]);
    println!(
        "everything throttled for ever: {throttled} calls, {:?}",
        started.elapsed()
    );
    assert_eq!(code, 3);
    assert!(throttled <= calls + RETRIES, "{throttled} calls");
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );

    // Only the service of the images: the rest of the budget stays unused.
    lab.rules(&json!([with(&json!({ "error": error }), "ec2")]));
    let (code, throttled) = counted(&lab, &[]);
    println!("ec2 throttled for ever: {throttled} calls");
    assert_eq!(code, 3);
    assert!(throttled <= calls + RETRIES, "{throttled} calls");
}

#[test]
fn an_aws_that_hangs_ends_with_the_time_limit() {
    let lab = Lab::deployed();
    // The first look at a stack of the lab is a slow one.
    assert_eq!(report(&lab, &[]).0, 0);
    for (slow, first) in [
        (services(), "ecs:DescribeServices"),
        (
            &services() - &BTreeSet::from(["ecs"]),
            "elasticloadbalancing:DescribeTargetGroups",
        ),
    ] {
        let hangs = json!({ "latency": 30_000 });
        lab.rules(&everywhere(&hangs, &slow));
        let started = Instant::now();
        let (code, report) = report(&lab, &["--timeout", "2"]);
        println!(
            "{} services hang, --timeout 2: {:?}",
            slow.len(),
            started.elapsed()
        );
        assert_eq!((code, &report["verdict"]), (3, &json!("undetermined")));
        assert!(names(&report, first, "Timeout"), "{report:#}");
        assert!(
            started.elapsed() < Duration::from_secs(15),
            "{:?}",
            started.elapsed()
        );
    }
}

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
            let (code, broken) = report(&lab, &[]);
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
fn services_beside_this_one_cost_no_call() {
    let lab = Lab::deployed();
    let (code, alone) = counted(&lab, &[]);
    assert_eq!(code, 0);
    lab.shell(NEIGHBOURS);
    let (code, crowded) = counted(&lab, &[]);
    assert_eq!((code, crowded), (0, alone), "50 services more");
}

/// 50 services in the cluster of the stack, with a task each.
const NEIGHBOURS: &str = r#"python - <<'END'
import boto3
ecs = boto3.client("ecs", region_name="ap-northeast-1")
cluster, = ecs.list_clusters()["clusterArns"]
ours, = ecs.describe_services(cluster=cluster, services=ecs.list_services(cluster=cluster)["serviceArns"])["services"]
for number in range(50):
    ecs.create_service(
        cluster=cluster,
        serviceName=f"neighbour-{number}",
        taskDefinition=ours["taskDefinition"],
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=ours["networkConfiguration"],
    )
assert len(ecs.list_tasks(cluster=cluster)["taskArns"]) > 50
END"#;

/// The exit code of one `diagnose`, and how many calls it made.
fn counted(lab: &Lab, args: &[&str]) -> (i32, u64) {
    let before = lab.calls();
    let (code, _) = report(lab, args);
    (code, lab.calls() - before)
}
