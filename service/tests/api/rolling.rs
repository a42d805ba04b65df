//! Two instances behind HAProxy are replaced one after the other, and nobody notices.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    process::{Child, Command},
};

use crate::{
    client::{application, create},
    crowd::ONE_AT_A_TIME,
    load::Crowd,
    process::{Running, quiet_port, service, url},
};

/// A running HAProxy with the servers `s0`, `s1`, …
struct HaProxy {
    address: SocketAddr,
    socket: PathBuf,
    /// Killed when this is dropped.
    _child: Child,
}

impl HaProxy {
    async fn start(directory: &Path, servers: &[SocketAddr]) -> Self {
        let program = [
            "/usr/sbin/haproxy",
            "/usr/bin/haproxy",
            "/usr/local/sbin/haproxy",
        ]
        .into_iter()
        .find(|program| Path::new(program).exists())
        .expect("HAProxy is not installed: run .ci/setup, or apt-get install haproxy");
        let address = SocketAddr::from(([127, 0, 0, 1], quiet_port()));
        let socket = directory.join("haproxy.sock");
        // A connection that is refused carried no request, so another server is asked at once, as a load balancer does.
        let mut settings = format!(
            "global\n stats socket {} level admin\n\
             defaults\n mode http\n timeout connect 2s\n timeout client 30s\n timeout server 30s\n timeout check 5s\n\
             \x20retries 3\n option redispatch 1\n\
             frontend door\n bind {address}\n default_backend tasks\n\
             backend tasks\n balance roundrobin\n option httpchk GET /health/ready\n",
            socket.display(),
        );
        for (number, server) in servers.iter().enumerate() {
            writeln!(
                settings,
                " server s{number} {server} check inter 200ms fall 2 rise 2"
            )
            .unwrap();
        }
        let file = directory.join("haproxy.cfg");
        std::fs::write(&file, settings).unwrap();
        let child = Command::new(program)
            .args(["-db", "-f"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let proxy = Self {
            address,
            socket,
            _child: child,
        };
        for number in 0..servers.len() {
            proxy.wait_for(number, "UP").await;
        }
        proxy
    }

    /// Tells HAProxy something, and gives its answer.
    async fn tell(&self, command: &str) -> String {
        let Ok(mut stream) = UnixStream::connect(&self.socket).await else {
            return String::new();
        };
        stream
            .write_all(format!("{command}\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Waits until a server is in that state.
    async fn wait_for(&self, number: usize, state: &str) {
        let line = format!("tasks,s{number},");
        for _ in 0..200 {
            let states = self.tell("show stat").await;
            let found = states.lines().find(|found| found.starts_with(&line));
            if found.and_then(|found| found.split(',').nth(17)) == Some(state) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "s{number} never was {state}: {}",
            self.tell("show stat").await
        );
    }
}

async fn start(options: &PgConnectOptions, address: SocketAddr, directory: &Path) -> Running {
    let mut command = service(&["serve", "--listen", &address.to_string()]);
    command
        .env("DATABASE_URL", url(options))
        .env("DRAIN_SECONDS", "1")
        .env("RUST_LOG", "service::run=info");
    let running = Running::start_at(&mut command, directory).await;
    running.wait_for("/health/ready", 200).await;
    running
}

#[sqlx::test]
async fn replacing_two_instances_one_after_the_other_loses_no_request(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let _turn = ONE_AT_A_TIME.lock().await;
    let directory = tempfile::tempdir().unwrap();
    let app = application(&options).await;
    let mut events = Vec::new();
    for _ in 0..10 {
        events.push(create(&app, json!({ "max_participants": 10_000 })).await);
    }
    let addresses = [(); 2].map(|()| SocketAddr::from(([127, 0, 0, 1], quiet_port())));
    let mut instances = Vec::new();
    for address in addresses {
        instances.push(Some(start(&options, address, directory.path()).await));
    }
    let proxy = HaProxy::start(directory.path(), &addresses).await;
    let crowd = Crowd::gather(proxy.address, 12, Duration::from_millis(20), &events);

    let limit = Duration::from_secs(10);
    let more = async |count: usize| {
        let before = crowd.look(<[_]>::len);
        crowd
            .until("some load", limit, |told| told.len() > before + count)
            .await;
    };
    // First as a deployment does it: the load balancer knows before the task. Then as when a task is taken away: the
    // load balancer finds out by itself.
    for is_told in [true, false] {
        for (number, address) in addresses.into_iter().enumerate() {
            more(100).await;
            if is_told {
                proxy
                    .tell(&format!("set server tasks/s{number} state drain"))
                    .await;
                more(20).await;
            }
            let old = instances[number].take().unwrap();
            assert_eq!(old.stop().await, Some(0));
            if !is_told {
                proxy.wait_for(number, "DOWN").await;
            }
            more(50).await;
            instances[number] = Some(start(&options, address, directory.path()).await);
            proxy
                .tell(&format!("set server tasks/s{number} state ready"))
                .await;
            proxy.wait_for(number, "UP").await;
        }
    }
    more(100).await;
    let told = crowd.disperse().await;
    let lost: Vec<_> = told.iter().filter(|told| !told.is_well()).collect();
    for told in &lost {
        let answer = told
            .answer
            .as_ref()
            .map(|answer| (answer.status, &answer.body));
        println!("{:?}: {answer:?}", told.wish);
    }
    assert!(
        lost.is_empty(),
        "{} of {} requests were lost",
        lost.len(),
        told.len()
    );
    println!("{} requests over four replacements, none lost", told.len());
    for instance in instances {
        assert_eq!(instance.unwrap().stop().await, Some(0));
    }
}
