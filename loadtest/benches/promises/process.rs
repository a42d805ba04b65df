//! The process under test, as the kernel sees it.

use std::fs;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use tokio::process::Child;

use super::server::Server;

/// A moment of the process under test.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) requests: u64,
    pub(super) cpu: Duration,
    pub(super) resident_kib: u64,
}

pub(super) fn moment(server: &Server, child: &Child) -> Moment {
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
