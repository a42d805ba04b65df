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
use std::time::{Duration, Instant};
use std::{fmt, fs};

use goose::config::GooseConfiguration;
use goose::prelude::*;
use rustix::param::clock_ticks_per_second;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

#[path = "../tests/it/server.rs"]
#[expect(dead_code, reason = "the tests ask the server for more")]
mod server;

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

/// More than can be had: users never wait for the schedule. So the figure was made by which the limit was set;
/// at a rate with pauses most of the time for a request goes into falling asleep and being woken.
const FLOOD: Load = Load {
    rate: 30_000.0,
    seconds: 10,
};
/// Who floods.
const USERS: &str = "50";
/// They only look at the few events there are: answers as short as those by which the limit was set.
const LOOKING: &str = "looking.toml";
const LOOKING_PLAN: &str = r#"
name = "looking"
[[phase]]
name = "flood"
duration = "10s"
rate = "30000/s"
mix = { browse = 100, join = 0, leave = 0, organise = 0 }
"#;
/// What a request may take; on the machine where goose 0.19 alone takes …
const LIMIT_US: f64 = 35.0;
/// … this, the middle of 25.2 to 28.2. The same machine is at times half as fast: the ratio tells which of the two it was.
const GOOSE_US: f64 = 26.7;
/// So often goose and we take turns.
const TURNS: usize = 3;

/// A moment of the process under test.
#[derive(Clone, Copy)]
struct Moment {
    requests: u64,
    cpu: Duration,
    resident_kib: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if let [word, host] = &words[..]
        && word == "goose"
    {
        goose_alone(host).await;
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
        rows.extend(cpu_beside_goose().await);
        rows.push(Row {
            what: format!("CPU for a request: {}, connections kept", load(2_000.0, 30)),
            figure: cpu_of_a_request(load(2_000.0, 30), &[]).await,
            limit: None,
            unit: "µs",
            disturbed: false,
        });
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

/// What a request takes us and what it takes goose alone, by turns; the medians.
async fn cpu_beside_goose() -> [Row; 5] {
    let (mut ours, mut all, mut gooses) = (vec![], vec![], vec![]);
    for _ in 0..TURNS {
        gooses.push(cpu_of_goose().await);
        ours.push(cpu_of_a_request(FLOOD, &["--users", USERS, "--plan", LOOKING]).await);
        all.push(cpu_of_a_request(FLOOD, &["--users", USERS]).await);
    }
    let [ours, all, goose] = [ours, all, gooses].map(|mut figures| {
        figures.sort_by(f64::total_cmp);
        figures[TURNS / 2]
    });
    let row = |what: &str, figure, limit, unit| Row {
        what: format!("CPU for a request: {USERS} users without a pause, {what}"),
        figure,
        limit,
        unit,
        disturbed: false,
    };
    [
        row("goose", goose, None, "µs"),
        row("loadtest", ours, Some(LIMIT_US), "µs"),
        row("ratio", ours / goose, Some(LIMIT_US / GOOSE_US), ""),
        row("who also write", all, Some(LIMIT_US), "µs"),
        row("ratio", all / goose, Some(LIMIT_US / GOOSE_US), ""),
    ]
}

/// In microseconds.
async fn cpu_of_a_request(load: Load, arguments: &[&str]) -> f64 {
    let server = forgetful().await;
    let directory = TempDir::new().unwrap();
    let child = start(&server, &directory, load, arguments);
    let cpu = cpu_while_it_runs(&server, &child).await;
    finish(child, &directory).await;
    cpu
}

/// The same of goose, which does nothing but ask for an empty list.
async fn cpu_of_goose() -> f64 {
    let server = forgetful().await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["goose", &server.host])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let cpu = cpu_while_it_runs(&server, &child).await;
    child.kill().await.unwrap();
    cpu
}

/// In some seconds between start and preflight and the end.
async fn cpu_while_it_runs(server: &Server, child: &Child) -> f64 {
    let begin = Instant::now();
    while server.count() == 0 {
        assert!(begin.elapsed() < Duration::from_secs(60), "nobody asks");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let from = moment(server, child);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let to = moment(server, child);
    (to.cpu - from.cpu).as_secs_f64() * 1e6 / (to.requests - from.requests) as f64
}

/// goose without anything of ours, until somebody ends it.
async fn goose_alone(host: &str) {
    async fn ask(user: &mut GooseUser) -> TransactionResult {
        // The server counts what has an id.
        let request = user
            .get_request_builder(&GooseMethod::Get, "/events?q=nothing-has-this-name")?
            .header("x-request-id", "goose-0");
        let request = GooseRequest::builder().set_request_builder(request).build();
        let answer = user.request(request).await?;
        if let Ok(response) = answer.response {
            // A body left unread costs the connection.
            let _ = response.bytes().await;
        }
        Ok(())
    }
    let mut configuration = GooseConfiguration::default();
    configuration.host = Some(host.to_owned());
    configuration.users = Some(USERS.parse().unwrap());
    configuration.increase_rate = Some("100".to_owned());
    configuration.no_telnet = true;
    configuration.quiet = 2;
    GooseAttack::initialize_with_config(configuration)
        .unwrap()
        .register_scenario(scenario!("ask").register_transaction(transaction!(ask)))
        .execute()
        .await
        .unwrap();
}

/// A million requests in ten minutes: what it takes after a tenth, a half, and a moment before the end.
async fn memory(load: Load) -> Vec<Row> {
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

fn moment(server: &Server, child: &Child) -> Moment {
    let id = child.id().unwrap();
    Moment {
        requests: server.count(),
        cpu: cpu(id),
        resident_kib: resident_kib(id),
    }
}

/// Fields 14 and 15 of `/proc/PID/stat` (proc(5)), counted from behind the name, which may hold anything.
fn cpu(id: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<_> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_ascii_whitespace()
        .collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|it| it.parse::<u64>().unwrap())
        .sum();
    Duration::from_secs_f64(ticks as f64 / clock_ticks_per_second() as f64)
}

fn resident_kib(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("it ended before it was measured");
    line.split_ascii_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}
