//! The commands about money on the deployed stack.

use serde_json::{Value, json};

use super::daily::seen;
use crate::{lab::Lab, run};

/// Exit code and answer of the checklist.
fn cleanup(lab: &Lab) -> (i32, Value) {
    let (code, out, err) = run(&mut lab.probe(&["cleanup", "-o", "json"]));
    let value = serde_json::from_str(&out);
    (
        code,
        value.unwrap_or_else(|_| panic!("exit {code}: {out}{err}")),
    )
}

#[test]
fn the_cost_of_the_deployed_stack_is_that_of_the_table() {
    let lab = Lab::deployed();
    let cost = seen(&lab, &["cost"]);
    assert_eq!(cost["not_seen"], json!([]), "{cost:#}");
    // `dev` of COST.md, and the alarms and logs that its table leaves out.
    let sum = |leave: &[&str]| {
        let lines = cost["lines"].as_array().unwrap().iter();
        let lines = lines.filter(|line| !leave.contains(&line["what"].as_str().unwrap()));
        lines
            .filter_map(|line| line["month_usd"].as_f64())
            .sum::<f64>()
    };
    let table = sum(&["alarms", "stored logs", "images", "snapshots, kept backups"]);
    assert!((table - 118.9).abs() < 0.5, "{table}: {cost:#}");
    assert!((cost["month_usd"].as_f64().unwrap() - sum(&[])).abs() < 1e-6);
    assert_eq!(cost["lines"][0]["what"], "NAT gateways", "{cost:#}");
    // The same without a name: the service's stack tells the prefix.
    let (code, out, err) = run(&mut Lab::unnamed(lab.url(), &["cost", "-o", "json"]));
    assert_eq!(code, 0, "{err}");
    let unnamed: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(unnamed["prefix"], "events");

    // Another team's address is not ours; one of ours that nothing uses is a trap.
    lab.shell(
        "aws ec2 allocate-address --region ap-northeast-1 >/dev/null
         id=$(aws ec2 allocate-address --region ap-northeast-1 --query AllocationId --output text)
         aws ec2 create-tags --region ap-northeast-1 --resources $id --tags Key=Project,Value=events",
    );
    let more = seen(&lab, &["cost"]);
    let addresses = |cost: &Value| {
        let lines = cost["lines"].as_array().unwrap();
        lines
            .iter()
            .find(|line| line["what"] == "public IPv4 addresses")
            .unwrap()["amount"]
            .clone()
    };
    assert_eq!(
        (addresses(&cost), addresses(&more)),
        (json!("× 3"), json!("× 4"))
    );
    let levers = more["levers"].to_string();
    assert!(levers.contains("release-address"), "{more:#}");
}

#[test]
fn the_checklist_sees_what_is_there_and_what_teardown_leaves() {
    let lab = Lab::deployed();
    let (code, all) = cleanup(&lab);
    assert_eq!((code, &all["not_seen"]), (1, &json!([])), "{all:#}");
    let state = |view: &Value, what: &str| {
        let items = view["items"].as_array().unwrap();
        items.iter().find(|item| item["what"] == what).unwrap()["state"].clone()
    };
    for what in [
        "ECS services",
        "load balancers",
        "databases",
        "NAT gateways",
        "Elastic IP addresses",
        "secrets",
        "encryption keys",
        "log groups",
        "image repositories",
        "alarms",
    ] {
        assert_eq!(state(&all, what), "costs", "{what}: {all:#}");
    }
    for what in ["stacks", "ECS clusters", "VPCs", "IAM roles"] {
        assert_eq!(state(&all, what), "free", "{what}: {all:#}");
    }
    assert!(all["day_usd"].as_f64().unwrap() > 3.5, "{all:#}");
    assert!(
        all["steps"][0]["command"]
            .as_str()
            .unwrap()
            .ends_with("cloudformation/teardown events"),
        "{all:#}"
    );
    // Calls that are denied leave a gap, not a clean bill.
    let error = json!({ "code": "AccessDenied", "status": 403, "message": "no" });
    lab.rules(&json!([{ "service": "ec2", "operation": "DescribeNatGateways", "error": error }]));
    let (_, blind) = cleanup(&lab);
    assert_eq!(state(&blind, "NAT gateways"), "unknown", "{blind:#}");
    lab.rules(&json!([]));

    lab.lab("reset", &json!({}));
    lab.shell(
        "aws logs create-log-group --region ap-northeast-1 --log-group-name /aws/rds/instance/events-data-database-1/postgresql
         aws logs create-log-group --region ap-northeast-1 --log-group-name /aws/rds/instance/other-data-database-1/postgresql
         aws logs create-log-group --region ap-northeast-1 --log-group-name events2-x",
    );
    let (code, left) = cleanup(&lab);
    assert_eq!(
        (code, state(&left, "databases"), state(&left, "log groups")),
        (1, json!("gone"), json!("costs")),
        "{left:#}"
    );
    assert_eq!(left["steps"].as_array().unwrap().len(), 1, "{left:#}");
    let command = left["steps"][0]["command"].as_str().unwrap();
    assert_eq!(command.lines().count(), 1, "{command}");
    lab.shell(command);
    let (code, gone) = cleanup(&lab);
    assert_eq!((code, &gone["steps"]), (0, &json!([])), "{gone:#}");
    assert!(
        gone["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["state"] == "gone"),
        "{gone:#}"
    );
}

/// Starts services without tasks, all of one definition, in the cluster of the stacks.
const STRANGERS: &str = r#"python3 - <<'PYTHON'
import boto3
ecs = boto3.client("ecs", region_name="ap-northeast-1")
[cluster] = ecs.list_clusters()["clusterArns"]
[name] = ecs.list_services(cluster=cluster)["serviceArns"]
[model] = ecs.describe_services(cluster=cluster, services=[name])["services"]
container = {"name": "app", "image": "public.ecr.aws/nginx/nginx:1.27", "essential": True}
ecs.register_task_definition(family="stranger", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
    cpu="256", memory="512", containerDefinitions=[container])
for number in range(21):
    ecs.create_service(cluster=cluster, serviceName=f"stranger-{number}", taskDefinition="stranger", desiredCount=0,
        launchType="FARGATE", networkConfiguration=model["networkConfiguration"])
PYTHON"#;

#[test]
fn services_that_others_started_in_the_cluster_are_told_and_asked_for_ten_at_a_time() {
    let lab = Lab::deployed();
    let counted = || {
        let before = lab.calls();
        let (code, view) = cleanup(&lab);
        assert_eq!((code, &view["not_seen"]), (1, &json!([])), "{view:#}");
        let items = view["items"].as_array().unwrap();
        let services = items.iter().find(|item| item["what"] == "ECS services");
        (lab.calls() - before, services.unwrap().to_string())
    };
    let (alone, services) = counted();
    assert!(!services.contains("stranger"), "{services}");
    lab.shell(STRANGERS);
    let (beside, services) = counted();
    for number in 0..21 {
        let name = format!("\"stranger-{number}\"");
        assert!(services.contains(&name), "no {name}: {services}");
    }
    // Twenty-two services in three calls instead of one, and one definition more.
    assert_eq!(beside, alone + 3);
}
