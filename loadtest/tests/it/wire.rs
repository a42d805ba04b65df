//! What the service sees of the load test on the wire.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use axum::http::Version;

use crate::door;
use crate::invocation::Invocation;
use crate::server::{Faults, Server};

#[tokio::test(flavor = "multi_thread")]
async fn every_request_can_be_found_in_logs_and_traces() {
    let server = Server::start(Faults::default()).await;
    let run = Invocation::run(&server.host, &["--rate", "100/s", "--duration", "3s"])
        .finish()
        .await;
    let seen = server.seen();
    assert_eq!(seen.len(), 300, "{}", run.stderr);
    let header = |name: &str| -> BTreeSet<String> {
        let values = seen.iter().filter_map(|it| it.headers.get(name));
        values.map(|it| it.to_str().unwrap().to_owned()).collect()
    };
    let ids = header("x-request-id");
    assert_eq!((ids.len(), header("traceparent").len()), (300, 300));
    for request in &seen {
        let creates = request.method == "POST" && request.path == "/events";
        let key = request.headers.get("idempotency-key");
        assert_eq!(
            key.is_some(),
            creates,
            "{} {}",
            request.method,
            request.path
        );
        assert!(key.is_none_or(|key| ids.contains(key.to_str().unwrap())));
        assert_eq!(request.version, Version::HTTP_11);
    }
    // The slowest request of each second is among them.
    for line in run.lines("second") {
        let slot = line["slowest"]["slot"].as_u64().unwrap();
        assert!(ids.iter().any(|id| id.ends_with(&format!("-{slot:07}"))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_is_spoken_when_it_is_asked_for() {
    let server = Server::start(Faults::default()).await;
    let arguments = ["--rate", "100/s", "--duration", "2s", "--http2"];
    let run = Invocation::run(&server.host, &arguments).finish().await;
    let seen = server.seen();
    assert_eq!(seen.len(), 200, "{}", run.stderr);
    assert!(seen.iter().all(|it| it.version == Version::HTTP_2));
    let connections: BTreeSet<_> = seen.iter().map(|it| it.peer).collect();
    assert!(connections.len() <= 8, "{} connections", connections.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_service_chooses_between_http2_and_http1() {
    let spoken = async |protocols: &[&str]| {
        let server = Server::start(Faults::default()).await;
        let run = ["--rate", "50/s", "--duration", "2s"];
        let folder = tempfile::tempdir().unwrap();
        let authority = folder.path().join("authority.pem");
        let host = door::open(&server, protocols, &authority).await;
        let trusted = authority.to_str().unwrap().to_owned();
        let run = Invocation::run(&host, &run)
            .environment([("SSL_CERT_FILE", trusted)])
            .finish()
            .await;
        let seen = server.seen();
        assert_eq!(seen.len(), 100, "{}", run.stderr);
        let versions: Vec<_> = seen.iter().map(|it| it.version).collect();
        (
            versions,
            seen.iter().map(|it| it.peer).collect::<BTreeSet<_>>(),
        )
    };
    let (both, one) = tokio::join!(spoken(&["h2", "http/1.1"]), spoken(&["http/1.1"]));
    assert!(both.0.iter().all(|it| *it == Version::HTTP_2), "{both:?}");
    assert!(one.0.iter().all(|it| *it == Version::HTTP_11), "{one:?}");
    // People share the connections of HTTP/2.
    assert!(both.1.len() <= 8, "{both:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_used_again_and_not_for_ever() {
    let ages = async |lifetime: &str| {
        let server = Server::start(Faults::default()).await;
        let arguments = [
            "--rate",
            "50/s",
            "--duration",
            "6s",
            "--users",
            "4",
            "--connection-lifetime",
            lifetime,
        ];
        let finished = Invocation::run(&server.host, &arguments).finish().await;
        assert_eq!(server.seen().len(), 300, "{}", finished.stderr);
        let mut uses: BTreeMap<_, (Instant, Instant)> = BTreeMap::new();
        for request in server.seen() {
            uses.entry(request.peer)
                .or_insert((request.at, request.at))
                .1 = request.at;
        }
        uses.into_values()
            .map(|(first, last)| last - first)
            .collect::<Vec<Duration>>()
    };
    let (short, long) = tokio::join!(ages("1s"), ages("0"));
    // Four clients for about 6 lifetimes; a late renewal is the machine's, so the bounds are wide.
    assert!((12..80).contains(&short.len()), "{short:?}");
    let oldest = short.iter().max().unwrap();
    assert!(*oldest < Duration::from_secs(4), "{short:?}");
    assert!(long.len() <= 8, "{long:?}");
    assert!(
        *long.iter().max().unwrap() > Duration::from_secs(4),
        "{long:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_client_leaves_no_connection_open() {
    let server = Server::start(Faults::default()).await;
    let port = server.host.rsplit(':').next().unwrap().parse().unwrap();
    let arguments = [
        "--rate",
        "50/s",
        "--duration",
        "6s",
        "--users",
        "4",
        "--connection-lifetime",
        "500ms",
    ];
    let run = tokio::spawn(Invocation::run(&server.host, &arguments).finish());
    let mut most = 0;
    while !run.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        // Who verifies and cleans up after the load asks for many things at once, on connections of its own.
        if server.count() < 280 {
            most = most.max(established(port));
        }
    }
    let connections: BTreeSet<_> = server.seen().iter().map(|it| it.peer).collect();
    assert!(connections.len() > 15, "{} connections", connections.len());
    // Four users, those who are being replaced, and those who prepare.
    assert!(most <= 12, "{most} open at once of {}", connections.len());
}

/// Connections that a server on this port of loopback has open.
fn established(port: u16) -> usize {
    let local = format!("0100007F:{port:04X}");
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let is = |line: &&str| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        fields[1] == local && fields[3] == "01"
    };
    table.lines().skip(1).filter(is).count()
}
