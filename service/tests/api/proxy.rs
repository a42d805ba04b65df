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
enum State {
    Passing,
    /// They vanish, in both directions, and nobody is told.
    Swallowing,
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
        let state = Arc::new(watch::Sender::new(State::Passing));
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
        self.state = Arc::new(watch::Sender::new(State::Passing));
        let door = TcpListener::bind(self.address).await.unwrap();
        let (database, state) = (self.database, self.state.clone());
        let task = tokio::spawn(async move {
            // Dropped with this task, and with it all connections.
            let mut connections = JoinSet::new();
            loop {
                let (inner, _) = door.accept().await.unwrap();
                let outer = TcpStream::connect(database).await.unwrap();
                connections.spawn(pass(inner, outer, state.subscribe()));
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
        self.state.send_replace(State::Swallowing);
    }
}

async fn pass(mut inner: TcpStream, mut outer: TcpStream, state: watch::Receiver<State>) {
    let (mut there, mut back) = ([0; 8192], [0; 8192]);
    loop {
        tokio::select! {
            read = inner.read(&mut there) => match read {
                Ok(read @ 1..) if *state.borrow() == State::Passing => outer.write_all(&there[..read]).await.unwrap(),
                Ok(1..) => {}
                _ => return,
            },
            read = outer.read(&mut back) => match read {
                Ok(read @ 1..) if *state.borrow() == State::Passing => inner.write_all(&back[..read]).await.unwrap(),
                Ok(1..) => {}
                _ => return,
            },
        }
    }
}
