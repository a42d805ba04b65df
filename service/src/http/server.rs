//! Serves the application on a listener until it is told to stop, and then without cutting anybody off.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request, Response, header},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use rustix::process::{Resource, getrlimit};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::ServiceExt as _;
use tracing::{info, warn};

mod stream;

use stream::{Stream, Unread, Watched};

/// How long requests in flight may take after the drain time: a little longer than one may take at all.
const FINISH_LIMIT: Duration = Duration::from_secs(12);
/// How long connections stay open after nobody new is let in: requests may still be on their way to us.
const LAST_CALL: Duration = Duration::from_millis(500);
/// The longest request header; the load balancer allows no longer one.
const HEADER_LIMIT: usize = 64 * 1024;
/// File descriptors that are no clients' connections: those to the database above all.
const OTHER_DESCRIPTORS: u64 = 256;

/// What clients may take of the service.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most connections at once. Who comes then waits until another one leaves.
    pub connections: usize,
    /// How long an idle connection stays open, and how long a request header may take.
    /// Longer than the load balancer keeps its side open (60 s): if we closed first, it would answer 502.
    pub idle: Duration,
    /// For how long a client may take nothing of its answer. What it takes is seen in pieces of up to [`SEND_BUFFER`]:
    /// those who take so little that no piece is done in this time are given up as well.
    pub stalled: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let connections = descriptors
            .saturating_sub(OTHER_DESCRIPTORS)
            .clamp(128, 16_384);
        Self {
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
            idle: Duration::from_secs(75),
            stalled: Duration::from_secs(30),
        }
    }
}

/// Connections that may wait to be accepted; a crowd that comes at once must not be told to come again in a second.
/// The system has a limit of its own, 4096 where nothing was configured.
const BACKLOG: u32 = 4_096;

/// What the system keeps of an answer that the client has not taken yet, in bytes. As large as the system likes to make
/// it, a client could take a byte a second for hours before that is seen.
const SEND_BUFFER: u32 = 128 * 1024;

/// Listens on an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // As the standard library does: a restart need not wait for the last connections of the one before to fade.
    socket.set_reuseaddr(true)?;
    // Connections inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop` resolves; then goes on for `drain`, lets requests in flight finish, and returns.
///
/// During `drain` the load balancer still sends requests, so they are served, on connections that then close.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()>,
    drain: Duration,
) {
    serve_within(Limits::default(), listener, app, stop, drain).await;
}

/// As [`serve`], with limits of one's own.
pub async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()>,
    drain: Duration,
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let house = House {
        limits,
        app,
        draining: Arc::new(AtomicBool::new(false)),
        connections: GracefulShutdown::new(),
    };
    let mut stop = std::pin::pin!(async {
        stop.await;
        info!(
            drain_seconds = drain.as_secs(),
            "stopping: still serving for the drain time"
        );
        house.draining.store(true, Ordering::Relaxed);
        tokio::time::sleep(drain).await;
    });
    loop {
        let next = async {
            let slot = slots.clone().acquire_owned().await.ok();
            (listener.accept().await, slot)
        };
        tokio::select! {
            (accepted, slot) = next => match accepted {
                Ok((stream, _)) => house.converse(stream, slot),
                Err(error) => {
                    // Most likely out of file descriptors: others will be freed in a moment.
                    warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    house.close_door(listener);
    tokio::time::sleep(LAST_CALL).await;
    if tokio::time::timeout(FINISH_LIMIT, house.connections.shutdown())
        .await
        .is_err()
    {
        warn!("some requests did not finish in time");
    }
}

/// What connections share.
struct House {
    limits: Limits,
    app: Router,
    draining: Arc<AtomicBool>,
    connections: GracefulShutdown,
}

impl House {
    /// Serves one connection in a task of its own.
    fn converse(&self, stream: TcpStream, slot: Option<OwnedSemaphorePermit>) {
        // Without it, small answers can wait for the client's acknowledgement. It fails only if the client is gone.
        let _ = stream.set_nodelay(true);
        #[cfg(target_os = "linux")]
        {
            let stalled = u32::try_from(self.limits.stalled.as_millis()).unwrap_or(u32::MAX);
            let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, stalled);
        }
        let (app, draining) = (self.app.clone(), self.draining.clone());
        let unread = Unread::default();
        let stream = Stream::new(stream, unread.clone(), self.limits.stalled);
        let service = service_fn(move |request: Request<Incoming>| {
            let request = request.map(|body| Watched::new(body, unread.clone()));
            answer(app.clone(), draining.clone(), request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.idle)
            .max_buf_size(HEADER_LIMIT)
            .serve_connection(TokioIo::new(stream), service);
        // A connection ends with an error when the client goes away in the middle: nothing for us to do.
        let connection = self.connections.watch(connection);
        tokio::spawn(async move {
            drop(connection.await);
            drop(slot);
        });
    }

    /// Lets in who stands at the door already, and closes it. Closing alone would cut them off in mid-request.
    fn close_door(&self, listener: TcpListener) {
        self.draining.store(true, Ordering::Relaxed);
        // Not by the runtime: nobody may come between the last one and the closing.
        let Ok(listener) = listener.into_std() else {
            return;
        };
        let mut last = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            last.push(stream);
        }
        drop(listener);
        for stream in last {
            let stream = stream
                .set_nonblocking(true)
                .and_then(|()| TcpStream::from_std(stream));
            if let Ok(stream) = stream {
                self.converse(stream, None);
            }
        }
    }
}

async fn answer(
    app: Router,
    draining: Arc<AtomicBool>,
    request: Request<Watched>,
) -> Result<Response<Body>, Infallible> {
    let mut response = app.oneshot(request).await?;
    if draining.load(Ordering::Relaxed) {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}
