//! The commands of daily work on the deployed stack.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{lab::Lab, run};

pub(super) fn seen(lab: &Lab, args: &[&str]) -> Value {
    let (code, out, err) = run(&mut lab.probe(&[args, &["-o", "json"]].concat()));
    assert_eq!(code, 0, "{args:?}\n{out}{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_status_shows_every_part_in_few_calls() {
    let lab = Lab::deployed();
    let before = lab.calls();
    let status = seen(&lab, &["status"]);
    let calls = lab.calls() - before;
    assert!((8..=20).contains(&calls), "{calls} calls");
    assert_eq!(status["not_seen"], json!([]), "{status:#}");
    assert_eq!(
        status["tasks"],
        json!({ "desired": 2, "running": 2, "pending": 0 })
    );
    assert_eq!(status["deployments"][0]["progress_percent"], 100);
    assert_eq!(status["targets"][0]["by_health"], json!({ "healthy": 2 }));
    assert_eq!(status["database"]["status"], "available");
    assert!(
        status["database"]["connections"].as_u64()
            < status["database"]["connection_limit"].as_u64()
    );
    assert_eq!(status["availability"]["percent"], 100.0, "{status:#}");
    assert!(status["availability"]["requests"].as_u64().unwrap() > 0);
    assert_eq!(status["availability"]["burn_rate"].to_string(), "0.0");
    assert!(status["scaling"]["max"].as_i64() > status["scaling"]["min"].as_i64());
    assert!(
        status["last_activity"]["description"]
            .as_str()
            .unwrap()
            .contains("desired count")
    );
    assert!(!status["events"].as_array().unwrap().is_empty());
    let alarms = status["alarms"].as_array().unwrap();
    assert!(alarms.len() >= 8, "{alarms:#?}");
    // Of another team, on another load balancer: it fires, and is not ours.
    lab.shell(
        "aws cloudwatch put-metric-alarm --region ap-northeast-1 --alarm-name theirs --namespace AWS/ApplicationELB \
         --metric-name RequestCount --dimensions Name=LoadBalancer,Value=app/theirs/1 --statistic Sum --period 60 \
         --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold
         aws cloudwatch set-alarm-state --region ap-northeast-1 --alarm-name theirs --state-value ALARM --state-reason x
         service=$(aws ecs list-services --region ap-northeast-1 --cluster $(aws ecs list-clusters --region ap-northeast-1 --query 'clusterArns[0]' --output text) --query 'serviceArns[0]' --output text)
         aws cloudwatch put-metric-alarm --region ap-northeast-1 --alarm-name by-hand --namespace AWS/ECS \
         --metric-name CPUUtilization --dimensions Name=ServiceName,Value=$(echo $service | cut -d/ -f3) Name=ClusterName,Value=$(echo $service | cut -d/ -f2) \
         --statistic Average --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold
         aws cloudwatch set-alarm-state --region ap-northeast-1 --alarm-name by-hand --state-value ALARM --state-reason x",
    );
    let status = seen(&lab, &["status"]);
    let alarms = status["alarms"].as_array().unwrap();
    assert_eq!(
        (&alarms[0]["name"], &alarms[0]["state"]),
        (&json!("by-hand"), &json!("ALARM"))
    );
    assert!(
        alarms.iter().all(|alarm| alarm["name"] != "theirs"),
        "{alarms:#?}"
    );
}

#[test]
fn a_denied_call_costs_a_line_and_no_more() {
    let lab = Lab::deployed();
    let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "User: u is not authorized" });
    for (service, operation, action) in [
        ("cloudwatch", "DescribeAlarms", "cloudwatch:DescribeAlarms"),
        ("rds", "DescribeDBInstances", "rds:DescribeDBInstances"),
        (
            "elbv2",
            "DescribeTargetHealth",
            "elasticloadbalancing:DescribeTargetHealth",
        ),
        (
            "application-autoscaling",
            "DescribeScalingActivities",
            "application-autoscaling:DescribeScalingActivities",
        ),
    ] {
        lab.rules(&json!([{ "service": service, "operation": operation, "error": error }]));
        let (code, out, err) = run(&mut lab.probe(&["status"]));
        assert_eq!(code, 0, "{out}{err}");
        assert!(
            out.contains(&format!("{action}: AccessDeniedException")),
            "{out}"
        );
        assert!(out.contains(&format!("allow the action {action}")), "{out}");
        assert!(out.contains("2 running of 2 desired"), "{out}");
    }
    lab.rules(&json!([{ "service": "ecs", "operation": "DescribeServices", "error": error }]));
    let (code, out, err) = run(&mut lab.probe(&["status"]));
    assert_eq!(code, 3, "{out}{err}");
    assert!(
        err.contains("ecs:DescribeServices: AccessDeniedException"),
        "{err}"
    );
}

/// A command that never ends by itself, not even when a test fails.
pub(crate) struct Endless(pub(crate) Child);

impl Drop for Endless {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Endless {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        )
    }

    /// Its exit code, if it ends by itself soon.
    pub(crate) fn ends(&mut self) -> Option<i32> {
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }

    /// Asks it to end as Ctrl-C does, and gives its exit code.
    pub(crate) fn interrupt(&mut self) -> i32 {
        let id = self.0.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
        self.0.wait().unwrap().code().unwrap()
    }
}

#[test]
fn watching_in_a_pipe_tells_what_changes_until_ctrl_c() {
    let lab = Lab::deployed();
    let mut watch = Endless::start(&mut lab.probe(&["status", "--watch=1"]));
    let mut lines = BufReader::new(watch.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let first = lines.find(|line| line.contains("tasks: ")).unwrap();
    assert!(first.contains("2 running of 2 desired"), "{first}");
    lab.lab("event", &json!({ "message": "(service x) says hello." }));
    let told = lines.find(|line| line.contains("says hello")).unwrap();
    assert!(told.contains(" events: "), "{told}");
    assert_eq!(watch.interrupt(), 0);

    let mut watch = Endless::start(&mut lab.probe(&["targets", "--watch=1"]));
    let mut lines = BufReader::new(watch.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.next().unwrap().contains(" healthy "));
    lab.lab("health", &json!({ "state": "unhealthy", "reason": "Target.Timeout", "description": "Request timed out" }));
    let told = lines.find(|line| line.contains("unhealthy")).unwrap();
    assert!(
        told.contains("(Target.Timeout: Request timed out)"),
        "{told}"
    );
    // When nobody reads any more it is over, although there is nothing new to write, and that is no failure.
    drop(lines);
    assert_eq!(watch.ends(), Some(0));
}

#[test]
fn watching_ends_when_the_credentials_do() {
    let lab = Lab::deployed();
    let mut watch = Endless::start(&mut lab.probe(&["targets", "--watch=1"]));
    let mut lines = BufReader::new(watch.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.next().is_some());
    let expired = json!({ "code": "ExpiredTokenException", "status": 400, "message": "The security token included in the request is expired" });
    lab.rules(
        &json!([{ "service": "ecs", "error": expired }, { "service": "elbv2", "error": expired }]),
    );
    assert_eq!(watch.0.wait().unwrap().code(), Some(3));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut watch.0.stderr.take().unwrap(), &mut said).unwrap();
    assert!(
        said.contains("ExpiredTokenException") && said.contains("hint: log in to AWS again"),
        "{said}"
    );
}

#[test]
fn tasks_that_ecs_has_forgotten_come_from_the_event_log() {
    let lab = Lab::deployed();
    lab.break_it("ecs-container-out-of-memory");
    let tasks = seen(&lab, &["tasks"]);
    let stop = &tasks["stopped"][0];
    assert_eq!(stop["explain"], "ecs-container-out-of-memory", "{tasks:#}");
    assert_eq!(stop["culprit"]["exit_code"], 137, "{stop:#}");
    let count = stop["count"].as_u64().unwrap();
    lab.lab("age", &json!({ "seconds": 4000 }));
    let tasks = seen(&lab, &["tasks"]);
    let all: Vec<&Value> = tasks["stopped"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|stop| stop["tasks"].as_array().unwrap())
        .collect();
    assert!(
        all.iter().filter(|task| task["forgotten"] == true).count() as u64 >= count,
        "{tasks:#}"
    );
    let timeline = seen(&lab, &["tasks", "--timeline", "--since", "2h"]);
    for source in ["deployment", "event", "task", "log"] {
        let moments = timeline["moments"].as_array().unwrap();
        assert!(
            moments.iter().any(|moment| moment["source"] == source),
            "no {source}: {timeline:#}"
        );
    }
}
