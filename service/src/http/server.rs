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
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tower::ServiceExt as _;
use tracing::{info, warn};

/// How long an idle connection stays open, and how long a request header may take.
/// Longer than the load balancer keeps its side open (60 s): if we closed first, it would answer 502.
const IDLE_LIMIT: Duration = Duration::from_secs(75);
/// How long requests in flight may take after the drain time.
const FINISH_LIMIT: Duration = Duration::from_secs(15);

/// Connections that may wait to be accepted; a crowd that comes at once must not be told to come again in a second.
/// The system has a limit of its own, 4096 where nothing was configured.
const BACKLOG: u32 = 4_096;

/// Listens on an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // As the standard library does: a restart need not wait for the last connections of the one before to fade.
    socket.set_reuseaddr(true)?;
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
    let connections = GracefulShutdown::new();
    let draining = Arc::new(AtomicBool::new(false));
    let mut stop = std::pin::pin!(async {
        stop.await;
        info!(
            drain_seconds = drain.as_secs(),
            "stopping: still serving for the drain time"
        );
        draining.store(true, Ordering::Relaxed);
        tokio::time::sleep(drain).await;
    });
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => converse(stream, &app, &draining, &connections),
                Err(error) => {
                    // Most likely out of file descriptors: others will be freed in a moment.
                    warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    draining.store(true, Ordering::Relaxed);
    if tokio::time::timeout(FINISH_LIMIT, connections.shutdown())
        .await
        .is_err()
    {
        warn!("some requests did not finish in time");
    }
}

/// Serves one connection in a task of its own.
fn converse(
    stream: TcpStream,
    app: &Router,
    draining: &Arc<AtomicBool>,
    connections: &GracefulShutdown,
) {
    // Without it, small answers can wait for the client's acknowledgement. It fails only if the client is gone.
    let _ = stream.set_nodelay(true);
    let (app, draining) = (app.clone(), draining.clone());
    let service = service_fn(move |request| answer(app.clone(), draining.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    // A connection ends with an error when the client goes away in the middle: nothing for us to do.
    let connection = connections.watch(connection);
    tokio::spawn(async move { drop(connection.await) });
}

async fn answer(
    app: Router,
    draining: Arc<AtomicBool>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut response = app.oneshot(request).await?;
    if draining.load(Ordering::Relaxed) {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}
