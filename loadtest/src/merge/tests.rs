//! Ten workers, one of them slow, beside one recorder that has all their requests.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::sum::{Sum, sum};
use super::{Gap, balancer, judged};
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
use crate::witness::{Measure, Metric, Seen, Sighting};

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
        verified: Verified::default(),
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

#[test]
fn ten_workers_add_up_to_exactly_what_one_would_have_measured() {
    let (files, whole) = run(true);
    let sum = read(files).unwrap();
    assert_eq!(sum.gaps, []);
    for (phase, cells) in whole.cells.iter().enumerate() {
        for (endpoint, cell) in cells.iter().enumerate() {
            let added = &sum.evidence.cells[phase][endpoint];
            assert!(cell.requests() > 400);
            assert_eq!(added.outcomes, cell.outcomes);
            assert_eq!(added.causes, cell.causes);
            assert_eq!((&added.late, added.queued), (&cell.late, cell.queued));
            let slot = |cell: &crate::record::Cell| cell.slowest.as_ref().map(|it| it.slot);
            assert_eq!(slot(added), slot(cell));
            assert_eq!(added.response, cell.response);
            assert_eq!(added.service, cell.service);
            assert_eq!(added.first_byte, cell.first_byte);
            assert_eq!(added.lateness, cell.lateness);
        }
    }
    assert_eq!(sum.evidence.seconds.len(), whole.seconds.len());
    for (added, second) in sum.evidence.seconds.iter().zip(&whole.seconds) {
        let [added, second] = [added, second].map(|it| serde_json::to_value(it).unwrap());
        assert_eq!(added, second);
    }
    // What averages over machines hide: a tenth of the requests is slow, and all of them are one worker's.
    let all = sum.evidence.judged();
    assert!(all.failures() > 0 && all.response.value_at_percentile(95.0) > 300_000);
    assert_eq!(sum.aftermath.beside, BESIDE * u64::from(WORKERS));
    assert_eq!(sum.aftermath.cleaned, Cleaned::Deleted(30));
}

#[test]
fn a_whole_run_is_judged_and_one_with_a_hole_is_not() {
    let (files, _) = run(false);
    assert_eq!(verdict(files).0, Verdict::Pass);

    let missing = [&files[..2], &files[3..]].concat();
    let gap = Gap::WorkersMissing {
        workers: vec![3],
        of: WORKERS,
    };
    assert_eq!(read(&missing).unwrap().gaps, [gap]);
    let inconclusive = |code: &str| (Verdict::Inconclusive, vec![code.to_owned()]);
    assert_eq!(verdict(&missing), inconclusive("workers-missing"));

    let mut hole = files.clone();
    hole[2] = keep(&files[2], |line| match line {
        Line::Second(figures) => figures.second != 7,
        Line::Tick(tick) => tick.second != 7,
        _ => true,
    });
    let gap = Gap::SecondsMissing {
        worker: 3,
        first: 7,
        count: 1,
    };
    let sum = read(&hole).unwrap();
    assert_eq!(sum.gaps, [gap]);
    // The seconds after it stay where they were.
    let offered: u64 = sum.evidence.seconds.iter().map(|it| it.offered).sum();
    assert_eq!(sum.evidence.seconds.len() as u64, SECONDS);
    assert!(offered < Tally::of(&plan(), Slots::ALL).requests());
    assert_eq!(verdict(&hole), inconclusive("seconds-missing"));

    let mut killed = files.clone();
    killed[2] = keep(&files[2], |line| match line {
        Line::Second(figures) => figures.second < 5,
        Line::Tick(tick) => tick.second < 5,
        Line::End(_) => false,
        _ => true,
    });
    let (verdict, codes) = verdict(&killed);
    assert_eq!(verdict, Verdict::Inconclusive);
    assert!(codes.contains(&"worker-killed".to_owned()), "{codes:?}");
    assert!(!codes.contains(&"seconds-missing".to_owned()), "{codes:?}");
}

#[test]
fn one_late_generator_of_ten_is_not_hidden_by_the_others() {
    let (files, whole) = run(true);
    let (verdict, codes) = verdict(files);
    assert_eq!(verdict, Verdict::Inconclusive);
    assert_eq!(codes, ["generator-late"]);
    let all = whole.total(crate::plan::rule::Scope::default()).lateness;
    assert!(all.value_at_percentile(99.0) < 100_000);
}

#[test]
fn clocks_that_nobody_compared_or_somebody_set_are_gaps() {
    let (files, _) = run(false);
    let changed = |place: usize, change: &dyn Fn(&mut Line)| {
        let mut files = files.clone();
        let mut changed = vec![];
        for line in files[place].split_inclusive(|byte| *byte == b'\n') {
            let mut line: Line = serde_json::from_slice(line).unwrap();
            change(&mut line);
            line.write(&mut changed).unwrap();
        }
        files[place] = changed;
        read(&files).unwrap().gaps
    };
    let silent = changed(1, &|line| {
        if let Line::Run {
            part: Some(part), ..
        } = line
        {
            part.clock = None;
        }
    });
    assert_eq!(silent, [Gap::ClocksUnknown { workers: vec![2] }]);
    let ahead = changed(1, &|line| {
        if let Line::Run {
            part: Some(part), ..
        } = line
        {
            part.clock = Some(Offset {
                ahead_ms: -2_000.0,
                within_ms: 1.0,
            });
        }
    });
    let apart = Gap::ClocksApart {
        worker: 2,
        other: 10,
        apart_ms: 2_007.0,
    };
    assert_eq!(ahead, [apart]);
    let set = changed(1, &|line| {
        if let Line::End(aftermath) = line {
            let began_at = begins_at() + TimeDelta::milliseconds(1_500);
            aftermath.when = aftermath.when.map(|when| When { began_at, ..when });
        }
    });
    let late = Gap::BegunElsewhen {
        worker: 2,
        late_ms: 1_500.0,
    };
    assert_eq!(set, [late]);
}

#[test]
fn only_files_of_one_run_are_added_up() {
    let (files, _) = run(false);
    let twice = [files.as_slice(), &files[..1]].concat();
    assert!(refused(&twice).contains("is of worker 1/10 too"));
    let mut other = files.clone();
    let text = String::from_utf8(other[1].clone()).unwrap();
    other[1] = text.replace("\"seed\":7", "\"seed\":8").into_bytes();
    assert!(refused(&other).contains("the plan is another one"));
    let mut moved = files.clone();
    moved[1] = text
        .replacen("\"offered\":", "\"offered\":9", 1)
        .into_bytes();
    assert!(refused(&moved).contains("does not fit the plan"));
}

/// What a load balancer counted, minute by minute from a minute before the run, and until when somebody looked.
fn watched(minutes: [f64; 3], until_s: f64) -> Vec<Sighting> {
    let sighting = |at_s, seen| Sighting {
        at_s,
        after_s: None,
        seen,
    };
    let metric = |(place, value): (usize, f64)| {
        let from_s = 60.0 * place as f64 - 60.0;
        let metric = Metric {
            of: Measure::Requests,
            from_s,
            period_s: 60.0,
            value,
        };
        sighting(from_s + 150.0, Seen::Metric(metric))
    };
    let begin = sighting(-100.0, Seen::Range(crate::witness::Range::default()));
    let metrics = minutes.into_iter().enumerate().map(metric);
    let end = sighting(until_s, Seen::End);
    [begin].into_iter().chain(metrics).chain([end]).collect()
}

#[test]
fn the_load_balancer_must_have_counted_as_many_requests() {
    let (files, _) = run(false);
    let sum = read(files).unwrap();
    // In the minute before, when the workers came, and in the one of the load; the one after is no part of it.
    let made = sum.aftermath.sent + 70;
    let before = 40.0;
    let gap = |counted: f64, until_s| {
        let minutes = [before, counted - before, 1_000.0];
        balancer::gap(&sum, &watched(minutes, until_s)).map(|gap| gap.code())
    };
    let made = made as f64;
    assert_eq!(gap(made, 400.0), None);
    assert_eq!(gap(made * 1.004, 400.0), None);
    assert_eq!(gap(made * 0.996, 400.0), None);
    assert_eq!(gap(made * 1.006, 400.0), Some("requests-differ"));
    assert_eq!(gap(made * 0.994, 400.0), Some("requests-differ"));
    assert_eq!(gap(made, 200.0), Some("requests-uncounted"));
    assert_eq!(
        balancer::gap(&sum, &[]).unwrap().code(),
        "requests-uncounted"
    );
    // A pass needs the count; a fail that is shown stands without it.
    let mut sum = sum;
    sum.gaps.extend(balancer::gap(&sum, &[]));
    let report = judged(sum).unwrap();
    assert_eq!(report.verdict, Verdict::Inconclusive);
    assert_eq!(report.reasons[0].code, "requests-uncounted");
}
