//! What must not run does not run, and says what to do.

use crate::invocation::{loadtest, texts};
use crate::server::{Faults, Server};

async fn refused(arguments: &[&str], said: &str) {
    let (code, stdout, stderr) = texts(&loadtest(arguments).output().await.unwrap());
    assert_eq!((code, stdout.as_str()), (3, ""), "{arguments:?}: {stderr}");
    assert!(stderr.contains(said), "{arguments:?}: {stderr}");
}

#[tokio::test]
async fn wrong_usage_exits_3() {
    refused(&[], "Usage").await;
    refused(&["run"], "--host").await;
    refused(
        &["run", "--host", "http://127.0.0.1:1", "--rate", "fast"],
        "such as 200/s",
    )
    .await;
    refused(
        &["run", "--host", "http://127.0.0.1:1", "--duration", "25h"],
        "24 hours",
    )
    .await;
    refused(
        &["run", "--host", "http://127.0.0.1:1", "--users", "0"],
        "--users 0",
    )
    .await;
    refused(
        &["run", "--host", "127.0.0.1:8080"],
        "write it like http://127.0.0.1:8080",
    )
    .await;
    refused(
        &["cleanup", "a;b", "--host", "http://127.0.0.1:1"],
        "not the id of a run",
    )
    .await;
}

#[tokio::test]
async fn only_this_machine_is_loaded_unless_somebody_vouches() {
    // 192.0.2.0/24 is for documentation: nobody is there, and nothing is sent.
    refused(
        &["run", "--host", "http://192.0.2.1"],
        "--i-own-this-target 192.0.2.1",
    )
    .await;
    refused(
        &["run", "--host", "http://localhost.example"],
        "is not this machine",
    )
    .await;
    refused(
        &[
            "run",
            "--host",
            "http://192.0.2.1",
            "--i-own-this-target",
            "192.0.2.2",
        ],
        "must be the same",
    )
    .await;
    refused(
        &[
            "cleanup",
            "20250101-000000-0001",
            "--host",
            "http://192.0.2.1",
        ],
        "is not this machine",
    )
    .await;
    refused(
        &["run", "--host", "http://192.0.2.1", "--lang", "ja"],
        "このマシンではありません",
    )
    .await;
}

#[tokio::test]
async fn a_password_in_the_address_is_refused_and_not_repeated() {
    for host in [
        "http://u:secretpw@127.0.0.1:1",
        "http://secretpw@127.0.0.1:1",
        "http://u:secretpw@192.0.2.1",
        "http://u:secretpw@",
        "u:secretpw@127.0.0.1:1",
    ] {
        let clean = ["cleanup", "20250101-000000-0001", "--host", host];
        for (arguments, said) in [
            (&["run", "--host", host][..], "like http://127.0.0.1:8080"),
            (&["run", "--host", host, "--lang", "ja"], "除いて"),
            (&clean, "like http://127.0.0.1:8080"),
        ] {
            refused(arguments, said).await;
            let (_, stdout, stderr) = texts(&loadtest(arguments).output().await.unwrap());
            assert!(
                !format!("{stdout}{stderr}").contains("secretpw"),
                "{stderr}"
            );
        }
    }
    let metrics = "http://u:secretpw@127.0.0.1:1/metrics";
    let search = ["--host", "http://127.0.0.1:1", "--metrics", metrics];
    let search = [&["capacity"], &search[..]].concat();
    refused(&search, "the address of --metrics").await;
}

#[tokio::test]
async fn the_rate_has_a_ceiling() {
    refused(
        &["run", "--host", "http://127.0.0.1:1", "--rate", "1001/s"],
        "above the ceiling",
    )
    .await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_named() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    refused(
        &["run", "--host", &format!("http://127.0.0.1:{port}")],
        "connection-refused",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_is_not_taken_for_the_service() {
    let server = Server::start(Faults {
        wrong_server: true,
        ..Faults::default()
    })
    .await;
    refused(&["run", "--host", &server.host], "could not be made").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_open_files_are_refused() {
    let server = Server::start(Faults::default()).await;
    let script = format!(
        "ulimit -n 200 && exec {} run --host {}",
        env!("CARGO_BIN_EXE_loadtest"),
        server.host
    );
    let output = tokio::process::Command::new("/bin/sh")
        .env_clear()
        .args(["-c", &script])
        .output()
        .await
        .unwrap();
    let (code, _, stderr) = texts(&output);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("ulimit -n 464"), "{stderr}");
}
