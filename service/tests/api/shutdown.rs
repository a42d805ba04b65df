//! A stop under load loses no request.

#![expect(clippy::print_stdout, reason = "a run shows its figures")]

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use serde_json::{Value, json};
use service::http::server::{self, Limits};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client::{application, create},
    crowd::ONE_AT_A_TIME,
    load::{Failure, Person},
    process::{Running, service, url},
};

/// How many people use the service.
const PEOPLE: usize = 24;

/// What people met with until the service was gone.
#[derive(Default)]
struct Visits {
    answered: AtomicUsize,
    /// Nobody makes a new connection any more.
    leaving: AtomicBool,
    lost: Mutex<Vec<String>>,
}

/// Joins and reads, until the service is away.
async fn visit(visits: Arc<Visits>, address: SocketAddr, event: i64, number: usize) {
    let mut person = Person::new(address);
    for turn in 0.. {
        let leaving = visits.leaving.load(Ordering::Relaxed);
        if leaving && !person.is_connected() {
            return;
        }
        let (method, path, body, wanted) = if turn % 2 == 0 {
            let name = json!({ "user_name": format!("guest {turn} of {number}") });
            ("POST", format!("/events/{event}/join"), name, 201)
        } else {
            ("GET", "/events?limit=5".to_owned(), Value::Null, 200)
        };
        let lost = match person.ask(method, &path, &body).await {
            Ok(answer) if answer.status == wanted => {
                visits.answered.fetch_add(1, Ordering::Relaxed);
                None
            }
            Ok(answer) => Some(format!("{}: {}", answer.status, answer.body)),
            // Nobody listens any more and nothing was sent: a load balancer asks the next task.
            Err(Failure::Refused) if leaving => return,
            Err(failure) => Some(format!("{failure:?}")),
        };
        visits.lost.lock().unwrap().extend(lost);
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}

/// Stops the service when it is in use by all. They make new connections for `after` that.
async fn stop_under_load(options: &PgConnectOptions, drain: &str, after: Duration) {
    let _turn = ONE_AT_A_TIME.lock().await;
    let directory = tempfile::tempdir().unwrap();
    let mut command = service(&["serve"]);
    command
        .env("DATABASE_URL", url(options))
        .env("DRAIN_SECONDS", drain)
        .env("RUST_LOG", "service::run=info");
    let running = Running::start(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let app = application(options).await;
    let event = create(&app, json!({ "max_participants": 100_000 })).await;

    let visits = Arc::new(Visits::default());
    let people: Vec<_> = (0..PEOPLE)
        .map(|number| tokio::spawn(visit(visits.clone(), running.address, event, number)))
        .collect();
    let answered = || visits.answered.load(Ordering::Relaxed);
    while answered() < 10 * PEOPLE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = answered();
    let stopping = Instant::now();
    let stopped = tokio::spawn(running.stop());
    tokio::time::sleep(after).await;
    visits.leaving.store(true, Ordering::Relaxed);
    assert_eq!(stopped.await.unwrap(), Some(0));
    let took = stopping.elapsed();
    for person in people {
        person.await.unwrap();
    }
    let lost = visits.lost.lock().unwrap();
    assert!(lost.is_empty(), "{lost:#?}");
    let answered = answered();
    println!(
        "{before} answers before SIGTERM, {answered} in all, none lost; the stop took {took:?}"
    );
    assert!(answered > before, "requests were answered after the signal");
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[sqlx::test]
async fn people_on_keep_alive_connections_lose_no_request_when_the_service_stops(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    stop_under_load(&options, "0", Duration::ZERO).await;
}

#[sqlx::test]
async fn people_who_still_come_during_the_drain_time_lose_no_request(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    stop_under_load(&options, "2", Duration::from_secs(1)).await;
}

#[tokio::test]
async fn who_stands_at_the_door_when_it_closes_is_served() {
    let listener = server::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
        stream.write_all(request).await.unwrap();
        waiting.push(stream);
    }
    // It is told to stop when it has let in the first one, and there is no room for more.
    let app = Router::new().route("/", get(async || "well"));
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let now = std::future::ready(());
    let serving = server::serve_within(limits, listener, app, now, Duration::ZERO);
    let serving = tokio::spawn(serving);
    for mut stream in waiting {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("well"), "{answer:?}");
    }
    serving.await.unwrap();
}
