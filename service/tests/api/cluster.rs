//! A PostgreSQL server of one test alone, which may be stopped, crashed and told to refuse.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::process::quiet_port;

pub(crate) struct Cluster {
    directory: PathBuf,
    port: u16,
}

impl Cluster {
    /// A server with an empty database `events` of a user `events`, who is nobody special.
    pub(crate) async fn start() -> Self {
        let name = format!("cluster-{}", uuid::Uuid::new_v4());
        let mut cluster = Self {
            directory: home().join(name),
            port: quiet_port(),
        };
        let data = ["--pgdata", cluster.directory.to_str().unwrap()];
        let how = "--username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync";
        program("initdb", data.into_iter().chain(how.split(' ')));
        while !cluster.try_to_run() {
            cluster.port = quiet_port();
        }
        cluster.tell("create role events login").await;
        cluster.tell("create database events owner events").await;
        cluster
    }

    /// How the user `events` connects.
    pub(crate) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username("events")
            .database("events")
    }

    /// A connection of the administrator, to the database `events` once it is there.
    pub(crate) async fn administrator(&self) -> PgConnection {
        let options = self.options().username("postgres");
        match PgConnection::connect_with(&options).await {
            Ok(connection) => connection,
            Err(_) => PgConnection::connect_with(&options.database("postgres"))
                .await
                .unwrap(),
        }
    }

    /// Runs a statement as the administrator.
    pub(crate) async fn tell(&self, statement: &'static str) {
        let mut administrator = self.administrator().await;
        sqlx::raw_sql(statement)
            .execute(&mut administrator)
            .await
            .unwrap();
    }

    /// Stops the server: `fast` as for maintenance, `immediate` as by a crash.
    pub(crate) async fn stop(&self, mode: &'static str) {
        let data = self.directory.clone();
        tokio::task::spawn_blocking(move || stop(&data, mode))
            .await
            .unwrap();
    }

    /// Starts the server again, and waits until it takes connections.
    pub(crate) async fn run(&self) {
        assert!(tokio::task::block_in_place(|| self.try_to_run()));
    }

    fn try_to_run(&self) -> bool {
        // No process of the server is killed together with the machine's memory, so what is not synced to the disk is
        // not lost; but a commit must have reached the system before it is acknowledged.
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c max_connections=60 \
             -c fsync=off -c synchronous_commit=on",
            self.port
        );
        let log = self.directory.join("log");
        command("pg_ctl")
            .args(["start", "--silent", "--wait", "--options", &settings])
            .arg("--pgdata")
            .arg(&self.directory)
            .arg("--log")
            .arg(&log)
            .status()
            .unwrap()
            .success()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.directory.join("postmaster.pid").exists() {
            stop(&self.directory, "immediate");
        }
    }
}

fn stop(data: &Path, mode: &str) {
    let data = data.to_str().unwrap();
    program(
        "pg_ctl",
        ["stop", "--silent", "--pgdata", data, "--mode", mode],
    );
}

fn program<'a>(name: &str, arguments: impl IntoIterator<Item = &'a str>) {
    let mut command = command(name);
    let output = command.args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A program of PostgreSQL, which refuses to run as root.
fn command(name: &str) -> Command {
    let program = Path::new(&from_script("POSTGRES_BIN")).join(name);
    let is_root =
        std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid",
            "postgres",
            "--regid",
            "postgres",
            "--clear-groups",
        ]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .current_dir(home())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn home() -> PathBuf {
    from_script("POSTGRES_HOME").into()
}

fn from_script(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run this by service/tests/with-postgres")
    })
}
