//! The evidence: what every request met, second by second.
//!
//! Histograms of the running second are folded into those of the whole run when it ends,
//! so memory does not grow with the requests; the seconds keep their counts and a few percentiles.
//! With a file, each second is written as it ends: a run that is killed loses one second.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use crate::endpoint::Endpoint;
use crate::outcome::Outcome;

mod cell;
mod line;
pub mod times;

pub use cell::Cell;
use times::{Times, note, percentile_ms, times};

/// What one request met.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The endpoint that was called.
    pub endpoint: Endpoint,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not simply well.
    pub cause: Option<String>,
    /// From the intended start to the last byte: what a person would have waited.
    pub response: Duration,
    /// From the send to the last byte.
    pub service: Duration,
    /// From the send to the headers.
    pub first_byte: Duration,
    /// The generator's own delay.
    pub lateness: Duration,
    /// How long no user was free.
    pub queued: Duration,
}

/// One second of the run, by the time of the answers.
#[derive(Debug, Clone, Serialize)]
pub struct Second {
    /// Seconds since the schedule began.
    pub second: u64,
    /// Requests that ended in it.
    pub requests: u64,
    /// Of those, the ones that say something about the service.
    pub counted: u64,
    /// Of those, the failures.
    pub failures: u64,
    /// Of those, the ones later than the limit for slow answers.
    pub slow: u64,
    /// Median from the intended start.
    pub response_p50_ms: f64,
    /// 99th percentile from the intended start.
    pub response_p99_ms: f64,
    /// 99th percentile of the generator's own delay.
    pub lateness_p99_ms: f64,
}

/// Everything known at the end of a run.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Figures by [`Endpoint`].
    pub endpoints: Vec<Cell>,
    /// The seconds, without gaps.
    pub seconds: Vec<Second>,
    /// The generator's own delay of each request.
    pub lateness: Times,
    /// Requests that waited for a free user.
    pub queued: u64,
    /// How often each cause was met, by outcome and cause.
    pub causes: BTreeMap<(usize, String), u64>,
}

struct Books {
    now: u64,
    current: Vec<Cell>,
    current_lateness: Times,
    evidence: Evidence,
    file: Option<Box<dyn Write + Send>>,
    file_error: Option<std::io::Error>,
}

/// Takes the samples of all users.
pub struct Recorder {
    slow_after: Duration,
    books: Mutex<Books>,
}

impl Recorder {
    /// A recorder that also writes each second to `file`, one JSON line for each endpoint.
    pub fn new(slow_after: Duration, file: Option<Box<dyn Write + Send>>) -> Self {
        let cells = || Endpoint::ALL.map(|_| Cell::default()).to_vec();
        let evidence = Evidence {
            endpoints: cells(),
            seconds: vec![],
            lateness: times(),
            queued: 0,
            causes: BTreeMap::new(),
        };
        let books = Books {
            now: 0,
            current: cells(),
            current_lateness: times(),
            evidence,
            file,
            file_error: None,
        };
        Self {
            slow_after,
            books: Mutex::new(books),
        }
    }

    /// Books a sample whose answer ended `at` this time after the beginning of the schedule.
    pub fn record(&self, at: Duration, sample: &Sample) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.roll(at.as_secs());
        let late_answer = sample.response > self.slow_after && sample.outcome.counts();
        let cell = &mut books.current[sample.endpoint as usize];
        let outcome = if late_answer && sample.outcome == Outcome::Ok {
            Outcome::Slow
        } else {
            sample.outcome
        };
        cell.outcomes[outcome as usize] += 1;
        cell.late_answers += u64::from(late_answer);
        // What the generator failed to send has no time of the service.
        if outcome.counts() {
            note(&mut cell.response, sample.response);
            note(&mut cell.service, sample.service);
            note(&mut cell.first_byte, sample.first_byte);
        }
        note(&mut books.current_lateness, sample.lateness);
        books.evidence.queued += u64::from(sample.queued > Duration::from_millis(1));
        if let Some(cause) = &sample.cause {
            *books
                .evidence
                .causes
                .entry((outcome as usize, cause.clone()))
                .or_default() += 1;
        }
    }

    /// Ends the seconds before this one, also when nothing was answered in them.
    pub fn tick(&self, at: Duration) -> Option<Second> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.roll(at.as_secs());
        books.evidence.seconds.last().cloned()
    }

    /// Ends the running second and gives the evidence, and the first error of the file if there was one.
    pub fn finish(&self) -> (Evidence, Option<std::io::Error>) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if books.current.iter().any(|cell| cell.requests() > 0) {
            let next = books.now + 1;
            books.roll(next);
        }
        let error = books.file_error.take();
        (books.evidence.clone(), error)
    }
}

impl Books {
    fn roll(&mut self, second: u64) {
        while self.now < second {
            let mut all = Cell::default();
            for (place, cell) in self.current.iter_mut().enumerate() {
                if cell.requests() == 0 {
                    continue;
                }
                if let Some(file) = &mut self.file
                    && let Err(error) = line::write(file, self.now, Endpoint::ALL[place], cell)
                {
                    self.file_error.get_or_insert(error);
                    self.file = None;
                }
                all.add(cell);
                self.evidence.endpoints[place].add(cell);
                cell.clear();
            }
            self.evidence.seconds.push(Second {
                second: self.now,
                requests: all.requests(),
                counted: all.requests() - all.outcomes[Outcome::ClientFault as usize],
                failures: Outcome::ALL
                    .iter()
                    .filter(|o| o.is_failure())
                    .map(|o| all.outcomes[*o as usize])
                    .sum(),
                slow: all.late_answers,
                response_p50_ms: percentile_ms(&all.response, 50.0),
                response_p99_ms: percentile_ms(&all.response, 99.0),
                lateness_p99_ms: percentile_ms(&self.current_lateness, 99.0),
            });
            let _ = self.evidence.lateness.add(&self.current_lateness);
            self.current_lateness.reset();
            self.now += 1;
        }
    }
}
