//! Ten workers, one of them slow, beside one recorder that has all their requests.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::sum::{Sum, sum};
use super::{Gap, judged};
use crate::aftermath::{Aftermath, Cleaned, When};
use crate::clock::Offset;
use crate::endpoint::Endpoint;
use crate::generator::{Health, Pulse};
use crate::judge::Verdict;
use crate::ledger::{Acknowledged, Verified};
use crate::manifest::Manifest;
use crate::outcome::Outcome;
use crate::pacer::schedule::{Due, Schedule, Tally};
use crate::part::{Part, Slots};
use crate::plan::{File, Plan};
use crate::record::line::{Line, Terms, VERSION};
use crate::record::replay::Reader;
use crate::record::{Evidence, Recorder, Sample};
use crate::results::Memory;

mod clocks;
mod counts;
mod holes;
mod sums;
mod unlike;

const WORKERS: u32 = 10;
const SLOW: u32 = 4;
const SECONDS: u64 = 10;
/// Requests of each worker that are no part of the schedule.
const BESIDE: u64 = 7;

fn begins_at() -> DateTime<Utc> {
    "2026-04-01T09:00:00Z".parse().unwrap()
}

/// 400/s, by chance, for 10 s.
fn plan() -> Plan {
    let mut file = File::constant();
    file.scale_rate(400.0);
    file.scale_duration(Duration::from_secs(SECONDS));
    file.seed = Some(7);
    file.arrivals = Some(crate::plan::Arrivals::Poisson);
    Plan::try_from(file).unwrap()
}

/// What became of the request in a slot; a worker has every tenth. With `late` one of them is short of CPU, and meets faults.
fn sample(due: &Due, rng: &mut StdRng, late: bool) -> Sample {
    let slow = due.index % u64::from(WORKERS) == u64::from(SLOW - 1);
    let ms = rng.random_range(2.0..40.0) * if slow { 20.0 } else { 1.0 };
    let service = Duration::from_secs_f64(ms / 1_000.0);
    let lateness = Duration::from_micros(rng.random_range(1..2_000));
    let lateness = if late && slow && rng.random_range(0..20) == 0 {
        Duration::from_millis(400)
    } else {
        lateness
    };
    let failed = late && slow && due.index > 3_900;
    Sample {
        slot: due.index,
        phase: due.phase,
        endpoint: Endpoint::ALL[rng.random_range(0..Endpoint::ALL.len())],
        outcome: if failed {
            Outcome::ServerFault
        } else {
            Outcome::Ok
        },
        cause: failed.then(|| "http-503".into()),
        response: service + lateness,
        service,
        first_byte: service / 2,
        lateness,
        queued: Duration::ZERO,
    }
}

/// The run, made once: with `late`, one of the workers was short of CPU.
fn run(late: bool) -> &'static (Vec<Vec<u8>>, Evidence) {
    static WELL: LazyLock<(Vec<Vec<u8>>, Evidence)> = LazyLock::new(|| made(false));
    static LATE: LazyLock<(Vec<Vec<u8>>, Evidence)> = LazyLock::new(|| made(true));
    if late { &LATE } else { &WELL }
}

/// The files of all workers, and what one recorder has of all of their requests.
fn made(late: bool) -> (Vec<Vec<u8>>, Evidence) {
    let plan = plan();
    let mut rng = StdRng::seed_from_u64(1);
    let dues: Vec<Due> = Schedule::new(&plan, Slots::ALL).collect();
    let samples: Vec<Sample> = dues.iter().map(|due| sample(due, &mut rng, late)).collect();
    let recorded = |slots: Slots, memory: Option<Memory>| {
        let file = memory.map(|memory| Box::new(memory) as crate::run::Sink);
        let recorder = Recorder::new(&plan, Tally::of(&plan, slots).seconds, file);
        if slots != Slots::ALL {
            recorder.write(&beginning(&plan, slots));
        }
        let own = || {
            dues.iter()
                .zip(&samples)
                .filter(|(due, _)| slots.have(due.index))
        };
        for (due, sample) in own() {
            recorder.record(due.at, sample.clone());
        }
        for second in 1..=SECONDS {
            own()
                .filter(|(due, _)| due.at.as_secs() + 1 == second)
                .for_each(|_| recorder.sending());
            recorder.tick(Duration::from_secs(second), Pulse::default());
        }
        if slots != Slots::ALL {
            recorder.write(&Line::End(Box::new(aftermath(recorder.sent()))));
        }
        recorder.finish()
    };
    let files = (1..=WORKERS).map(|worker| {
        let memory = Memory::default();
        recorded(
            Slots {
                worker,
                of: WORKERS,
            },
            Some(memory.clone()),
        );
        memory.take()
    });
    (files.collect(), recorded(Slots::ALL, None))
}

fn beginning(plan: &Plan, slots: Slots) -> Line {
    Line::Run {
        version: VERSION,
        run: format!("20260401-090000-1a2b-{}", slots.worker),
        host: "http://127.0.0.1:8080/".to_owned(),
        started_at: begins_at().to_rfc3339(),
        plan: Box::new(plan.clone()),
        manifest: Manifest {
            loadtest: "0.1.0".to_owned(),
            service: None,
            task: None,
            commit: None,
            system: "Linux".to_owned(),
            cpus: 1,
            command: "loadtest work".to_owned(),
        },
        terms: Box::new(Terms::default()),
        part: Some(Box::new(Part {
            run: "20260401-090000-1a2b".to_owned(),
            slots,
            came_at: begins_at() - TimeDelta::seconds(30),
            begins_at: begins_at(),
            clock: Some(Offset {
                ahead_ms: f64::from(slots.worker),
                within_ms: 2.0,
            }),
        })),
    }
}

fn aftermath(sent: u64) -> Aftermath {
    Aftermath {
        sent,
        beside: BESIDE,
        when: Some(When {
            began_at: begins_at() + TimeDelta::milliseconds(3),
            ended_at: begins_at() + TimeDelta::seconds(50),
        }),
        unsent: 0,
        stopped: None,
        health: Health {
            cpus: 1.0,
            descriptors_allowed: 1_024,
            ..Health::default()
        },
        acknowledged: Acknowledged::default(),
        verified: Verified {
            races: Some(20),
            ..Verified::default()
        },
        cleaned: Cleaned::Deleted(3),
        verdict: None,
    }
}

fn read(files: &[Vec<u8>]) -> Result<Sum, String> {
    let readers = files.iter().enumerate().map(|(place, bytes)| {
        let cut = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let first = serde_json::from_slice(&bytes[..cut]).unwrap();
        let reader = Reader::new(first, Cursor::new(bytes[cut..].to_vec())).unwrap();
        (PathBuf::from(format!("file-{place}")), reader)
    });
    sum(readers.collect()).map_err(|error| error.text(crate::lang::Lang::En))
}

/// Why files are not added up.
fn refused(files: &[Vec<u8>]) -> String {
    read(files).map(|_| "they are added up").err().unwrap()
}

/// The verdict, with the codes of its reasons.
fn verdict(files: &[Vec<u8>]) -> (Verdict, Vec<String>) {
    let report = judged(read(files).unwrap()).unwrap();
    let codes = report.reasons.into_iter().map(|reason| reason.code);
    (report.verdict, codes.collect())
}

/// The lines of a file that are wanted.
fn keep(file: &[u8], wanted: impl Fn(&Line) -> bool) -> Vec<u8> {
    let lines = file.split_inclusive(|byte| *byte == b'\n');
    let wanted = lines.filter(|line| wanted(&serde_json::from_slice(line).unwrap()));
    wanted.flatten().copied().collect()
}

/// The files where of the third worker a second is missing.
fn third_without(files: &[Vec<u8>], second: u64) -> Vec<Vec<u8>> {
    let mut files = files.to_vec();
    files[2] = keep(&files[2], |line| match line {
        Line::Second(figures) => figures.second != second,
        Line::Tick(tick) => tick.second != second,
        _ => true,
    });
    files
}

/// The files where the third worker was killed in a second.
fn third_killed(files: &[Vec<u8>], second: u64) -> Vec<Vec<u8>> {
    let mut files = files.to_vec();
    files[2] = keep(&files[2], |line| match line {
        Line::Second(figures) => figures.second < second,
        Line::Tick(tick) => tick.second < second,
        Line::End(_) => false,
        _ => true,
    });
    files
}
