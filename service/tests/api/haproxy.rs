//! HAProxy in front of services, in the place of the load balancer.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    process::{Child, Command},
};

use crate::process::quiet_port;

/// A running HAProxy with the servers `s0`, `s1`, …
pub(crate) struct HaProxy {
    pub(crate) address: SocketAddr,
    socket: PathBuf,
    /// Killed when this is dropped.
    _child: Child,
}

impl HaProxy {
    pub(crate) async fn start(directory: &Path, servers: &[SocketAddr]) -> Self {
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
    pub(crate) async fn tell(&self, command: &str) -> String {
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
    pub(crate) async fn wait_for(&self, number: usize, state: &str) {
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
