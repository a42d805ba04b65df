//! The evidence: what every request met, second by second.
//!
//! The figures of the running seconds are kept apart and folded into those of the whole run once a second,
//! outside the way of the requests; so memory does not grow with the requests.
//! With a file, each second is written as it ends: a run that is killed loses one second.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::events::Event;
use crate::generator::Pulse;
use crate::judge::interval::Batch;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::plan::rule::{Demand, Scope};
use crate::witness::Sighting;

mod cell;
mod evidence;
pub mod line;
pub mod replay;
pub mod times;

pub use cell::{Cell, Example};
pub use evidence::{Count, Evidence, Second, stretch};
use line::{Figures, Line, Tick};

/// What one request met.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The slot, by which the request is found in logs.
    pub slot: u64,
    /// The phase to which its slot belongs.
    pub phase: usize,
    /// The endpoint that was called.
    pub endpoint: Endpoint,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not simply well.
    pub cause: Option<Cow<'static, str>>,
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

/// The figures of the requests of one second, by phase and endpoint.
type Open = BTreeMap<(usize, usize), Cell>;

/// The seconds that have not been folded yet.
#[derive(Debug, Default)]
struct Running {
    /// The first second that is still open.
    first: u64,
    seconds: BTreeMap<u64, Open>,
}

struct Books {
    evidence: Evidence,
    sent: u64,
    file: Option<Box<dyn Write + Send>>,
    file_error: Option<std::io::Error>,
}

/// Takes the samples of all users.
pub struct Recorder {
    limits: Vec<Duration>,
    slow: usize,
    offered: Vec<u64>,
    sent: AtomicU64,
    running: Mutex<Running>,
    books: Mutex<Books>,
}

impl Recorder {
    /// A recorder for a plan of which so much is `offered` in each second; it also writes each second to `file`.
    pub fn new(plan: &Plan, offered: Vec<u64>, file: Option<Box<dyn Write + Send>>) -> Self {
        let evidence = Evidence::new(plan);
        Self {
            limits: evidence.limits.clone(),
            slow: evidence.slow,
            offered,
            sent: AtomicU64::new(0),
            running: Mutex::default(),
            books: Mutex::new(Books {
                evidence,
                sent: 0,
                file,
                file_error: None,
            }),
        }
    }

    /// Books that a request is sent.
    pub fn sending(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Books a sample whose answer ended `at` this time after the beginning of the schedule.
    pub fn record(&self, at: Duration, sample: Sample) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // A second that was folded in the meantime takes nothing any more.
        let second = at.as_secs().max(running.first);
        running
            .seconds
            .entry(second)
            .or_default()
            .entry((sample.phase, sample.endpoint as usize))
            .or_insert_with(|| Cell::new(self.limits.len()))
            .note(sample, &self.limits, self.slow);
    }

    /// Ends the seconds before this one, also when nothing was answered in them;
    /// `pulse` is that of the generator in the last of them, which is given back.
    pub fn tick(&self, at: Duration, pulse: Pulse) -> Option<Second> {
        let until = at.as_secs();
        let sent = self.sent();
        let mut ended = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.first = running.first.max(until);
            let open = running.seconds.split_off(&until);
            std::mem::replace(&mut running.seconds, open)
        };
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        for second in books.evidence.seconds.len() as u64..until {
            let offered = self.offered.get(second as usize).copied();
            let cells = ended.remove(&second).unwrap_or_default();
            // Who missed a tick sent the requests of several seconds; they are the last one's.
            let (sent, pulse) = if second + 1 == until {
                let before = std::mem::replace(&mut books.sent, sent);
                (sent.saturating_sub(before), pulse)
            } else {
                (0, Pulse::default())
            };
            let tick = Tick {
                second,
                offered: offered.unwrap_or_default(),
                sent,
                generator: pulse,
            };
            books.fold(cells, tick);
        }
        books.evidence.seconds.last().cloned()
    }

    /// What a rule counts in a second.
    pub fn figures(&self, second: &Second, scope: Scope, demand: Demand) -> Batch {
        let books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.evidence.in_second(second, scope, demand)
    }

    /// Books something that happened beside the requests.
    pub fn event(&self, event: Event) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.write(&Line::Event(event.clone()));
        books.flush();
        books.evidence.events.push(event);
    }

    /// Books what a witness saw.
    pub fn sighting(&self, sighting: Sighting) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.write(&Line::Sighting(sighting.clone()));
        books.evidence.sightings.push(sighting);
    }

    /// What has happened beside the requests until now.
    pub fn events(&self) -> Vec<Event> {
        let books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.evidence.events.clone()
    }

    /// Ends the running second and gives the evidence.
    pub fn finish(&self) -> Evidence {
        let last = {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.seconds.last_key_value().map(|(second, _)| *second)
        };
        if let Some(last) = last {
            self.tick(Duration::from_secs(last + 1), Pulse::default());
        }
        let books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.evidence.clone()
    }

    /// Writes a line of another kind into the file.
    pub fn write(&self, line: &Line) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.write(line);
        books.flush();
    }

    /// The first error of the file, if there was one; nothing was written after it.
    pub fn file_error(&self) -> Option<std::io::Error> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.file_error.take()
    }
}

impl Books {
    fn fold(&mut self, cells: Open, tick: Tick) {
        let second = tick.second;
        for ((phase, endpoint), cell) in cells {
            let endpoint = Endpoint::ALL[endpoint];
            self.evidence.add(phase, endpoint, &cell);
            if self.file.is_some() {
                let figures = Figures::of(second, phase, endpoint, &cell);
                self.write(&Line::Second(Box::new(figures)));
            }
        }
        self.evidence.end_second(&tick);
        self.write(&Line::Tick(tick));
        self.flush();
    }

    fn write(&mut self, line: &Line) {
        if let Some(file) = &mut self.file
            && let Err(error) = line.write(file)
        {
            self.lost(error);
        }
    }

    fn flush(&mut self) {
        if let Some(file) = &mut self.file
            && let Err(error) = file.flush()
        {
            self.lost(error);
        }
    }

    fn lost(&mut self, error: std::io::Error) {
        self.file_error.get_or_insert(error);
        self.file = None;
    }
}
