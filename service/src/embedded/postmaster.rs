//! Makes, starts and stops the server, as the user that it belongs to.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use tokio::process::{Child, Command};
use tracing::{info, warn};

use super::{USER, place::Place};

/// A program of PostgreSQL, to be run as the cluster's user.
fn program(place: &Place, bin: &Path, name: &str) -> Command {
    let mut command = Command::new(bin.join(name));
    // A process group of its own: Ctrl-C is for the service, which stops the database last.
    command
        .current_dir(place.base())
        .stdin(Stdio::null())
        .process_group(0);
    // The environment of the caller must not reconfigure a private server.
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"))
    {
        command.env_remove(name);
    }
    if let Some(account) = place.account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

async fn run(mut command: Command, what: &str) -> Result<()> {
    let output = command
        .output()
        .await
        .with_context(|| format!("{what}: cannot be run"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{what}: {}\n{}",
        output.status,
        said.trim()
    );
    Ok(())
}

/// Makes the cluster. It is made beside its place and then moved, so that half of one is never taken for a whole.
pub(super) async fn initialise(place: &Place, bin: &Path) -> Result<()> {
    info!(data = %place.data().display(), "making a private database");
    place.make_password()?;
    let unfinished = place.base().join("postgres.unfinished");
    place.make_owned_directory(&unfinished)?;
    let mut command = program(place, bin, "initdb");
    command
        .args([
            "--username",
            USER,
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--auth",
            "scram-sha-256",
        ])
        .arg("--pwfile")
        .arg(place.password_file())
        .arg("--pgdata")
        .arg(&unfinished);
    run(command, "initdb").await?;
    if place.data().exists() {
        fs::remove_dir_all(place.data())?;
    }
    fs::rename(&unfinished, place.data()).context("the new database could not be put in its place")
}

/// Stops a server that was left behind when the service was killed, and removes the trace of one that crashed.
pub(super) async fn clear_remains(place: &Place, bin: &Path) -> Result<()> {
    let Ok(pid_file) = fs::read_to_string(pid_file_path(place)) else {
        return Ok(());
    };
    let pid = pid_file.lines().next().unwrap_or("");
    let alive =
        fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres");
    if alive {
        warn!(pid, "a private database was left running; it is restarted");
        return stop(place, bin).await;
    }
    // Its number may belong to another process by now, and PostgreSQL would then refuse to start.
    warn!(
        pid,
        "the private database was not stopped cleanly; it recovers by itself"
    );
    fs::remove_file(pid_file_path(place)).context("the stale postmaster.pid cannot be removed")
}

/// Starts the server.
pub(super) fn start(place: &Place, bin: &Path, port: u16) -> Result<Child> {
    let log = fs::File::create(place.log())
        .with_context(|| format!("cannot write {}", place.log().display()))?;
    let mut command = program(place, bin, "postgres");
    command
        .arg("-D")
        .arg(place.data())
        .args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=60",
        ])
        .arg("-c")
        .arg(format!("port={port}"))
        .stdout(log.try_clone()?)
        .stderr(log);
    // Only where the start is given up half-way; it recovers from that, and nothing is left running.
    command.kill_on_drop(true);
    command.spawn().context("PostgreSQL cannot be run")
}

/// Stops the server: sessions end, data is written.
pub(super) async fn stop(place: &Place, bin: &Path) -> Result<()> {
    let mut command = program(place, bin, "pg_ctl");
    command
        .args([
            "stop",
            "--mode",
            "fast",
            "--wait",
            "--silent",
            "--timeout",
            "8",
            "--pgdata",
        ])
        .arg(place.data());
    run(command, "pg_ctl stop").await
}

/// The port of the server that another process of ours runs.
pub(super) fn port(place: &Place) -> Result<u16> {
    let starting =
        "the private database is just being started by another process; try again in a moment";
    let lines = fs::read_to_string(pid_file_path(place)).context(starting)?;
    lines
        .lines()
        .nth(3)
        .and_then(|line| line.trim().parse().ok())
        .context(starting)
}

fn pid_file_path(place: &Place) -> PathBuf {
    place.data().join("postmaster.pid")
}
