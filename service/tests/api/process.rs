//! The binary as a process of its own, with nothing of the test's environment.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use axum::{body::Body, http::Request};
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::client::{Answer, send_to};

/// The binary with these arguments, in an environment that has nothing but `PATH`.
pub(crate) fn service(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service"));
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Runs the binary to its end, which must come by itself.
pub(crate) async fn run(command: &mut Command) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = tokio::time::timeout(Duration::from_secs(60), command.output())
        .await
        .unwrap()
        .unwrap();
    (
        status.code(),
        String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr),
    )
}

/// A port that nobody has, below those that the system gives to whoever asks for any.
///
/// What listens there can be stopped and started again without somebody else taking its place.
pub(crate) fn quiet_port() -> u16 {
    loop {
        let [one, two, ..] = uuid::Uuid::new_v4().into_bytes();
        let port = 10_000 + u16::from_be_bytes([one, two]) % 10_000;
        if std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// The address of the database of a test.
pub(crate) fn url(options: &PgConnectOptions) -> String {
    let name = options.get_database().unwrap();
    format!(
        "postgres://{}@{}:{}/{name}",
        options.get_username(),
        options.get_host(),
        options.get_port()
    )
}

/// A running service.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    lines: Lines<BufReader<ChildStdout>>,
    /// All that was read of its log, line by line.
    log: Vec<String>,
}

impl Running {
    /// Starts the service in a directory, on a free port, with the database of the command's environment.
    pub(crate) async fn start(command: &mut Command, directory: &Path) -> Self {
        Self::start_at(command.env("LISTEN", "127.0.0.1:0"), directory).await
    }

    /// Starts the service in a directory, where its command says that it listens.
    pub(crate) async fn start_at(command: &mut Command, directory: &Path) -> Self {
        let mut child = command.current_dir(directory).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut running = Self {
            child,
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            lines,
            log: Vec::new(),
        };
        let line = running.line("listening").await;
        running.address = line["address"].as_str().unwrap().parse().unwrap();
        running
    }

    /// The next log line with that message. All lines are JSON.
    pub(crate) async fn line(&mut self, message: &str) -> Value {
        let next = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.log.push(line.clone());
                let line: Value =
                    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                if line["message"] == message {
                    return line;
                }
            }
            let mut said = String::new();
            self.child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .await
                .unwrap();
            panic!("the service ended without saying {message:?}: {said}");
        };
        tokio::time::timeout(Duration::from_secs(60), next)
            .await
            .unwrap()
    }

    /// Sends SIGTERM, and gives all that the service has ever logged.
    pub(crate) async fn stop_and_read_log(mut self) -> String {
        self.signal("TERM").await;
        self.rest().await;
        self.log.join("\n")
    }

    /// The messages of all lines until the end.
    pub(crate) async fn rest(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.log.push(line.clone());
            let line: Value = serde_json::from_str(&line).unwrap();
            messages.push(line["message"].as_str().unwrap().to_owned());
        }
        messages
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send_to(
            self.address,
            Request::get(path).body(Body::empty()).unwrap(),
        )
        .await
    }

    /// Asks until the answer has that status.
    pub(crate) async fn wait_for(&self, path: &str, status: u16) -> Answer {
        for _ in 0..200 {
            let answer = self.get(path).await;
            if answer.status.as_u16() == status {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never answered {status}");
    }

    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &pid])
                .status()
                .await
                .unwrap()
                .success()
        );
    }

    /// Sends SIGTERM and gives the exit code.
    pub(crate) async fn stop(mut self) -> Option<i32> {
        self.signal("TERM").await;
        tokio::time::timeout(Duration::from_secs(25), self.child.wait())
            .await
            .unwrap()
            .unwrap()
            .code()
    }
}
