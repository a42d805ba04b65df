//! Calls that are throttled, hang or reach nobody: the run ends in time, after a bounded number of them.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use probe::collect::ACTIONS;
use serde_json::json;

use super::{everywhere, met, names, services, with};
use crate::{lab::Lab, run};

/// How many failed tries may be repeated in one run, as the clients limit it.
const RETRIES: u64 = 40;

/// The exit code of one `diagnose`, and how many calls it made.
fn counted(lab: &Lab, args: &[&str]) -> (i32, u64) {
    let before = lab.calls();
    let (code, _) = lab.diagnose(args);
    (code, lab.calls() - before)
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
    const GROUPS: &str = "elasticloadbalancing:DescribeTargetGroups";
    let lab = Lab::deployed();
    // The first look at a stack of the lab is a slow one.
    assert_eq!(lab.diagnose(&[]).0, 0);
    for (slow, named) in [
        (services(), &["ecs:DescribeServices"][..]),
        (&services() - &BTreeSet::from(["ecs"]), &[GROUPS]),
        (
            BTreeSet::from(["rds", "elbv2"]),
            &["rds:DescribeDBInstances", GROUPS],
        ),
    ] {
        let hangs = json!({ "latency": 30_000 });
        lab.rules(&everywhere(&hangs, &slow));
        let started = Instant::now();
        let (code, report) = lab.diagnose(&["--timeout", "2"]);
        println!(
            "{} services hang, --timeout 2: {:?}",
            slow.len(),
            started.elapsed()
        );
        assert_eq!((code, &report["verdict"]), (3, &json!("undetermined")));
        for action in named {
            assert!(names(&report, action, "Timeout"), "{report:#}");
        }
        assert!(
            started.elapsed() < Duration::from_secs(15),
            "{:?}",
            started.elapsed()
        );
    }
}

#[test]
fn an_aws_that_is_away_gives_3_and_says_so() {
    let mut probe = crate::probe();
    probe
        .args([
            "diagnose",
            "--cluster",
            "c",
            "--service",
            "s",
            "--region",
            "ap-northeast-1",
            "--timeout",
            "3",
        ])
        .args(["--endpoint-url", "http://127.0.0.1:9"])
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test");
    let (code, out, _) = run(&mut probe);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("ecs:DescribeServices"), "{out}");
}

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
