//! Thousands of clients that are slow or do nothing take little memory, and the others are served meanwhile.

#![expect(clippy::print_stdout, reason = "a run shows its figures")]

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    client::{application, create},
    crowd::ONE_AT_A_TIME,
    load::Crowd,
    process::{Running, service, url},
};

/// How many connections do nothing, if the system allows as many.
const IDLE: usize = 10_000;
/// How many send or read a byte a second.
const SLOW: usize = 50;
/// What one connection may cost, in bytes: the buffer of what is read, the connection, the task.
const COST: usize = 20 * 1024;

/// The memory of a process in bytes.
fn memory(running: &Running) -> usize {
    let status =
        fs::read_to_string(format!("/proc/{}/status", running.child.id().unwrap())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<usize>()
        .unwrap()
        * 1024
}

/// As many idle connections as this process may hold besides what other tests need.
fn allowed() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let soft: usize = line.split_whitespace().nth(3).unwrap().parse().unwrap();
    let allowed = IDLE.min(soft.saturating_sub(6_000));
    if allowed < IDLE {
        println!("only {allowed} idle connections: this process may open {soft} files");
    }
    assert!(
        allowed >= 500,
        "{soft} files are too few: run this by service/tests/with-postgres"
    );
    allowed
}

/// Sends these bytes and nothing more.
async fn begin(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// Sends or reads a byte a second, for as long as it may.
async fn dribble(address: SocketAddr, number: usize) {
    let (head, sends) = match number % 3 {
        0 => ("GET /events HTTP/1.1\r\nx-slow: ", true),
        1 => (
            "POST /events HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n",
            true,
        ),
        _ => (
            "GET /events?limit=100 HTTP/1.1\r\nhost: here\r\n\r\n",
            false,
        ),
    };
    let mut stream = begin(address, head).await;
    loop {
        let open = if sends {
            stream.write_all(b"x").await.is_ok()
        } else {
            matches!(stream.read(&mut [0]).await, Ok(1))
        };
        if !open {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[sqlx::test]
async fn idle_and_slow_clients_cost_little_and_the_others_are_served(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let _turn = ONE_AT_A_TIME.lock().await;
    let directory = tempfile::tempdir().unwrap();
    let mut command = service(&["serve"]);
    command
        .env("DATABASE_URL", url(&options))
        .env("RUST_LOG", "service::run=info");
    let running = Running::start(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let app = application(&options).await;
    let address = running.address;
    let use_it = async || {
        let event = create(&app, json!({ "max_participants": 100_000 })).await;
        let crowd = Crowd::gather(address, 8, Duration::from_millis(20), &[event]);
        crowd
            .until("some load", Duration::from_secs(30), |told| {
                told.len() > 400
            })
            .await;
        let told = crowd.disperse().await;
        let refused = told.iter().find(|told| !told.is_well());
        assert!(refused.is_none(), "{:?}", refused.map(|told| &told.wish));
        told.iter().map(|told| told.took).max().unwrap()
    };
    use_it().await;
    let before = memory(&running);

    let mut slow = JoinSet::new();
    for number in 0..SLOW {
        slow.spawn(dribble(address, number));
    }
    let count = allowed();
    let begun = Instant::now();
    let mut idle = Vec::new();
    for number in 0..count {
        idle.push(
            begin(
                address,
                if number % 4 == 0 {
                    "GET /events HTTP/1.1\r\nho"
                } else {
                    ""
                },
            )
            .await,
        );
    }
    // Much larger than allowed: told so at the first part, the rest is never sent.
    for announced in ["content-length: 10000000", "transfer-encoding: chunked"] {
        let head = "POST /events HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\n";
        let chunk = if announced.starts_with('t') {
            "1e848\r\n"
        } else {
            ""
        };
        let part = format!("{head}{announced}\r\n\r\n{chunk}{}", "x".repeat(125_000));
        let mut large = begin(address, &part).await;
        let mut answer = vec![0; 12];
        tokio::time::timeout(Duration::from_secs(3), large.read_exact(&mut answer))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(answer, b"HTTP/1.1 413");
    }
    let longest = use_it().await;
    let after = memory(&running);
    println!(
        "{count} idle connections in {:?}; {} MiB before, {} MiB after; the longest answer took {longest:?}",
        begun.elapsed(),
        before >> 20,
        after >> 20,
    );
    assert!(longest < Duration::from_secs(1), "{longest:?}");
    assert!(
        after < before + (count + SLOW) * COST,
        "{before} bytes grew to {after}"
    );
    drop(idle);
    slow.shutdown().await;
    assert_eq!(running.stop().await, Some(0));
}
