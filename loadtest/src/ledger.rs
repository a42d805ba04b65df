//! What the service acknowledged to this run, to be held against what it shows.
//!
//! A seat or an event is only ever worked on by one person at a time: who takes it from the ledger puts it back.
//! What nobody knows the end of (a timeout, a fault) is booked as such; it is repeated with the same
//! idempotency key, or as the same idempotent call, before it is verified.
//! Events that are over are verified and forgotten while the run goes on, so the ledger does not grow with it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;

mod books;
mod compare;
mod entry;
mod history;
mod looks;
mod organised;
mod race;
mod settle;
mod upkeep;
mod verify;
mod violation;

pub use entry::{Entry, Fate, HALLS, Hall, Seat};
pub use race::{ENOUGH_RACES, race};
pub use upkeep::upkeep;
pub use verify::{Verified, verify};
pub use violation::Violation;

use books::{Books, pick, take};

use crate::target::Draft;

/// An acknowledged write that somebody is about to read; nobody else works on it until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// The seat, or the place on the waitlist, is there.
    Booked(Seat),
    /// It is not there any more.
    Left(Seat),
    /// The event is there, with this title.
    Shown(Own, String),
}

impl Promise {
    /// The event that shows it.
    pub fn event(&self) -> i64 {
        match self {
            Self::Booked(seat) | Self::Left(seat) => seat.event,
            Self::Shown(own, _) => own.id,
        }
    }
}

/// An event of the organisers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The event.
    pub id: i64,
    /// Its entity tag, once it was read.
    pub tag: Option<String>,
}

/// How many operations the service acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Acknowledged {
    /// Events created.
    pub creates: u64,
    /// Events changed.
    pub edits: u64,
    /// Events deleted.
    pub deletes: u64,
    /// Seats booked, repeated bookings included.
    pub joins: u64,
    /// Places on a waitlist, repeated ones included.
    pub waits: u64,
    /// Seats and places given back.
    pub leaves: u64,
    /// Writes that were read at once.
    pub reads: u64,
}

impl std::ops::AddAssign for Acknowledged {
    fn add_assign(&mut self, other: Self) {
        self.creates += other.creates;
        self.edits += other.edits;
        self.deletes += other.deletes;
        self.joins += other.joins;
        self.waits += other.waits;
        self.leaves += other.leaves;
        self.reads += other.reads;
    }
}

/// The ledger of one run.
#[derive(Debug, Default)]
pub struct Ledger {
    books: Mutex<Books>,
}

impl Ledger {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books that an event for the joiners is about to be created, and gives the key for it.
    ///
    /// Until it is [`opened`](Self::opened) nobody knows the end: the answer may not come, or nobody wait for it any more.
    /// Whoever tries again has the same key, so that only one comes of it.
    pub fn opening(&self, run: &str, hall: Hall, draft: &Draft) -> String {
        let mut books = self.books();
        let made = books.made.get(&hall).copied().unwrap_or_default();
        let sort = HALLS.iter().position(|it| *it == hall).unwrap_or_default();
        let key = format!("{run}-hall-{sort}-{made}");
        if books.unborn.iter().all(|(known, _)| *known != key) {
            books.unborn.push((key.clone(), draft.clone()));
        }
        key
    }

    /// Books an event for the joiners, which was created with this key.
    pub fn opened(&self, id: i64, hall: Hall, key: &str, title: &str) {
        let mut books = self.books();
        books.unborn.retain(|(known, _)| known != key);
        *books.made.entry(hall).or_default() += 1;
        let entry = Entry::new(Some(hall), hall.seats, title);
        books.entries.insert(id, entry);
        books.halls.push(id);
    }

    /// One of the events for the joiners, and whether people wait there for a seat.
    pub fn hall(&self, rng: &mut StdRng) -> Option<(i64, bool)> {
        let mut books = self.books();
        let id = pick(&books.halls, rng)?;
        let entry = books.entries.get_mut(&id)?;
        entry.busy += 1;
        Some((id, entry.hall.is_some_and(|hall| hall.waits)))
    }

    /// Takes an acknowledged seat that nobody else works on, and whether people wait there for one.
    pub fn take_seat(&self, rng: &mut StdRng) -> Option<(Seat, bool)> {
        let mut books = self.books();
        let seat = take(&mut books.seats, rng)?;
        let entry = books.entries.get_mut(&seat.event)?;
        entry.busy += 1;
        Some((seat, entry.hall.is_some_and(|hall| hall.waits)))
    }

    /// Books an acknowledged join: a seat, or a place on the waitlist.
    pub fn joined(&self, seat: Seat, waiting: bool) {
        let mut books = self.books();
        if waiting {
            books.acknowledged.waits += 1;
            books.booking(&seat, Fate::Waiting);
        } else {
            books.acknowledged.joins += 1;
            books.booking(&seat, Fate::There);
        }
        if !books.promise(|| Promise::Booked(seat.clone())) {
            books.done_with(seat.event);
            books.put_back(seat);
        }
    }

    /// Books a join that was refused: the event is full, and the seat is not taken, unless it was before.
    pub fn full(&self, seat: Seat, held: bool) {
        let mut books = self.books();
        books.done_with(seat.event);
        if held {
            books.contradict(Violation::LostBooking {
                event: seat.event,
                user: seat.user,
            });
            return;
        }
        books.booking(&seat, Fate::Gone);
        if let Some(entry) = books.entries.get_mut(&seat.event) {
            entry.refused = true;
        }
    }

    /// Books an acknowledged leave.
    pub fn left(&self, seat: Seat) {
        let mut books = self.books();
        books.acknowledged.leaves += 1;
        books.booking(&seat, Fate::Gone);
        if !books.promise(|| Promise::Left(seat.clone())) {
            books.done_with(seat.event);
        }
    }

    /// Books that the service knows nothing of a seat that it had acknowledged.
    pub fn not_there(&self, seat: Seat) {
        let mut books = self.books();
        books.done_with(seat.event);
        books.contradict(Violation::LostBooking {
            event: seat.event,
            user: seat.user,
        });
    }

    /// Books a booking of which nobody knows the end.
    pub fn unclear(&self, seat: &Seat, fate: Fate) {
        let mut books = self.books();
        books.done_with(seat.event);
        books.booking(seat, fate);
        books.unclear(seat.event);
    }

    /// Books that a repeated join of a seat that stands has an unknown end: the seat still stands.
    /// Nobody may give it back, for the request might still be on its way and book it again.
    pub fn unclear_repeat(&self, seat: &Seat) {
        let mut books = self.books();
        books.done_with(seat.event);
        books.unclear(seat.event);
    }

    /// Puts a seat back that was not worked on after all.
    pub fn keep(&self, seat: Seat) {
        let mut books = self.books();
        books.done_with(seat.event);
        books.put_back(seat);
    }

    /// Books that the service called an acknowledged event gone.
    pub fn denied(&self, id: i64) {
        let mut books = self.books();
        books.done_with(id);
        books.close(id);
        books.contradict(Violation::LostEvent { event: id });
    }

    /// How many operations were acknowledged.
    pub fn acknowledged(&self) -> Acknowledged {
        self.books().acknowledged
    }

    /// The promises that were seen broken under the load.
    pub fn contradictions(&self) -> Vec<Violation> {
        self.books().contradictions.clone()
    }

    /// Books a race for the seats of an event in which everybody was answered.
    fn raced(&self) {
        self.books().races += 1;
    }

    /// How many races there were in which everybody was answered.
    pub fn races(&self) -> usize {
        self.books().races
    }

    /// How long until whatever nobody waited for has ended too, if the service gives up after so long.
    fn unsettled(&self, patience: Duration, now: Instant) -> Duration {
        let books = self.books();
        let last = books
            .entries
            .values()
            .filter_map(|entry| entry.unclear_at)
            .max();
        last.map_or(Duration::ZERO, |last| {
            (last + patience).saturating_duration_since(now)
        })
    }
}
