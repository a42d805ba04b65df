//! What one client may take of the service, with limits short enough to be waited for.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};
use service::http::server::{Limits, listen, serve_within};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
    time::timeout,
};

const SHORT: Duration = Duration::from_millis(600);
const LONG: Duration = Duration::from_secs(20);
const LARGE: usize = 30_000_000;

/// Serves a word at `/` and 30 MB at `/large`, and answers what is sent to `/refused` before reading it.
fn serve(limits: Limits) -> (SocketAddr, JoinHandle<()>) {
    let app = Router::new()
        .route("/", get(async || "well"))
        .route("/refused", post(async || StatusCode::FORBIDDEN))
        .route("/large", get(async || vec![b'x'; LARGE]));
    let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let forever = std::future::pending();
    let serving = serve_within(limits, listener, app, forever, Duration::ZERO);
    (address, tokio::spawn(serving))
}

async fn send(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// Reads until the other side closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let _ = timeout(LONG, stream.read_to_end(&mut read)).await.unwrap();
    String::from_utf8(read).unwrap()
}

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn who_is_idle_or_never_ends_a_header_is_shown_out_and_nobody_else() {
    let (address, serving) = serve(Limits {
        idle: SHORT,
        ..Limits::default()
    });
    let begun = Instant::now();
    let mut idle = send(address, "").await;
    let mut half = send(address, "GET / HTTP/1.1\r\nhost: he").await;
    let mut kept = send(address, "GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
    assert_eq!(rest(&mut idle).await, "");
    assert!(begun.elapsed() >= SHORT, "{:?}", begun.elapsed());
    assert!(!rest(&mut half).await.contains("well"));
    assert!(
        rest(&mut kept).await.ends_with("well"),
        "answered, and closed only later"
    );

    // A header that comes slowly has the same time in all, however often a byte of it comes.
    let begun = Instant::now();
    let mut slow = send(address, "GET / HTTP/1.1\r\nx: ").await;
    while slow.write_all(b"y").await.is_ok() {
        tokio::time::sleep(SHORT / 10).await;
        assert!(begun.elapsed() < LONG);
    }
    assert!(
        rest(&mut send(address, REQUEST).await)
            .await
            .ends_with("well")
    );
    serving.abort();
}

#[tokio::test]
async fn who_comes_when_there_are_too_many_waits_until_one_leaves() {
    let (address, serving) = serve(Limits {
        connections: 2,
        ..Limits::default()
    });
    let one = send(address, "").await;
    let two = send(address, "").await;
    tokio::time::sleep(SHORT / 2).await;
    let mut third = send(address, REQUEST).await;
    let mut byte = [0];
    assert!(
        timeout(SHORT, third.read(&mut byte)).await.is_err(),
        "there is no room yet"
    );
    drop(one);
    assert!(rest(&mut third).await.ends_with("well"));
    drop(two);
    serving.abort();
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_given_up() {
    let (address, serving) = serve(Limits {
        connections: 1,
        stalled: SHORT,
        ..Limits::default()
    });
    let stalled = send(address, "GET /large HTTP/1.1\r\nhost: here\r\n\r\n").await;
    tokio::time::sleep(SHORT / 4).await;
    // There is room for one only, so this one is answered when the other has been given up.
    assert!(
        rest(&mut send(address, REQUEST).await)
            .await
            .ends_with("well")
    );
    drop(stalled);
    serving.abort();
}

#[tokio::test]
async fn a_header_beyond_all_measure_is_refused() {
    let (address, serving) = serve(Limits::default());
    let header = |length| {
        format!(
            "GET / HTTP/1.1\r\nx: {}\r\nconnection: close\r\n\r\n",
            "y".repeat(length)
        )
    };
    // The name of who is logged in makes headers long, so there must be room.
    assert!(
        rest(&mut send(address, &header(40_000)).await)
            .await
            .ends_with("well")
    );
    let answer = rest(&mut send(address, &header(150_000)).await).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    serving.abort();
}

#[tokio::test]
async fn who_takes_the_answer_by_drops_is_given_up_and_who_is_only_slow_is_not() {
    let (address, serving) = serve(Limits {
        connections: 1,
        stalled: SHORT,
        ..Limits::default()
    });
    let mut steady = send(address, "GET /large HTTP/1.1\r\nhost: here\r\n\r\n").await;
    let mut taken = 0;
    let mut piece = vec![0; 2_000_000];
    while taken < LARGE {
        tokio::time::sleep(SHORT / 6).await;
        let read = timeout(LONG, steady.read(&mut piece)).await.unwrap();
        let read = read.unwrap();
        assert!(read > 0, "cut off after {taken} bytes");
        taken += read;
    }
    drop(steady);

    // With so small a window, the system sees the client take something all the time.
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut drops = socket.connect(address).await.unwrap();
    let request = "GET /large HTTP/1.1\r\nhost: here\r\n\r\n";
    drops.write_all(request.as_bytes()).await.unwrap();
    let sipping = tokio::spawn(async move {
        let mut sip = [0; 1_024];
        while matches!(drops.read(&mut sip).await, Ok(1..)) {
            tokio::time::sleep(SHORT / 6).await;
        }
    });
    tokio::time::sleep(SHORT / 4).await;
    // There is room for one only, so this one is answered when the other has been given up.
    let answer = rest(&mut send(address, REQUEST).await).await;
    assert!(answer.ends_with("well"), "{answer}");
    sipping.abort();
    serving.abort();
}

#[tokio::test]
async fn who_is_refused_while_sending_hears_it_and_cannot_send_for_ever() {
    let (address, serving) = serve(Limits::default());
    let head = "POST /refused HTTP/1.1\r\nhost: here\r\ncontent-length: 1000000000\r\n\r\n";
    let piece = vec![b'x'; 100_000];

    let mut hasty = send(address, head).await;
    for _ in 0..100 {
        hasty.write_all(&piece).await.unwrap();
    }
    hasty.shutdown().await.unwrap();
    assert!(
        rest(&mut hasty)
            .await
            .starts_with("HTTP/1.1 403 Forbidden\r\n")
    );

    for pause in [Duration::ZERO, SHORT / 6] {
        let begun = Instant::now();
        let mut endless = send(address, head).await;
        let mut sent = 0;
        while endless
            .write_all(&piece[..if pause.is_zero() { 100_000 } else { 1 }])
            .await
            .is_ok()
        {
            tokio::time::sleep(pause).await;
            sent += 1;
            assert!(begun.elapsed() < LONG && sent < 400, "{sent}");
        }
        // By the amount, or by the time.
        assert_eq!(begun.elapsed() > Duration::from_secs(4), !pause.is_zero());
    }
    serving.abort();
}
