//! The real service with a database of its own: it is the one that must not tell anybody of the test.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{smoke, steps};

/// What the test needs and how to get it; without that it has not run, and must not look as if it had.
const NEEDS: &str = "this test needs the real service and PostgreSQL: \
                     cargo build -p service && service/tests/with-postgres cargo test -p probe";

/// The service, and the database that is dropped after it.
struct Service {
    url: String,
    database: String,
    child: Child,
}

impl Service {
    fn start() -> Self {
        let database = format!("probe_smoke_{}", std::process::id());
        psql(
            &from_script("DATABASE_URL"),
            &format!("create database {database}"),
        );
        let test = std::env::current_exe().unwrap();
        // Cargo tells a test only of its own crate's binaries; those of the workspace lie above the tests.
        let binary = test.parent().unwrap().parent().unwrap().join("service");
        assert!(binary.exists(), "{NEEDS} ({} is missing)", binary.display());
        let child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("DATABASE_URL", of_database(&database))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut service = Self {
            url: String::new(),
            database,
            child,
        };
        let mut lines = BufReader::new(service.child.stdout.take().unwrap()).lines();
        service.url = loop {
            let line = lines.next().expect("the service ended before it listened");
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            if line["message"] == "listening" {
                break format!("http://{}", line["address"].as_str().unwrap());
            }
        };
        // Its log is read to the end: a full pipe would hold the service.
        std::thread::spawn(move || lines.for_each(drop));
        service
    }

    fn sql(&self, statement: &str) -> String {
        psql(&of_database(&self.database), statement)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let drop = format!("drop database {} with (force)", self.database);
        psql(&from_script("DATABASE_URL"), &drop);
    }
}

#[test]
fn the_real_service_passes_and_tells_nobody_of_the_test() {
    let service = Service::start();
    // It listens before its tables are made.
    let end = Instant::now() + Duration::from_secs(60);
    let mut last = json!(null);
    while Instant::now() < end {
        let (code, read) = smoke(&service.url, &["--read-only"]);
        last = read;
        if code == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(last["verdict"], "passed", "{last:#}");
    let (code, tried) = smoke(&service.url, &[]);
    assert_eq!(code, 0, "{tried:#}");
    assert_eq!(
        steps(&tried)
            .iter()
            .filter(|step| step.ends_with(" passed"))
            .count(),
        12
    );
    let count = |of: &str| {
        service
            .sql(&format!("select count(*) from {of}"))
            .trim()
            .to_owned()
    };
    assert_eq!(
        (count("events"), count("participants")),
        ("0".into(), "0".into())
    );
    assert_eq!(
        count("notifications"),
        "0",
        "somebody would be told of the test"
    );
    assert_eq!(
        service
            .sql("select string_agg(action, ' ' order by id) from history")
            .trim(),
        "created changed joined left changed deleted"
    );
}

fn from_script(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{NEEDS} ({variable} is not set)"))
}

fn of_database(database: &str) -> String {
    let server = from_script("DATABASE_URL");
    format!("{}/{database}", server.rsplit_once('/').unwrap().0)
}

fn psql(url: &str, statement: &str) -> String {
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
    child
        .stdin
        .take()
        .unwrap()
        .write_all(statement.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{statement}: {said}");
    String::from_utf8(output.stdout).unwrap()
}
