//! The local AWS of the tests: one server, one deployed stack at a time.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

/// A running local AWS. It ends when its standard input closes, that is with this process.
pub(crate) struct Lab {
    aws: String,
    door: String,
    _server: Child,
}

static LAB: LazyLock<Mutex<Lab>> = LazyLock::new(|| Mutex::new(Lab::start()));

impl Lab {
    fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let python = root.join(".venv/bin/python");
        assert!(
            python.exists(),
            "no virtual environment: run `make setup` first"
        );
        let mut server = Command::new(python)
            .arg(root.join("probe/lab/lab.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).expect("the local AWS did not start");
        let url = |name: &str| ready[name].as_str().unwrap().to_owned();
        Self {
            aws: url("aws"),
            door: url("door"),
            _server: server,
        }
    }

    /// A stack as it comes out of the templates: two healthy tasks, nothing denied. One test at a time has it.
    pub(crate) fn deployed() -> MutexGuard<'static, Self> {
        let lab = LAB.lock().unwrap_or_else(PoisonError::into_inner);
        lab.rules(&json!([]));
        lab.lab("reset", &json!({}));
        lab.lab("deploy", &json!({ "prefix": "events", "image_tag": "v1" }));
        lab
    }

    /// Puts the deployed stack into the state that a fault leaves it in.
    pub(crate) fn break_it(&self, scenario: &str) {
        self.lab("break", &json!({ "scenario": scenario }));
    }

    /// Lets time pass after a repair.
    pub(crate) fn recover(&self) {
        self.lab("recover", &json!({}));
    }

    /// What the door in front of AWS does to calls: deny, delay, throttle.
    pub(crate) fn rules(&self, rules: &Value) {
        post(&self.door, "/_microburst/rules", rules);
    }

    /// How many calls came to the door so far.
    pub(crate) fn calls(&self) -> u64 {
        self.counted("total")
    }

    /// How many of them met a rule.
    pub(crate) fn faults(&self) -> u64 {
        self.counted("faulted")
    }

    fn counted(&self, what: &str) -> u64 {
        get(&self.door, "/_microburst/stats")["requests"][what]
            .as_u64()
            .unwrap()
    }

    pub(crate) fn lab(&self, verb: &str, body: &Value) -> Value {
        post(&self.aws, &format!("/lab/{verb}"), body)
    }

    /// `probe` on this AWS, through the door.
    pub(crate) fn probe(&self, args: &[&str]) -> Command {
        let mut probe = Lab::unnamed(&self.door, args);
        probe.args(["--stack", "events"]);
        probe
    }

    /// `probe` on the AWS at this address, which finds the service by itself.
    pub(crate) fn unnamed(url: &str, args: &[&str]) -> Command {
        let mut probe = crate::probe();
        probe
            .args(args)
            .args(["--region", "ap-northeast-1", "--endpoint-url", url])
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        probe
    }

    /// The exit code of a diagnosis, and its report.
    pub(crate) fn diagnose(&self, args: &[&str]) -> (i32, Value) {
        let (code, out, err) =
            crate::run(&mut self.probe(&[&["diagnose", "-o", "json"], args].concat()));
        assert!(!err.contains("panicked"), "{err}");
        let report = serde_json::from_str(&out);
        (
            code,
            report.unwrap_or_else(|_| panic!("exit {code}, no JSON: {out}{err}")),
        )
    }

    /// The door in front of this AWS.
    pub(crate) fn url(&self) -> &str {
        &self.door
    }

    /// This AWS without the door, with its verbs.
    pub(crate) fn aws(&self) -> &str {
        &self.aws
    }

    /// Runs a command that a report printed, with the AWS CLI of the virtual environment.
    pub(crate) fn shell(&self, command: &str) {
        let bin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.venv/bin");
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-euc", command])
            .env("PATH", path)
            .env("AWS_ENDPOINT_URL", &self.aws)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{command}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Ids of the causes or symptoms of a report.
pub(crate) fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect()
}

/// One POST over a fresh connection; the tests need no HTTP client for that.
fn post(url: &str, path: &str, body: &Value) -> Value {
    ask("POST", url, path, &body.to_string())
}

fn get(url: &str, path: &str) -> Value {
    ask("GET", url, path, "")
}

fn ask(method: &str, url: &str, path: &str, body: &str) -> Value {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.lines().next().unwrap().contains(" 20"),
        "{path}: {head}\n{body}"
    );
    serde_json::from_str(body).unwrap_or(Value::Null)
}
