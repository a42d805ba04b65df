//! A run beside AWS, against an endpoint on loopback that says what AWS says, in the protocol of each service.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::{Value, json};

use crate::endpoint::environment;
use crate::invocation::{Invocation, loadtest, texts};
use crate::server::{Faults, Server};

const ALARM: &str = "TargetTracking-service/events/web-AlarmHigh-5f0c";

/// An AWS in which a service has one task, and three some seconds later.
#[derive(Clone)]
struct Aws {
    began: Instant,
    denied: &'static [&'static str],
    called: Arc<Mutex<BTreeSet<String>>>,
}

impl Aws {
    async fn start(denied: &'static [&'static str]) -> (Self, Vec<(&'static str, String)>) {
        let aws = Self {
            began: Instant::now(),
            denied,
            called: Arc::default(),
        };
        let it = aws.clone();
        let environment =
            environment(move |uri, headers, body| it.answer(uri, headers, body)).await;
        (aws, environment)
    }

    fn answer(&self, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Response {
        let body = String::from_utf8_lossy(body).into_owned();
        // JSON names the operation in a header, CBOR in the path, and the query protocol in the body.
        let target = headers.get("x-amz-target").map(|it| it.to_str().unwrap());
        let of_query = body
            .split('&')
            .find_map(|pair| pair.strip_prefix("Action="))
            .map(str::to_owned);
        let operation = match (target, of_query) {
            (Some(target), _) => target.rsplit('.').next().unwrap().to_owned(),
            (None, Some(action)) => action,
            (None, None) => uri.path().rsplit('/').next().unwrap().to_owned(),
        };
        self.called.lock().unwrap().insert(operation.clone());
        if self.denied.contains(&operation.as_str()) {
            let error = json!({"__type": "AccessDeniedException", "message": "not allowed"});
            return (StatusCode::BAD_REQUEST, error.to_string()).into_response();
        }
        let now = Utc::now().timestamp();
        let has_grown = self.began.elapsed() > Duration::from_secs(8);
        let tasks = if has_grown { 3 } else { 1 };
        match operation.as_str() {
            "DescribeServices" => json!({"services": [{
                "status": "ACTIVE", "desiredCount": tasks, "runningCount": tasks, "pendingCount": 0,
                "loadBalancers": [{"targetGroupArn": "arn:tg"}],
                "deployments": [{"rolloutState": "COMPLETED"}],
                "taskDefinition": "arn:aws:ecs:ap-northeast-1:1:task-definition/web:7",
                "events": [{"id": "e1", "createdAt": now - 7_200, "message": "of another day"}],
            }]})
            .to_string()
            .into_response(),
            "DescribeTaskDefinition" => json!({"taskDefinition": {"cpu": "512", "memory": "1024"}})
                .to_string()
                .into_response(),
            "DescribeScalableTargets" => json!({"ScalableTargets": [{
                "ServiceNamespace": "ecs", "ResourceId": "service/events/web",
                "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 10,
                "RoleARN": "arn:role", "CreationTime": now,
                "SuspendedState": {"DynamicScalingOutSuspended": false},
            }]})
            .to_string()
            .into_response(),
            "DescribeScalingPolicies" => json!({"ScalingPolicies": [{
                "PolicyARN": "arn:policy", "PolicyName": "cpu", "ServiceNamespace": "ecs",
                "ResourceId": "service/events/web", "ScalableDimension": "ecs:service:DesiredCount",
                "PolicyType": "TargetTrackingScaling", "CreationTime": now,
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 60.0, "ScaleOutCooldown": 60,
                    "PredefinedMetricSpecification":
                        {"PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"},
                },
                "Alarms": [{"AlarmName": ALARM, "AlarmARN": "arn:alarm"}],
            }]})
            .to_string()
            .into_response(),
            "DescribeScheduledActions" => json!({"ScheduledActions": []}).to_string().into_response(),
            "DescribeScalingActivities" => json!({"ScalingActivities": if has_grown {
                json!([{
                    "ActivityId": "a1", "ServiceNamespace": "ecs", "ResourceId": "service/events/web",
                    "ScalableDimension": "ecs:service:DesiredCount", "Cause": "the alarm",
                    "Description": "Setting desired count to 3.", "StatusCode": "Successful",
                    "StartTime": now - 1,
                }])
            } else {
                json!([])
            }})
            .to_string()
            .into_response(),
            "DescribeTargetHealth" => {
                let target = "<member><Target><Id>10.0.11.5</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member>";
                xml(&operation, &format!(
                    "<TargetHealthDescriptions>{}</TargetHealthDescriptions>",
                    target.repeat(tasks)
                ))
            }
            "DescribeTargetGroups" => xml(&operation,
                "<TargetGroups><member><LoadBalancerArns><member>arn:aws:elasticloadbalancing:ap-northeast-1:1:loadbalancer/app/events/50dc</member></LoadBalancerArns></member></TargetGroups>"),
            "DescribeStacks" => xml(&operation,
                "<Stacks><member><StackName>demo-service</StackName><CreationTime>2026-04-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>ClusterName</OutputKey><OutputValue>events</OutputValue></member><member><OutputKey>ServiceName</OutputKey><OutputValue>web</OutputValue></member></Outputs></member></Stacks>"),
            "DescribeAlarms" => cbor(&json!({"MetricAlarms": [{
                "AlarmName": ALARM, "StateValue": if has_grown { "ALARM" } else { "OK" },
                "StateTransitionedTimestamp": {"epoch": now},
            }]})),
            "DescribeAlarmHistory" => cbor(&json!({"AlarmHistoryItems": []})),
            "GetMetricData" => cbor(&json!({"MetricDataResults": [{
                "Id": "aws_ecs_CPUUtilization", "StatusCode": "Complete",
                "Timestamps": [{"epoch": now - 90}], "Values": [97.5],
            }]})),
            other => panic!("{other} is not expected"),
        }
    }
}

fn xml(operation: &str, inner: &str) -> Response {
    format!(
        "<{operation}Response><{operation}Result>{inner}</{operation}Result></{operation}Response>"
    )
    .into_response()
}

/// An answer of CloudWatch.
pub(crate) fn cbor(value: &Value) -> Response {
    let headers = [
        ("content-type", "application/cbor"),
        ("smithy-protocol", "rpc-v2-cbor"),
    ];
    let mut bytes = vec![];
    encode(value, &mut bytes);
    (headers, bytes).into_response()
}

/// A value in CBOR (RFC 8949); `{"epoch": n}` is a time, which is tag 1.
fn encode(value: &Value, bytes: &mut Vec<u8>) {
    let head = |major: u8, length: usize, bytes: &mut Vec<u8>| {
        bytes.push((major << 5) | 26);
        bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
    };
    match value {
        Value::Object(map) if map.contains_key("epoch") => {
            bytes.push(0xc1);
            bytes.push(0xfb);
            bytes.extend(map["epoch"].as_f64().unwrap().to_be_bytes());
        }
        Value::Object(map) => {
            head(5, map.len(), bytes);
            for (key, value) in map {
                encode(&Value::from(key.as_str()), bytes);
                encode(value, bytes);
            }
        }
        Value::Array(items) => {
            head(4, items.len(), bytes);
            items.iter().for_each(|item| encode(item, bytes));
        }
        Value::String(text) => {
            head(3, text.len(), bytes);
            bytes.extend(text.as_bytes());
        }
        Value::Number(number) => {
            bytes.push(0xfb);
            bytes.extend(number.as_f64().unwrap().to_be_bytes());
        }
        other => panic!("{other} is not sent"),
    }
}

/// Long enough for a second look at the tasks and one at what scaling did.
const PLAN: &str = "[[phase]]
name = \"before\"
duration = \"2s\"
rate = \"10/s\"
[[phase]]
name = \"step\"
duration = \"12s\"
rate = \"30/s\"
[[rule]]
availability = \"90%\"
[scaling]
tasks = 3
within = \"14s\"
";

async fn watched(
    denied: &'static [&'static str],
    named: &[&str],
) -> (Aws, crate::invocation::Finished) {
    let server = Server::start(Faults::default()).await;
    let (aws, environment) = Aws::start(denied).await;
    let arguments = [&["--plan", "plan.toml"], named].concat();
    let run = Invocation::run(&server.host, &arguments).environment(environment);
    std::fs::write(run.directory().join("plan.toml"), PLAN).unwrap();
    (aws, run.finish().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_sees_the_service_scale_and_judges_it() {
    let (aws, run) = watched(&[], &["--stack", "demo"]).await;
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let scaling = &run.json["scaling"];
    assert_eq!(
        scaling["expectations"][0]["code"], "scaled-out",
        "{scaling}"
    );
    let tasks = scaling["tasks"].as_array().unwrap();
    let running: Vec<_> = tasks
        .iter()
        .map(|it| it["running"].as_u64().unwrap())
        .collect();
    assert_eq!(running, [1, 3], "{scaling}");
    let stages = scaling["stopwatch"]["stages"].as_array().unwrap();
    let stages: Vec<_> = stages
        .iter()
        .map(|it| it["stage"].as_str().unwrap())
        .collect();
    assert!(
        stages.contains(&"running") && stages.contains(&"healthy"),
        "{stages:?}"
    );
    assert_eq!(scaling["gaps"], json!([]));
    let task = &run.json["manifest"]["task"];
    assert_eq!(*task, json!({"cpu": "512", "memory": "1024"}));
    let markers = run.json["markers"].as_array().unwrap();
    assert!(
        markers.iter().any(|it| it["code"] == "task-running"),
        "{markers:?}"
    );
    // The NDJSON file has the same, so that a run that was killed has it too.
    let sightings = run.lines("sighting");
    assert!(
        sightings.iter().any(|it| it["seen"] == "alarm"),
        "{sightings:?}"
    );
    assert!(
        sightings.iter().any(|it| it["seen"] == "targets"),
        "{sightings:?}"
    );
    assert_eq!(sightings.last().unwrap()["seen"], "end");
    // What was said on another day is not of this run.
    assert!(
        sightings.iter().all(|it| it["seen"] != "event"),
        "{sightings:?}"
    );
    // Every look was made, and the role may make each of them.
    let called = aws.called.lock().unwrap();
    let of = |action: &&str| action.split_once(':').unwrap().1.to_owned();
    let actions: BTreeSet<String> = loadtest::witness::ACTIONS.iter().map(of).collect();
    assert_eq!(*called, actions);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_denied_is_a_gap_and_the_run_goes_on() {
    let denied = &["DescribeServices", "DescribeTargetHealth"];
    let (_, run) = watched(denied, &["--cluster", "events", "--service", "web"]).await;
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    let scaling = &run.json["scaling"];
    assert_eq!(scaling["expectations"][0]["code"], "scaling-not-seen");
    assert_eq!(scaling["gaps"][0]["operation"], "ecs:DescribeServices");
    assert_eq!(scaling["gaps"][0]["code"], "AccessDeniedException");
    assert_eq!(run.json["manifest"]["task"], Value::Null);
    assert!(
        run.stdout
            .contains("ecs:DescribeServices gave AccessDeniedException"),
        "{}",
        run.stdout
    );
}

#[tokio::test]
async fn a_plan_that_expects_scaling_needs_somebody_who_looks() {
    let directory = tempfile::TempDir::new().unwrap();
    std::fs::write(directory.path().join("plan.toml"), PLAN).unwrap();
    let run = ["run", "--host", "http://127.0.0.1:1", "--plan", "plan.toml"];
    let output = loadtest(&run)
        .current_dir(directory.path())
        .output()
        .await
        .unwrap();
    let (code, _, stderr) = texts(&output);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("--cluster NAME --service NAME"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_says_each_change_as_a_line() {
    let (_, environment) = Aws::start(&["DescribeScheduledActions"]).await;
    let arguments = [
        "watch",
        "--cluster",
        "events",
        "--service",
        "web",
        "--duration",
        "2s",
    ];
    let output = loadtest(&arguments)
        .envs(environment)
        .output()
        .await
        .unwrap();
    let (code, stdout, stderr) = texts(&output);
    assert_eq!(code, 0, "{stderr}");
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&lines[0]["cluster"], &lines[0]["version"]),
        (&json!("events"), &json!(1))
    );
    let seen = |what: &str| {
        lines[1..]
            .iter()
            .filter(|line| line["seen"] == what)
            .count()
    };
    assert_eq!(
        (seen("tasks"), seen("range"), seen("policy")),
        (1, 1, 1),
        "{stdout}"
    );
    assert_eq!((seen("gap"), seen("end")), (1, 1), "{stdout}");
    let recording = loadtest::witness::Recording::read(stdout.as_bytes()).unwrap();
    assert_eq!(recording.sightings.len(), lines.len() - 1);
}
