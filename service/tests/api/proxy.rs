//! A stretch of network between the service and its database that can be broken.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use sqlx::postgres::PgConnectOptions;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What happens to bytes on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// They vanish, in both directions, and nobody is told.
    swallowing: bool,
    /// How often this has begun: a connection that was there when it did is dead for ever.
    times: u32,
}

impl State {
    fn passing() -> Arc<watch::Sender<Self>> {
        let state = Self {
            swallowing: false,
            times: 0,
        };
        Arc::new(watch::Sender::new(state))
    }
}

pub(crate) struct Proxy {
    address: SocketAddr,
    database: SocketAddr,
    state: Arc<watch::Sender<State>>,
    listening: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy to the database of the options, at first without anybody at its door.
    pub(crate) async fn closed(options: &PgConnectOptions) -> Self {
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let database = format!("{}:{}", options.get_host(), options.get_port())
            .parse()
            .unwrap();
        let state = State::passing();
        Self {
            address: door.local_addr().unwrap(),
            database,
            state,
            listening: None,
        }
    }

    pub(crate) async fn open(options: &PgConnectOptions) -> Self {
        let mut proxy = Self::closed(options).await;
        proxy.restore().await;
        proxy
    }

    /// The options that lead through the proxy.
    pub(crate) fn options(&self, options: &PgConnectOptions) -> PgConnectOptions {
        options.clone().host("127.0.0.1").port(self.address.port())
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Everything works again; connections that were swallowed stay dead.
    pub(crate) async fn restore(&mut self) {
        self.stop().await;
        self.state = State::passing();
        let door = TcpListener::bind(self.address).await.unwrap();
        let (database, state) = (self.database, self.state.clone());
        let task = tokio::spawn(async move {
            // Dropped with this task, and with it all connections.
            let mut connections = JoinSet::new();
            loop {
                let (inner, _) = door.accept().await.unwrap();
                connections.spawn(pass(inner, database, state.subscribe()));
            }
        });
        self.listening = Some(task);
    }

    /// Nobody listens any more, and all connections break.
    pub(crate) async fn stop(&mut self) {
        if let Some(task) = self.listening.take() {
            task.abort();
            // The sockets are closed only once the task is gone.
            assert!(task.await.unwrap_err().is_cancelled());
        }
    }

    /// Bytes vanish from now on, those of new connections included.
    pub(crate) fn swallow(&self) {
        self.state.send_modify(|state| {
            state.swallowing = true;
            state.times += 1;
        });
    }

    /// New connections work again. Those that were there stay silent, and their ends are told nothing, ever.
    pub(crate) fn revive(&self) {
        self.state.send_modify(|state| state.swallowing = false);
    }
}

async fn pass(mut inner: TcpStream, database: SocketAddr, state: watch::Receiver<State>) {
    let times = state.borrow().times;
    let dead = || state.borrow().swallowing || state.borrow().times != times;
    if dead() {
        return std::future::pending().await;
    }
    // Nobody there is a broken connection to who came this way.
    let Ok(mut outer) = TcpStream::connect(database).await else {
        return;
    };
    let (mut there, mut back) = ([0; 8192], [0; 8192]);
    loop {
        let (read, to, bytes) = tokio::select! {
            read = inner.read(&mut there) => (read, &mut outer, &there),
            read = outer.read(&mut back) => (read, &mut inner, &back),
        };
        let written = match read {
            _ if dead() => return std::future::pending().await,
            Ok(read @ 1..) => to.write_all(&bytes[..read]).await,
            _ => return,
        };
        if written.is_err() {
            return;
        }
    }
}
