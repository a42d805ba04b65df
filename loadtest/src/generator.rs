//! How the generator itself fared: what it took from the machine, what it wanted and did not get.
//!
//! A generator that is short of CPU measures itself. What it lacks is therefore evidence like any other,
//! second by second, and [`strain`] says when its figures are worth nothing.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

pub mod ceiling;
pub mod strain;

use ceiling::Ceiling;

/// Seconds over which the busiest time is looked for: a single second says little.
const BUSY: usize = 5;

/// One second of the generator; what the system does not tell is zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    /// CPUs that the process used.
    pub cpu: f64,
    /// CPUs that its threads wanted and waited for.
    pub starved: f64,
    /// The share of the machine's CPU time that anybody used.
    pub machine: f64,
    /// The share of it that the hypervisor gave to others.
    pub steal: f64,
    /// Open files and connections.
    pub descriptors: u64,
}

/// The generator over the whole load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Health {
    /// How many CPUs the process may use.
    pub cpus: f64,
    /// How many it used on average.
    pub cpu: f64,
    /// How many it used in its busiest five seconds.
    pub busiest_cpu: f64,
    /// How many CPUs its threads waited for in the worst five seconds.
    pub starved: f64,
    /// The largest share of the machine that was in use for five seconds.
    pub machine: f64,
    /// The largest share that the hypervisor gave to others for five seconds.
    pub steal: f64,
    /// Open files and connections at most.
    pub descriptors: u64,
    /// How many were allowed.
    pub descriptors_allowed: u64,
    /// What the generator could do before the load, alone.
    pub ceiling: Option<Ceiling>,
}

/// Feels the pulse once a second.
#[derive(Debug)]
pub struct Meter {
    last: Reading,
    recent: VecDeque<Pulse>,
    seconds: u64,
    health: Health,
}

/// What the system has counted until a moment.
#[derive(Debug)]
struct Reading {
    at: Instant,
    /// CPU time of the process.
    used: Duration,
    /// Nanoseconds that each of its threads has waited for a CPU.
    waited: BTreeMap<OsString, u64>,
    /// CPU time of the machine in ticks: all, idle, stolen.
    machine: [u64; 3],
}

impl Meter {
    /// Begins now.
    pub fn new(ceiling: Option<Ceiling>) -> Self {
        Self {
            last: Reading::now(),
            recent: VecDeque::new(),
            seconds: 0,
            health: Health {
                cpus: cpus(),
                descriptors_allowed: getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX),
                ceiling,
                ..Health::default()
            },
        }
    }

    /// The time since the last beat.
    pub fn beat(&mut self) -> Pulse {
        let now = Reading::now();
        let pulse = self.last.until(&now);
        self.last = now;
        self.recent.push_back(pulse);
        if self.recent.len() > BUSY {
            self.recent.pop_front();
        }
        let mean = |figure: fn(&Pulse) -> f64| {
            self.recent.iter().map(figure).sum::<f64>() / self.recent.len() as f64
        };
        let health = &mut self.health;
        self.seconds += 1;
        health.cpu += (pulse.cpu - health.cpu) / self.seconds as f64;
        health.busiest_cpu = health.busiest_cpu.max(mean(|it| it.cpu));
        health.starved = health.starved.max(mean(|it| it.starved));
        health.machine = health.machine.max(mean(|it| it.machine));
        health.steal = health.steal.max(mean(|it| it.steal));
        health.descriptors = health.descriptors.max(pulse.descriptors);
        pulse
    }

    /// What was felt until now.
    pub fn health(&self) -> Health {
        self.health
    }
}

/// How many CPUs the process may use: those it is pinned to, and what its control group allows.
pub fn cpus() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |cpus| cpus.get() as f64)
}

impl Reading {
    fn now() -> Self {
        Self {
            at: Instant::now(),
            used: Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default(),
            waited: waited(),
            machine: machine().unwrap_or_default(),
        }
    }

    fn until(&self, later: &Self) -> Pulse {
        let wall = later.at.saturating_duration_since(self.at).as_secs_f64();
        let of_wall = |time: Duration| match wall {
            0.0 => 0.0,
            wall => time.as_secs_f64() / wall,
        };
        // A thread that has ended in between takes its time with it.
        let waited = later.waited.iter().map(|(thread, nanos)| {
            nanos.saturating_sub(self.waited.get(thread).copied().unwrap_or_default())
        });
        let [all, idle, stolen] =
            [0, 1, 2].map(|at| later.machine[at].saturating_sub(self.machine[at]) as f64);
        Pulse {
            cpu: of_wall(later.used.saturating_sub(self.used)),
            starved: of_wall(Duration::from_nanos(waited.sum())),
            machine: if all > 0.0 { (all - idle) / all } else { 0.0 },
            steal: if all > 0.0 { stolen / all } else { 0.0 },
            descriptors: descriptors(),
        }
    }
}

/// The second figure of each thread's `schedstat`: nanoseconds spent ready to run on no CPU (proc(5)).
fn waited() -> BTreeMap<OsString, u64> {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    threads
        .flatten()
        .filter_map(|thread| {
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            let nanos = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
            Some((thread.file_name(), nanos))
        })
        .collect()
}

/// The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)).
fn machine() -> Option<[u64; 3]> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let fields: Vec<u64> = text
        .lines()
        .next()?
        .split_ascii_whitespace()
        .skip(1)
        .take(8)
        .map_while(|field| field.parse().ok())
        .collect();
    let all = fields.iter().sum();
    Some([all, fields.get(3)? + fields.get(4)?, *fields.get(7)?])
}

fn descriptors() -> u64 {
    fs::read_dir("/proc/self/fd").map_or(0, |files| files.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_felt() {
        let mut meter = Meter::new(None);
        let begin = Instant::now();
        let mut files = vec![];
        while begin.elapsed() < Duration::from_millis(300) {
            files.extend((files.len() < 20).then(|| fs::File::open("/proc/self/stat").unwrap()));
        }
        let pulse = meter.beat();
        // The machine may be shared, but what this thread did not get, it waited for.
        assert!(pulse.cpu + pulse.starved > 0.7, "{pulse:?}");
        assert!(pulse.descriptors > 20, "{pulse:?}");
        assert!(meter.health().busiest_cpu > 0.0 && meter.health().cpus >= 1.0);
    }
}
