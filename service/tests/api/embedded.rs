//! `--embedded-db`: a private PostgreSQL that comes and goes with the service.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
};

use serde_json::Value;

use crate::process::{Running, run, service};

/// A directory that the user `postgres` can reach, as the tests may run as root.
fn reachable_directory() -> tempfile::TempDir {
    let directory = tempfile::Builder::new()
        .prefix("service-embedded-")
        .tempdir_in("/var/tmp")
        .unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

#[tokio::test]
async fn the_private_database_keeps_its_data_survives_a_crash_and_stops_cleanly() {
    let directory = reachable_directory();
    let here = directory.path();
    let serve = || service(&["serve", "--embedded-db"]);
    let pid_file = here.join(".data/postgres/postmaster.pid");

    let running = Running::start(&mut serve(), here).await;
    running.wait_for("/health/ready", 200).await;
    let (code, said) =
        run(service(&["seed", "--embedded-db", "--events", "9"]).current_dir(here)).await;
    assert_eq!(code, Some(0), "seeding beside a running service: {said}");
    let count = async |running: &Running| {
        running.wait_for("/events?when=all", 200).await.json()["items"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(count(&running).await, Some(9));

    let (code, said) = run(serve().current_dir(here).env("LISTEN", "127.0.0.1:0")).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("another service already runs the private database in"),
        "{said}"
    );
    assert_eq!(
        count(&running).await,
        Some(9),
        "the first one did not notice"
    );
    assert_eq!(running.stop().await, Some(0));
    assert!(!pid_file.exists(), "stopped cleanly");

    // The service is killed and its database stays behind.
    let mut running = Running::start(&mut serve(), here).await;
    running.wait_for("/health/ready", 200).await;
    running.child.kill().await.unwrap();
    assert!(pid_file.exists());
    let mut running = Running::start(&mut serve(), here).await;
    assert_eq!(count(&running).await, Some(9));

    // Both are killed, and another process has got the number of the database by now.
    let postmaster = fs::read_to_string(&pid_file).unwrap();
    let pid = postmaster.lines().next().unwrap();
    running.child.kill().await.unwrap();
    assert!(
        tokio::process::Command::new("kill")
            .args(["-s", "KILL", pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    // PostgreSQL sees by itself that a process of somebody else is not its server, so this one has the same user.
    let owner = fs::metadata(&pid_file).unwrap();
    let mut other = tokio::process::Command::new("sleep");
    let other = other
        .arg("120")
        .uid(owner.uid())
        .gid(owner.gid())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let taken = other.id().unwrap().to_string();
    fs::write(&pid_file, postmaster.replacen(pid, &taken, 1)).unwrap();
    let running = Running::start(&mut serve(), here).await;
    assert_eq!(count(&running).await, Some(9));
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test]
async fn the_private_database_asks_for_a_password_and_listens_on_loopback_only() {
    let directory = reachable_directory();
    let mut running = Running::start(
        service(&["serve"]).env("EMBEDDED_DB", "true"),
        directory.path(),
    )
    .await;
    running.line("the tables are up to date").await;
    let data = directory.path().join(".data");
    let postmaster = fs::read_to_string(data.join("postgres/postmaster.pid")).unwrap();
    let lines: Vec<_> = postmaster.lines().map(str::trim).collect();
    assert_eq!(
        (lines[4], lines[5]),
        ("", "127.0.0.1"),
        "no socket file; loopback"
    );
    assert_eq!(
        fs::metadata(data.join("postgres.password"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );

    use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
    let options = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(lines[3].parse().unwrap())
        .username("postgres");
    let refused = PgConnection::connect_with(&options.password("wrong"))
        .await
        .unwrap_err();
    let code = refused
        .as_database_error()
        .and_then(|error| error.code().map(|code| code.into_owned()));
    assert_eq!(code.as_deref(), Some("28P01"));
    let version: Value = running.get("/health").await.json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(running.stop().await, Some(0));
}
