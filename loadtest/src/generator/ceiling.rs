//! What the generator can do alone: as many requests as it can make, against a server that does nothing.
//!
//! The requests go the way of the measured ones, from the headers to the books; only goose's loop around them is left out.
//! The server runs in a thread of this process on loopback and takes CPU from the generator, as the system under test
//! would on the same machine; so the figure is a lower bound, and an honest one.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::Url;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::call::{Answer, Call};
use crate::drive::client;
use crate::endpoint::Endpoint;
use crate::pacer::Slot;
use crate::plan::Plan;
use crate::record::Recorder;
use crate::stop::Stop;
use crate::target::Listing;

/// It takes at most so long.
const TIME: Duration = Duration::from_secs(3);
/// And at least so long.
const LEAST: Duration = Duration::from_millis(300);
/// It ends early when it has shown so many times the rate that the plan asks for.
const PLENTY: f64 = 10.0;
/// How many requests are under way at once.
const AT_ONCE: usize = 32;

/// What the generator can do alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Ceiling {
    /// Requests per second.
    pub rate: f64,
    /// How long that was measured.
    pub seconds: f64,
    /// CPU time of the process for one request, without the server's, in microseconds.
    pub cpu_us: f64,
}

/// Measures it; nothing where there is no port to be had, for then the run will tell.
pub async fn measure(plan: &Plan) -> Option<Ceiling> {
    let server = Server::start().ok()?;
    let host = Url::parse(&format!("http://{}", server.address)).ok()?;
    let mut alone = plan.clone();
    // The server is no HTTP/2 server, and nobody stalls it.
    alone.http2 = false;
    let recorder = Arc::new(Recorder::new(&alone, vec![], None));
    let client = client(&alone).ok()?;
    let made = Arc::new(AtomicU64::new(0));
    let stop = Stop::default();
    let begin = Instant::now();
    let cpu = process_cpu();
    let mut users = JoinSet::new();
    for _ in 0..AT_ONCE.min(plan.users) {
        let (host, client, made) = (host.clone(), client.clone(), Arc::clone(&made));
        let (recorder, stop) = (Arc::clone(&recorder), stop.clone());
        users.spawn(async move {
            loop {
                let now = Instant::now();
                let call = Call {
                    client: client.clone(),
                    host: &host,
                    slot: Slot {
                        index: made.load(Ordering::Relaxed),
                        phase: 0,
                        intended: now,
                        claimed: now,
                    },
                    recorder: &recorder,
                    begin,
                    stop: &stop,
                    run: "ceiling",
                };
                let _: Answer<Listing> = call.send(Endpoint::List, "/events").await;
                made.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let ceiling = loop {
        tokio::time::sleep(LEAST / 3).await;
        let seconds = begin.elapsed().as_secs_f64();
        let requests = made.load(Ordering::Relaxed) as f64;
        let rate = requests / seconds;
        let enough = seconds >= LEAST.as_secs_f64() && rate > PLENTY * plan.peak();
        if enough || seconds >= TIME.as_secs_f64() {
            let used = process_cpu()
                .saturating_sub(cpu)
                .saturating_sub(server.cpu());
            break Ceiling {
                rate,
                seconds,
                cpu_us: used.as_secs_f64() * 1e6 / requests.max(1.0),
            };
        }
    };
    users.shutdown().await;
    Some(ceiling)
}

fn process_cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// Answers everything with an empty page, in a thread of its own that ends with it.
struct Server {
    address: SocketAddr,
    cpu_nanos: Arc<AtomicU64>,
    _running: tokio::sync::oneshot::Sender<()>,
}

impl Server {
    fn start() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let cpu_nanos = Arc::new(AtomicU64::new(0));
        let (running, ended) = tokio::sync::oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let cpu = Arc::clone(&cpu_nanos);
        std::thread::Builder::new()
            .name("nothing".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    tokio::select! {
                        _ = ended => {}
                        _ = serve(listener, cpu) => {}
                    }
                });
            })?;
        Ok(Self {
            address,
            cpu_nanos,
            _running: running,
        })
    }

    /// The CPU time of its thread, as of its last answers.
    fn cpu(&self) -> Duration {
        Duration::from_nanos(self.cpu_nanos.load(Ordering::Relaxed))
    }
}

async fn serve(listener: std::net::TcpListener, cpu: Arc<AtomicU64>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(answer(stream, Arc::clone(&cpu)));
    }
}

async fn answer(mut stream: TcpStream, cpu: Arc<AtomicU64>) -> io::Result<()> {
    const PAGE: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 24\r\n\r\n\
        {\"items\":[],\"next\":null}";
    stream.set_nodelay(true)?;
    let mut buffer = [0; 4_096];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        // Requests without a body, one at a time, each in far fewer bytes than the buffer has.
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            stream.write_all(PAGE).await?;
            filled = 0;
            let used =
                Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default();
            cpu.store(used.as_nanos() as u64, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::File;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_rate_is_found_and_little_time_is_spent_on_a_small_plan() {
        let mut file = File::constant();
        file.scale_rate(1.0);
        let plan = Plan::try_from(file).unwrap();
        let ceiling = measure(&plan).await.unwrap();
        assert!(ceiling.rate > 50.0, "{ceiling:?}");
        assert!(ceiling.seconds < 2.0, "{ceiling:?}");
        assert!((1.0..50_000.0).contains(&ceiling.cpu_us), "{ceiling:?}");
    }
}
