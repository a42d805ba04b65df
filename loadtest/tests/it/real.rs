//! The real service with a database of its own.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// What the test needs and how to get it; without that it has not run, and must not look as if it had.
const NEEDS: &str = "this test needs the real service and PostgreSQL: \
                     cargo build -p service && service/tests/with-postgres cargo test -p loadtest";

/// The service, and the database that is dropped after it.
pub(crate) struct Service {
    pub(crate) host: String,
    database: String,
    child: Child,
    _directory: TempDir,
}

impl Service {
    /// Starts it with an empty database of this name.
    pub(crate) async fn start(name: &str) -> Self {
        let server = from_script("DATABASE_URL");
        let database = format!("loadtest_{name}_{}", std::process::id());
        psql(&server, &format!("create database {database}")).await;
        let url = of_database(&server, &database);
        let directory = TempDir::new().unwrap();
        let mut child = Command::new(binary())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("DATABASE_URL", &url)
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next_line().await.unwrap();
            let line = line.expect("the service ended before it listened");
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["message"] == "listening" {
                break line["address"].as_str().unwrap().to_owned();
            }
        };
        // Its log is read to the end: a full pipe would hold the service.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let host = format!("http://{address}");
        // It listens before its tables are made.
        let ready = format!("{host}/health/ready");
        let is_ready = async || {
            let answer = reqwest::get(&ready).await;
            answer.is_ok_and(|answer| answer.status() == 200)
        };
        while !is_ready().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self {
            host,
            database,
            child,
            _directory: directory,
        }
    }

    /// Runs a statement in its database, and gives what it answers.
    pub(crate) async fn sql(&self, statement: &str) -> String {
        let url = of_database(&from_script("DATABASE_URL"), &self.database);
        psql(&url, statement).await
    }

    /// Ends it, and drops the database.
    pub(crate) async fn end(mut self) {
        self.child.kill().await.unwrap();
        let drop = format!("drop database {} with (force)", self.database);
        psql(&from_script("DATABASE_URL"), &drop).await;
    }
}

/// Cargo tells a test only of its own crate's binaries; those of the workspace lie above the tests.
fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().unwrap().parent().unwrap().join("service");
    assert!(binary.exists(), "{NEEDS} ({} is missing)", binary.display());
    binary
}

fn from_script(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{NEEDS} ({variable} is not set)"))
}

fn of_database(server: &str, database: &str) -> String {
    format!("{}/{database}", server.rsplit_once('/').unwrap().0)
}

async fn psql(url: &str, statement: &str) -> String {
    let program = PathBuf::from(from_script("POSTGRES_BIN")).join("psql");
    let mut child = Command::new(program)
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set", "ON_ERROR_STOP=1", "--dbname", url])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(statement.as_bytes()).await.unwrap();
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert!(status.success(), "{statement}: {said}");
    String::from_utf8(stdout).unwrap()
}
