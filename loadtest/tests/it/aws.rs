//! What a run does in AWS, against an endpoint on loopback that says what AWS says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};

use crate::endpoint::environment;
use crate::invocation::{Invocation, loadtest, texts};
use crate::server::{Faults, Server};

const TASK: &str = "arn:aws:ecs:ap-northeast-1:123456789012:task/events/0123456789abcdef";

/// The operations that were called, with their bodies, and after how many looks the alarm rings.
#[derive(Clone, Default)]
struct Fake {
    called: Arc<Mutex<Vec<(String, String)>>>,
    looks: Arc<AtomicUsize>,
    rings_after: usize,
    /// Whether nobody may stop a task.
    forbids: bool,
}

impl Fake {
    async fn start(rings_after: usize) -> (Self, Vec<(&'static str, String)>) {
        let fake = Self {
            rings_after,
            ..Self::default()
        };
        fake.serve().await
    }

    async fn serve(self) -> (Self, Vec<(&'static str, String)>) {
        let fake = self;
        let it = fake.clone();
        let environment =
            environment(move |uri, headers, body| it.answer(uri, headers, body)).await;
        (fake, environment)
    }

    /// ECS speaks JSON and names the operation in a header, CloudWatch speaks CBOR and names it in the path.
    fn answer(&self, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Response {
        let target = headers.get("x-amz-target").map(|it| it.to_str().unwrap());
        let operation = target.map_or_else(
            || uri.path().rsplit('/').next().unwrap().to_owned(),
            |target| target.rsplit('.').next().unwrap().to_owned(),
        );
        let text = String::from_utf8_lossy(body).into_owned();
        self.called.lock().unwrap().push((operation.clone(), text));
        match operation.as_str() {
            "ListTasks" => format!(r#"{{"taskArns":["{TASK}"]}}"#).into_response(),
            "StopTask" if !self.forbids => "{}".into_response(),
            "DescribeAlarms" => {
                let look = self.looks.fetch_add(1, Ordering::Relaxed);
                let state = if look >= self.rings_after {
                    "ALARM"
                } else {
                    "OK"
                };
                let mut response =
                    alarm("errors", state, "3 datapoints were over 1").into_response();
                let headers = response.headers_mut();
                headers.insert("content-type", HeaderValue::from_static("application/cbor"));
                headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
                response
            }
            // Whoever may not look at the service may still load it.
            _ => (
                axum::http::StatusCode::BAD_REQUEST,
                r#"{"__type":"AccessDeniedException","message":"not authorized"}"#,
            )
                .into_response(),
        }
    }

    fn operations(&self) -> Vec<String> {
        let called = self.called.lock().unwrap();
        called
            .iter()
            .map(|(operation, _)| operation.clone())
            .filter(|operation| operation.ends_with("Task") || operation == "ListTasks")
            .collect()
    }
}

/// `{"MetricAlarms": [{"AlarmName": …, "StateValue": …, "StateReason": …}]}` in CBOR (RFC 8949).
fn alarm(name: &str, state: &str, why: &str) -> Vec<u8> {
    let text = |text: &str| {
        // Major type 3 with the length in one byte.
        [&[0x78, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    };
    let fields = [
        ("AlarmName", name),
        ("StateValue", state),
        ("StateReason", why),
    ];
    let fields = fields.map(|(key, value)| [text(key), text(value)].concat());
    [
        vec![0xa1],
        text("MetricAlarms"),
        vec![0x81, 0xa3],
        fields.concat(),
    ]
    .concat()
}

const PLAN: &str = "[[phase]]
name = \"broken\"
duration = \"2s\"
rate = \"20/s\"
fault = { at = \"500ms\", stop_task = true }
";

const STOPS: [&str; 7] = [
    "--plan",
    "plan.toml",
    "--stop-tasks",
    "--cluster",
    "events",
    "--service",
    "web",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_aws_does_not_stop_leaves_the_verdict_open() {
    let server = Server::start(Faults::default()).await;
    let fake = Fake {
        forbids: true,
        ..Fake::default()
    };
    let (_, environment) = fake.serve().await;
    let run = Invocation::run(&server.host, &STOPS).environment(environment);
    std::fs::write(run.directory().join("plan.toml"), PLAN).unwrap();
    let run = run.finish().await;
    assert_eq!(
        (run.code, run.verdict()),
        (2, ("inconclusive", vec!["fault-not-made"])),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("AccessDenied"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_stopped_when_that_is_allowed() {
    let server = Server::start(Faults::default()).await;
    let (fake, environment) = Fake::start(0).await;
    let run = Invocation::run(&server.host, &STOPS).environment(environment);
    std::fs::write(run.directory().join("plan.toml"), PLAN).unwrap();
    let run = run.finish().await;
    // Once before the run, to see that it may; then for the fault.
    assert_eq!(
        fake.operations(),
        ["ListTasks", "ListTasks", "StopTask"],
        "{}",
        run.stderr
    );
    let called = fake.called.lock().unwrap().clone();
    let stop = called.iter().find(|(operation, _)| operation == "StopTask");
    let stop = stop.unwrap().1.clone();
    assert!(
        stop.contains(TASK) && stop.contains("fault of load test"),
        "{stop}"
    );
    let events = run.lines("event");
    assert_eq!(events[1]["done"], true, "{}", run.ndjson);
    assert_eq!(events[1]["said"], TASK);
}

#[tokio::test]
async fn tasks_are_not_stopped_unless_somebody_says_so() {
    let directory = tempfile::TempDir::new().unwrap();
    std::fs::write(directory.path().join("plan.toml"), PLAN).unwrap();
    let refused = async |more: &[&str], said: &str| {
        let run = ["run", "--host", "http://127.0.0.1:1", "--plan", "plan.toml"];
        let output = loadtest(&[&run, more].concat())
            .current_dir(directory.path())
            .output()
            .await
            .unwrap();
        let (code, _, stderr) = texts(&output);
        assert_eq!(code, 3, "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    };
    refused(&[], "add --stop-tasks").await;
    refused(&["--stop-tasks"], "--cluster").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_stops_the_run_and_one_that_rings_already_refuses_it() {
    let server = Server::start(Faults::default()).await;
    let arguments = [
        "--rate",
        "20/s",
        "--duration",
        "5m",
        "--stop-on-alarm",
        "errors",
    ];
    let (_, environment) = Fake::start(1).await;
    let run = Invocation::run(&server.host, &arguments).environment(environment);
    let run = run.finish().await;
    assert_eq!(run.code, 2, "{}", run.stderr);
    let end = &run.lines("end")[0];
    assert_eq!(end["stopped"]["event"], "alarm", "{end}");
    assert_eq!(end["stopped"]["why"], "3 datapoints were over 1");
    assert_eq!(run.verdict(), ("inconclusive", vec!["stopped-by-alarm"]));

    let (_, environment) = Fake::start(0).await;
    let run = Invocation::run(&server.host, &arguments).environment(environment);
    let run = run.finish().await;
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("ALARM already"), "{}", run.stderr);

    let (_, environment) = Fake::start(9).await;
    let missing = ["--stop-on-alarm", "latency"];
    let run = Invocation::run(&server.host, &missing).environment(environment);
    let run = run.finish().await;
    assert!(
        run.stderr.contains("there is no alarm latency"),
        "{}",
        run.stderr
    );
}
