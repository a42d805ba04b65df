//! Bodies that are much too large: who sends one is told so, also through a proxy.

use std::{net::SocketAddr, time::Duration};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    haproxy::HaProxy,
    process::{Running, service, url},
};

const SIZE: usize = 10_000_000;

/// Sends the whole body before looking for an answer, as many clients do, and gives that.
async fn send(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /events HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: {SIZE}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let piece = vec![b' '; 100_000];
    for sent in 0..SIZE / piece.len() {
        let result = stream.write_all(&piece).await;
        assert!(result.is_ok(), "{result:?} after {sent} pieces");
    }
    let mut answer = Vec::new();
    let read = async {
        // The proxy keeps the connection, so there is an end to the answer only.
        while !answer.ends_with(b"}") && stream.read_buf(&mut answer).await.unwrap() > 0 {}
    };
    let read = tokio::time::timeout(Duration::from_secs(10), read).await;
    assert!(read.is_ok(), "there is no answer");
    String::from_utf8(answer).unwrap()
}

#[sqlx::test]
async fn who_sends_far_too_much_is_told_so_also_through_a_proxy(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = service(&["serve"]);
    command.env("DATABASE_URL", url(&options));
    let running = Running::start(&mut command, directory.path()).await;
    running.wait_for("/health/ready", 200).await;
    let proxy = HaProxy::start(directory.path(), &[running.address]).await;
    for address in [running.address, proxy.address] {
        for _ in 0..20 {
            let answer = send(address).await;
            assert!(answer.starts_with("HTTP/1.1 413 "), "{answer:?}");
            assert!(answer.contains("/problems/body-too-large"), "{answer}");
            let closed = answer.contains("connection: close\r\n");
            assert_eq!(closed, address == running.address, "{answer}");
        }
    }
    drop(proxy);
    assert_eq!(running.stop().await, Some(0));
}
