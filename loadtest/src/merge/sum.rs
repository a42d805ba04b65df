//! The sum: second by second, count by count.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use super::{Gap, clocks};
use crate::aftermath::{Aftermath, Cleaned};
use crate::generator::{Health, Pulse};
use crate::ledger::{Acknowledged, Verified};
use crate::pacer::schedule::Tally;
use crate::part::Part;
use crate::record::line::Tick;
use crate::record::replay::{Head, Reader, Written};
use crate::record::times::{Times, times};
use crate::record::{Cell, Evidence};
use crate::usage::UsageError;

/// What all workers have done together.
#[derive(Debug)]
pub(super) struct Sum {
    /// What the first of them says of the run.
    pub head: Head,
    /// What the requests met.
    pub evidence: Evidence,
    /// What is known beside it.
    pub aftermath: Aftermath,
    /// The workers whose results are there, by their number.
    pub workers: Vec<Worker>,
    /// What is not there, or does not fit.
    pub gaps: Vec<Gap>,
}

/// One worker's part, read to its end.
#[derive(Debug)]
pub(super) struct Worker {
    /// What it was to do.
    pub part: Part,
    /// What is known of it beside its seconds.
    pub aftermath: Aftermath,
    /// Whether it did not live to write its end.
    pub was_killed: bool,
    /// Its own delay.
    pub lateness: Times,
    /// From the intended start to the last byte.
    pub response: Times,
    /// Requests that say something about the service.
    pub requests: u64,
    /// Failures among them.
    pub failures: u64,
    /// Seconds in which it had something to send and that are there.
    pub seconds: u64,
    /// Those that are not there.
    pub seconds_missing: u64,
}

/// A file under way.
struct Hand<R> {
    path: PathBuf,
    part: Part,
    reader: Reader<R>,
    /// What it has to send in each second.
    tally: Vec<u64>,
    next: Option<Written>,
    lateness: Times,
    response: Times,
    requests: u64,
    failures: u64,
    /// Seconds in which it had something to send and wrote nothing.
    missing: Vec<u64>,
    last: Option<u64>,
}

/// Adds the files up; an error if they are not of one run, or damaged.
pub(super) fn sum<R: BufRead>(files: Vec<(PathBuf, Reader<R>)>) -> Result<Sum, UsageError> {
    let mut hands = hands(files)?;
    hands.sort_by_key(|hand| hand.part.slots);
    let Some(first) = hands.first() else {
        return Err(UsageError::NothingToMerge(PathBuf::new()));
    };
    let (of, mut evidence) = (first.part.slots.of, Evidence::new(&first.reader.head.plan));
    let foreign = |path: &Path, error: io::Error| UsageError::Foreign {
        path: path.to_owned(),
        why: error.to_string(),
    };
    for hand in &mut hands {
        hand.next = hand
            .reader
            .second()
            .map_err(|error| foreign(&hand.path, error))?;
    }
    let mut second = 0;
    while hands.iter().any(|hand| hand.next.is_some()) {
        let mut cells = BTreeMap::new();
        let mut tick = Tick {
            second,
            offered: 0,
            sent: 0,
            generator: Pulse::default(),
        };
        for hand in &mut hands {
            let added = hand.add(&mut tick, &mut cells);
            added.map_err(|error| foreign(&hand.path, error))?;
        }
        for ((phase, endpoint), cell) in cells {
            let endpoint = crate::endpoint::Endpoint::ALL[endpoint];
            evidence.add(phase, endpoint, &cell);
        }
        evidence.end_second(&tick);
        second += 1;
    }
    Ok(finish(hands, evidence, of))
}

/// The files as those of one run, each with what it has to send.
fn hands<R: BufRead>(files: Vec<(PathBuf, Reader<R>)>) -> Result<Vec<Hand<R>>, UsageError> {
    let mut hands: Vec<Hand<R>> = vec![];
    for (path, reader) in files {
        let foreign = |why: &str| UsageError::Foreign {
            path: path.clone(),
            why: why.to_owned(),
        };
        let Some(part) = reader.head.part.clone() else {
            return Err(foreign("it is a whole run and not the part of a worker"));
        };
        if let Some(first) = hands.first() {
            let (one, other) = (&first.reader.head, &reader.head);
            let differs = [
                (first.part.run != part.run, "the run"),
                (
                    first.part.slots.of != part.slots.of,
                    "the number of workers",
                ),
                (first.part.begins_at != part.begins_at, "the beginning"),
                (one.host != other.host, "the service"),
                (one.plan != other.plan, "the plan"),
            ];
            if let Some((_, what)) = differs.into_iter().find(|(differs, _)| *differs) {
                let than = first.path.display();
                return Err(foreign(&format!("{what} is another one than in {than}")));
            }
        }
        let twice = hands.iter().find(|hand| hand.part.slots == part.slots);
        if let Some(twice) = twice {
            let (than, slots) = (twice.path.display(), part.slots);
            return Err(foreign(&format!("{than} is of worker {slots} too")));
        }
        hands.push(Hand {
            tally: Tally::of(&reader.head.plan, part.slots).seconds,
            path,
            part,
            reader,
            next: None,
            lateness: times(),
            response: times(),
            requests: 0,
            failures: 0,
            missing: vec![],
            last: None,
        });
    }
    Ok(hands)
}

impl<R: BufRead> Hand<R> {
    /// Adds what the worker wrote of the second of this tick.
    fn add(
        &mut self,
        tick: &mut Tick,
        cells: &mut BTreeMap<(usize, usize), Cell>,
    ) -> io::Result<()> {
        let second = tick.second;
        let expected = self.tally.get(second as usize).copied().unwrap_or_default();
        let Some(written) = self.next.take_if(|next| next.tick.second <= second) else {
            self.missing.extend((expected > 0).then_some(second));
            return Ok(());
        };
        let own = written.tick;
        if own.second < second || own.offered != expected {
            let why = format!(
                "second {} does not follow or does not fit the plan",
                own.second
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        for figures in written.figures {
            let cell = figures.cell()?;
            // Cannot fail: the histograms resize themselves.
            let _ = self.lateness.add(&cell.lateness);
            let _ = self.response.add(&cell.response);
            self.requests += cell.counted();
            self.failures += cell.failures();
            cells
                .entry((figures.phase, figures.endpoint as usize))
                .or_insert_with(|| Cell::new(cell.late.len()))
                .add(&cell);
        }
        tick.offered += own.offered;
        tick.sent += own.sent;
        tick.generator = worse(tick.generator, own.generator);
        self.last = Some(second);
        self.next = self.reader.second()?;
        Ok(())
    }
}

/// Closes the books: who and what is missing, and what all have done together.
fn finish<R: BufRead>(hands: Vec<Hand<R>>, mut evidence: Evidence, of: u32) -> Sum {
    let there: BTreeSet<u32> = hands.iter().map(|hand| hand.part.slots.worker).collect();
    let absent: Vec<u32> = (1..=of).filter(|worker| !there.contains(worker)).collect();
    let mut gaps = vec![];
    if !absent.is_empty() {
        gaps.push(Gap::WorkersMissing {
            workers: absent.clone(),
            of,
        });
    }
    let (mut workers, mut head) = (vec![], None);
    for mut hand in hands {
        let seconds = evidence.seconds.len()..hand.tally.len();
        let late = seconds.filter(|second| hand.tally[*second] > 0);
        hand.missing.extend(late.map(|second| second as u64));
        evidence.events.append(&mut hand.reader.events);
        evidence.sightings.append(&mut hand.reader.sightings);
        let (of_file, aftermath, was_killed) = hand.reader.end();
        let worker = hand.part.slots.worker;
        let due = hand.tally.iter().filter(|due| **due > 0).count() as u64;
        let seconds_missing = hand.missing.len() as u64;
        if was_killed || aftermath.stopped.is_some() {
            // That it went is said once, not once more for each second after it.
            hand.missing.retain(|second| Some(*second) < hand.last);
        }
        gaps.extend(was_killed.then_some(Gap::WorkerKilled {
            worker,
            after_s: hand.last.map_or(0, |last| last + 1),
        }));
        gaps.extend(hand.missing.first().map(|first| Gap::SecondsMissing {
            worker,
            first: *first,
            count: hand.missing.len(),
        }));
        head.get_or_insert(of_file);
        workers.push(Worker {
            part: hand.part,
            aftermath,
            was_killed,
            lateness: hand.lateness,
            response: hand.response,
            requests: hand.requests,
            failures: hand.failures,
            seconds: due - seconds_missing,
            seconds_missing,
        });
    }
    gaps.extend(clocks::gaps(&workers));
    evidence
        .events
        .sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    Sum {
        aftermath: together(&workers, &absent),
        #[expect(clippy::expect_used, reason = "there is a file, or there is no sum")]
        head: head.expect("a file"),
        evidence,
        workers,
        gaps,
    }
}

/// What all workers leave.
fn together(workers: &[Worker], absent: &[u32]) -> Aftermath {
    let mut sum = Aftermath {
        sent: 0,
        beside: 0,
        when: None,
        unsent: 0,
        stopped: None,
        health: Health::default(),
        acknowledged: Acknowledged::default(),
        verified: Verified::default(),
        cleaned: Cleaned::Deleted(0),
        verdict: None,
    };
    let mut left = None;
    for (place, worker) in workers.iter().enumerate() {
        let (own, number) = (&worker.aftermath, worker.part.slots.worker);
        sum.sent += own.sent;
        sum.beside += own.beside;
        sum.unsent += own.unsent;
        // Who was killed is a gap, and did not ask to stop.
        let stopped = own.stopped.as_ref().filter(|_| !worker.was_killed);
        sum.stopped = sum.stopped.or_else(|| stopped.cloned());
        sum.health = match place {
            0 => own.health,
            _ => worst(sum.health, own.health),
        };
        sum.acknowledged += own.acknowledged;
        sum.verified.compared += own.verified.compared;
        sum.verified.unseen += own.verified.unseen;
        sum.verified.settled += own.verified.settled;
        sum.verified.promoted += own.verified.promoted;
        let races = sum.verified.races.into_iter().chain(own.verified.races);
        sum.verified.races = races.reduce(|sum, own| sum + own);
        let violations = own.verified.violations.iter().cloned();
        sum.verified.violations.extend(violations);
        let of_worker = |why: &String| format!("worker {number}: {why}");
        let why = own.verified.why.as_ref().map(of_worker);
        sum.verified.why = sum.verified.why.or(why);
        match &own.cleaned {
            Cleaned::Deleted(deleted) => {
                if let Cleaned::Deleted(all) = &mut sum.cleaned {
                    *all += deleted;
                }
            }
            Cleaned::Left(why) => left = left.or_else(|| Some(of_worker(why))),
        }
    }
    let unknown = absent
        .first()
        .map(|it| format!("nothing is known of worker {it}"));
    if let Some(why) = left.or(unknown) {
        sum.cleaned = Cleaned::Left(why);
    }
    sum
}

/// The worse of each of two generators' figures in a second.
fn worse(one: Pulse, other: Pulse) -> Pulse {
    Pulse {
        cpu: one.cpu.max(other.cpu),
        starved: one.starved.max(other.starved),
        machine: one.machine.max(other.machine),
        steal: one.steal.max(other.steal),
        descriptors: one.descriptors.max(other.descriptors),
    }
}

/// The worse of each of their figures over the whole load.
fn worst(one: Health, other: Health) -> Health {
    let ceilings = one.ceiling.into_iter().chain(other.ceiling);
    Health {
        cpus: one.cpus.min(other.cpus),
        cpu: one.cpu.max(other.cpu),
        busiest_cpu: one.busiest_cpu.max(other.busiest_cpu),
        starved: one.starved.max(other.starved),
        machine: one.machine.max(other.machine),
        steal: one.steal.max(other.steal),
        descriptors: one.descriptors.max(other.descriptors),
        descriptors_allowed: one.descriptors_allowed.min(other.descriptors_allowed),
        ceiling: ceilings.min_by(|one, other| one.rate.total_cmp(&other.rate)),
    }
}
