//! How the tests call the binary.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::sync::RwLock;

/// Who measures time writes; everybody else reads, and the machine may be shared.
pub(crate) static MACHINE: RwLock<()> = RwLock::const_new(());

/// A run of the binary with its own directory for files.
pub(crate) struct Invocation {
    command: Command,
    directory: TempDir,
}

/// What a run left.
pub(crate) struct Finished {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) json: Value,
    pub(crate) ndjson: String,
}

/// The binary, without anything of the environment of the tests.
pub(crate) fn loadtest(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loadtest"));
    command
        .env_clear()
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// The exit code and both outputs.
pub(crate) fn texts(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

impl Invocation {
    /// `loadtest run` with files for both sorts of JSON.
    pub(crate) fn run(host: &str, arguments: &[&str]) -> Self {
        let directory = TempDir::new().unwrap();
        let mut command = loadtest(&[
            "run",
            "--host",
            host,
            "--json",
            "report.json",
            "--ndjson",
            "seconds.ndjson",
        ]);
        // The machine of the tests is busy, and only few of them are about that.
        if !arguments.contains(&"--max-lateness") {
            command.args(["--max-lateness", "1m"]);
        }
        command
            .args(arguments)
            .current_dir(directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command, directory }
    }

    /// Puts this into its environment.
    pub(crate) fn environment<'a>(
        mut self,
        of: impl IntoIterator<Item = (&'a str, String)>,
    ) -> Self {
        self.command.envs(of);
        self
    }

    /// Where it runs and writes its files.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs it, perhaps beside others.
    pub(crate) async fn finish(mut self) -> Finished {
        let _shared = MACHINE.read().await;
        let child = self.command.spawn().unwrap();
        self.wait(child).await
    }

    /// Runs it while no other test does.
    pub(crate) async fn finish_alone(mut self) -> Finished {
        let _alone = MACHINE.write().await;
        let child = self.command.spawn().unwrap();
        self.wait(child).await
    }

    /// Starts it, for tests that send signals.
    pub(crate) fn start(&mut self) -> Child {
        self.command.spawn().unwrap()
    }

    pub(crate) async fn wait(self, child: Child) -> Finished {
        let output = child.wait_with_output().await.unwrap();
        let (code, stdout, stderr) = texts(&output);
        let read =
            |name| std::fs::read_to_string(self.directory.path().join(name)).unwrap_or_default();
        let json = serde_json::from_str(&read("report.json")).unwrap_or(Value::Null);
        Finished {
            code,
            stdout,
            stderr,
            json,
            ndjson: read("seconds.ndjson"),
        }
    }
}

impl Finished {
    /// The verdict with the codes of its reasons.
    pub(crate) fn verdict(&self) -> (&str, Vec<&str>) {
        let reasons = self.json["reasons"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let codes = reasons
            .iter()
            .map(|reason| reason["code"].as_str().unwrap())
            .collect();
        (self.json["verdict"].as_str().unwrap_or("no report"), codes)
    }

    /// The lines of the NDJSON file of one kind.
    pub(crate) fn lines(&self, kind: &str) -> Vec<Value> {
        self.ndjson
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|line| line["kind"] == kind)
            .collect()
    }

    /// The codes of the broken promises.
    pub(crate) fn violations(&self) -> Vec<&str> {
        let violations = self.json["ledger"]["violations"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        violations
            .iter()
            .map(|violation| violation["code"].as_str().unwrap())
            .collect()
    }

    /// A figure of the report, such as `/latency/response/p95_ms`.
    pub(crate) fn figure(&self, pointer: &str) -> f64 {
        self.json
            .pointer(pointer)
            .and_then(Value::as_f64)
            .unwrap_or_else(|| panic!("no {pointer}: {}", self.stderr))
    }
}
