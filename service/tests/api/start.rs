//! How the service starts and stops.

use std::time::Duration;

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client::draft,
    process::{Running, service, url},
    proxy::Proxy,
};

#[sqlx::test(migrations = false)]
async fn sigterm_lets_a_request_in_flight_finish(_: PgPoolOptions, options: PgConnectOptions) {
    let directory = tempfile::tempdir().unwrap();
    let mut service = service(&["serve"]);
    let running =
        Running::start(service.env("DATABASE_URL", url(&options)), directory.path()).await;
    running.wait_for("/health/ready", 200).await;

    let body = draft().to_string();
    let (first, second) = body.split_at(20);
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = "POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    stream
        .write_all(format!("{head}content-length: {}\r\n\r\n{first}", body.len()).as_bytes())
        .await
        .unwrap();
    // An idle connection must not hold the service up.
    let idle = TcpStream::connect(running.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    let address = running.address;
    let stopped = tokio::spawn(running.stop());
    while TcpStream::connect(address).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Longer than the service waits for those who are on their way in.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!stopped.is_finished(), "the request is still in flight");
    stream.write_all(second.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(
        answer.to_lowercase().contains("connection: close"),
        "{answer}"
    );
    assert_eq!(stopped.await.unwrap(), Some(0));
    drop(idle);
}

#[sqlx::test(migrations = false)]
async fn requests_are_served_during_the_drain_time(_: PgPoolOptions, options: PgConnectOptions) {
    let directory = tempfile::tempdir().unwrap();
    let mut service = service(&["serve"]);
    service
        .env("DATABASE_URL", url(&options))
        .env("DRAIN_SECONDS", "1");
    let mut running = Running::start(&mut service, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    running.signal("TERM").await;
    running
        .line("stopping: still serving for the drain time")
        .await;
    let answer = running.get("/events").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("connection")),
        (200, "close")
    );
    assert_eq!(running.child.wait().await.unwrap().code(), Some(0));
}

#[sqlx::test(migrations = false)]
async fn the_service_starts_without_its_database_and_says_once_that_it_is_away(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut proxy = Proxy::closed(&options).await;
    let mut service = service(&["serve"]);
    service.env("DATABASE_URL", url(&proxy.options(&options)));
    let mut running = Running::start(&mut service, directory.path()).await;

    let line = running.line("the database is not reachable").await;
    assert_eq!(
        (&line["level"], &line["class"]),
        (&"ERROR".into(), &"connection-refused".into())
    );
    assert_eq!(line["database"], format!("127.0.0.1:{}", proxy.port()));
    assert_eq!(running.get("/health").await.status, 200);
    assert_eq!(running.get("/health").await.json()["status"], "healthy");
    for path in ["/health/ready", "/events"] {
        let problem = running
            .get(path)
            .await
            .assert_problem(503, "database-unavailable");
        assert_eq!(problem["reason"], "not-migrated");
    }
    tokio::time::sleep(Duration::from_millis(1_200)).await;

    proxy.restore().await;
    running.wait_for("/health/ready", 200).await;
    assert_eq!(
        running.get("/events").await.json()["items"],
        Value::Array(Vec::new())
    );
    proxy.stop().await;
    running.wait_for("/events", 503).await;
    running.wait_for("/health/ready", 503).await;
    proxy.restore().await;
    running.wait_for("/events", 200).await;

    running.signal("TERM").await;
    assert_eq!(running.child.wait().await.unwrap().code(), Some(0));
    let states: Vec<_> = running
        .rest()
        .await
        .into_iter()
        .filter(|message| message.starts_with("the database"))
        .collect();
    let (away, back) = (
        "the database is not reachable",
        "the database is reachable again",
    );
    assert_eq!(
        states,
        [back, away, back],
        "one line per change, after the first one read above"
    );
}
