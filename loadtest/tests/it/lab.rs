//! What the witness sees of the stacks of `cloudformation/`, deployed into the local AWS that `probe` is tested with:
//! answers that nobody has made up for this test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::invocation::{loadtest, texts};

/// A running local AWS; it ends when its standard input closes, that is with this value.
struct Lab {
    aws: String,
    server: Child,
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}

impl Lab {
    /// One with the stacks as `cloudformation/deploy` makes them: two healthy tasks.
    async fn deployed() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let python = root.join(".venv/bin/python");
        assert!(
            python.exists(),
            "no virtual environment: run `make setup` first"
        );
        let mut server = Command::new(python)
            .arg(root.join("probe/lab/lab.py"))
            .arg("--no-door")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(server.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the local AWS did not start");
        let aws = ready["aws"].as_str().unwrap().to_owned();
        let lab = Self { aws, server };
        lab.does("deploy", &json!({"prefix": "events", "image_tag": "v1"}))
            .await;
        lab
    }

    /// `loadtest watch` on this AWS.
    fn watch(&self, stack: &str, duration: &str) -> tokio::process::Command {
        let mut watch = loadtest(&["watch", "--stack", stack, "--duration", duration]);
        watch
            .env("AWS_ENDPOINT_URL", &self.aws)
            .env("AWS_REGION", "ap-northeast-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        watch
    }

    async fn does(&self, verb: &str, body: &Value) {
        let url = format!("{}/lab/{verb}", self.aws);
        let asked = reqwest::Client::new().post(url).body(body.to_string());
        let answer = asked.send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "{}",
            answer.text().await.unwrap()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn watch_sees_a_deployed_stack_and_that_it_scales() {
    let lab = Lab::deployed().await;
    let watch = lab.watch("events", "12s").spawn().unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    lab.does("scale", &json!({"desired": 4})).await;
    let output = tokio::time::timeout(Duration::from_secs(60), watch.wait_with_output()).await;
    let (code, stdout, stderr) = texts(&output.expect("it ends by itself").unwrap());
    assert_eq!(code, 0, "{stderr}");
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |what: &str| -> Vec<&Value> {
        let lines = lines[1..].iter();
        lines.filter(|line| line["seen"] == what).collect()
    };
    // The service before and after, its targets, and who did it.
    let counts: Vec<_> = of("tasks").iter().map(|it| it["desired"].clone()).collect();
    assert_eq!(counts, [2, 4], "{stdout}");
    assert_eq!(of("targets")[0]["healthy"], 2, "{stdout}");
    let activities = of("activity");
    assert!(
        activities
            .iter()
            .any(|it| it["description"] == "Setting desired count to 4."),
        "{stdout}"
    );
    // What it scales by: as the templates say it, with an alarm for each direction of each policy.
    let [range] = of("range")[..] else {
        panic!("{stdout}");
    };
    assert_eq!((&range["min"], &range["max"]), (&json!(2), &json!(4)));
    let mut followed: Vec<_> = of("policy").iter().map(|it| it["metric"].clone()).collect();
    followed.sort_by_key(Value::to_string);
    assert_eq!(
        followed,
        [
            "ALBRequestCountPerTarget",
            "ECSServiceAverageCPUUtilization",
            "ECSServiceAverageMemoryUtilization"
        ]
    );
    for direction in ["out", "in"] {
        let alarms = of("alarm");
        let alarms = alarms.iter().filter(|it| it["scales"] == direction);
        assert_eq!(alarms.count(), 3, "{direction}: {stdout}");
    }
    // What load balancer and database measured.
    for measure in [
        "requests",
        "database_cpu",
        "response_p99",
        "database_connections",
    ] {
        let metrics = of("metric");
        assert!(
            metrics.iter().any(|it| it["of"] == measure),
            "{measure}: {stdout}"
        );
    }
    // This AWS keeps no history of alarms: that is said, and by what it answered, and nothing else is missing.
    let [gap] = of("gap")[..] else {
        panic!("{stdout}");
    };
    assert_eq!(gap["operation"], "cloudwatch:DescribeAlarmHistory");
    assert!(gap["code"].as_str().unwrap().starts_with("HTTP "), "{gap}");

    // A stack that is not there is named.
    let (code, _, stderr) = texts(&lab.watch("others", "1s").output().await.unwrap());
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("others-service"), "{stderr}");
}
