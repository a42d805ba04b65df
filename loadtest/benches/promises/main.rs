//! Measures what the load test promises of itself, and prints a table: rates that arrive, a stall that is charged,
//! CPU for a request, memory that does not grow. Exits with 1 when a limit is missed.
//!
//! The real binary runs against the server of the tests, on a quiet machine; a run in which the generator itself
//! was late says more about the machine than about the schedule, and is marked. The last row alone takes ten minutes.
//!
//!     cargo bench -p loadtest                          all of it
//!     cargo bench -p loadtest -- stall                 one of rate, stall, cpu, memory
//!     cargo bench -p loadtest -- memory 200 120        at 200/s for 120 s, to look at it beside other work
//!
//! CPU is compared with goose's own in the same minutes: what a request takes differs twofold between machines.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed"
)]
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::process::{ExitCode, Stdio};
use std::time::Duration;
use std::{fmt, fs};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

#[path = "../../tests/it/server.rs"]
#[expect(dead_code, reason = "the tests ask the server for more")]
mod server;

mod cpu;
mod memory;
mod process;

use cpu::{beside_goose, goose_alone};
use memory::memory;
use server::{Faults, Server};

/// A run is disturbed when the generator itself was this late.
const DISTURBED_MS: f64 = 6.0;

/// So many requests per second for so long.
#[derive(Clone, Copy)]
struct Load {
    rate: f64,
    seconds: u64,
}

impl fmt::Display for Load {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, seconds } = self;
        write!(formatter, "{rate}/s for {seconds} s")
    }
}

struct Row {
    what: String,
    figure: f64,
    /// Nothing where the figure is only told.
    limit: Option<f64>,
    unit: &'static str,
    disturbed: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if let [word, host, rate @ ..] = &words[..]
        && word == "goose"
    {
        goose_alone(host, rate.first().map(|rate| rate.parse().unwrap())).await;
        return ExitCode::SUCCESS;
    }
    let wanted = |name: &str| words.first().is_none_or(|chosen| chosen == name);
    let load = |rate, seconds| Load {
        rate: words.get(1).map_or(rate, |word| word.parse().unwrap()),
        seconds: words.get(2).map_or(seconds, |word| word.parse().unwrap()),
    };
    let mut rows = vec![];
    if wanted("rate") {
        for rate in [50.0, 100.0, 500.0, 2_000.0] {
            rows.push(rate_that_arrives(load(rate, 30)).await);
        }
    }
    if wanted("stall") {
        rows.push(stall().await);
    }
    if wanted("cpu") {
        rows.extend(beside_goose().await);
    }
    if wanted("memory") {
        rows.extend(memory(load(1_750.0, 600)).await);
    }
    println!("{:<58} {:>10} {:>10}", "", "measured", "at most");
    for row in &rows {
        let Row {
            what,
            figure,
            limit,
            unit,
            ..
        } = row;
        let missed = if row.missed() { "MISSED" } else { "" };
        let noise = if row.disturbed { "machine busy" } else { "" };
        let limit = limit.map_or(String::new(), |limit| format!("{limit:.3} {unit:<2}"));
        println!("{what:<58} {figure:>7.3} {unit:<2} {limit:>10} {missed} {noise}");
    }
    ExitCode::from(u8::from(rows.iter().any(Row::missed)))
}

impl Row {
    fn missed(&self) -> bool {
        self.limit.is_some_and(|limit| self.figure > limit)
    }
}

/// They only look at the few events there are: answers as short as those by which the limit was set.
const LOOKING: &str = "looking.toml";
const LOOKING_PLAN: &str = r#"
name = "looking"
[[phase]]
name = "flood"
duration = "10s"
rate = "100000/s"
mix = { browse = 100, join = 0, leave = 0, organise = 0 }
"#;

async fn forgetful() -> Server {
    Server::start(Faults {
        forgetful: true,
        ..Faults::default()
    })
    .await
}

fn start(server: &Server, directory: &TempDir, load: Load, arguments: &[&str]) -> Child {
    fs::write(directory.path().join(LOOKING), LOOKING_PLAN).unwrap();
    Command::new(env!("CARGO_BIN_EXE_loadtest"))
        .args(["run", "--host", &server.host, "--json", "report.json"])
        .args(["--i-own-this-target", "127.0.0.1"])
        .args(["--rate", &format!("{}/s", load.rate)])
        .args(["--duration", &format!("{}s", load.seconds)])
        .args(arguments)
        .current_dir(directory.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn finish(mut child: Child, directory: &TempDir) -> Value {
    child.wait().await.unwrap();
    let text = fs::read_to_string(directory.path().join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn lateness(report: &Value) -> f64 {
    report["generator"]["lateness_p99_ms"].as_f64().unwrap()
}

/// How far the rate that the server sees is from the one asked for, in percent.
async fn rate_that_arrives(load: Load) -> Row {
    let server = forgetful().await;
    let directory = TempDir::new().unwrap();
    let child = start(&server, &directory, load, &[]);
    let report = finish(child, &directory).await;
    let arrivals = server.arrivals();
    let span = arrivals[1].duration_since(arrivals[0]).as_secs_f64();
    let arrived = (server.count() - 1) as f64 / span;
    Row {
        what: format!("rate: {load}, off by"),
        figure: 100.0 * (arrived / load.rate - 1.0).abs(),
        limit: Some(0.1),
        unit: "%",
        disturbed: lateness(&report) > DISTURBED_MS,
    }
}

/// 100/s for 20 s, and nothing is answered for 2 s: 200 of 2,000 requests wait 2,000 ms, 1,990 ms, …,
/// so the 95th percentile is 1,000 ms.
async fn stall() -> Row {
    let server = Server::start(Faults {
        stall: Some((1_000, Duration::from_secs(2))),
        ..Faults::default()
    })
    .await;
    let directory = TempDir::new().unwrap();
    let load = Load {
        rate: 100.0,
        seconds: 20,
    };
    let child = start(&server, &directory, load, &[]);
    let report = finish(child, &directory).await;
    let p95 = report["latency"]["response"]["p95_ms"].as_f64().unwrap();
    Row {
        what: format!("stall of 2 s at 100/s: p95 is {p95:.0} ms, off 1,000 by"),
        figure: 100.0 * (p95 / 1_000.0 - 1.0).abs(),
        limit: Some(2.0),
        unit: "%",
        disturbed: lateness(&report) > DISTURBED_MS,
    }
}
