//! Memory over a million requests.

use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::Child;

use super::process::{Moment, moment};
use super::server::Server;
use super::{DISTURBED_MS, Load, Row, finish, forgetful, lateness, start};

/// A million requests in ten minutes: what it takes after a tenth, a half, and a moment before the end.
pub(super) async fn memory(load: Load) -> Vec<Row> {
    let server = forgetful().await;
    let directory = TempDir::new().unwrap();
    let child = start(&server, &directory, load, &["--ndjson", "seconds"]);
    let moments = moments(&server, &child, load, [0.1, 0.5, 0.96]).await;
    let report = finish(child, &directory).await;
    let first = moments[0].resident_kib as f64;
    moments
        .iter()
        .map(|moment| {
            let mib = moment.resident_kib as f64 / 1_024.0;
            let requests = moment.requests;
            Row {
                what: format!("memory after {requests} requests: {mib:.1} MiB, grown by"),
                figure: 100.0 * (moment.resident_kib as f64 / first - 1.0),
                limit: Some(10.0),
                unit: "%",
                disturbed: lateness(&report) > DISTURBED_MS,
            }
        })
        .collect()
}

/// The process when it has sent these parts of its requests.
async fn moments<const N: usize>(
    server: &Server,
    child: &Child,
    load: Load,
    parts: [f64; N],
) -> [Moment; N] {
    let begin = Instant::now();
    let mut moments = vec![];
    for part in parts {
        let requests = (part * load.rate * load.seconds as f64) as u64;
        while server.count() < requests {
            assert!(begin.elapsed() < Duration::from_secs(1_200), "too slow");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        moments.push(moment(server, child));
    }
    moments.try_into().ok().unwrap()
}
