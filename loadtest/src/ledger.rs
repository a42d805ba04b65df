//! What the service acknowledged to this run, to be held against what it shows afterwards.
//!
//! A seat or an event is only ever worked on by one user at a time: who takes it from the ledger puts it back.
//! What nobody knows the end of (a timeout, a fault) is booked as unknown and may come out either way.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::RngExt;
use rand::rngs::StdRng;

mod verify;
mod violation;

pub use verify::{Verified, verify};
pub use violation::Violation;

/// A booking that can be repeated or given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The event.
    pub event: i64,
    /// Who sits there.
    pub user: String,
}

/// What must be true of a booking, or of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Acknowledged: it must be there.
    There,
    /// Taken back and acknowledged: it must be gone.
    Gone,
    /// Either is right.
    Unknown,
}

/// What was acknowledged about one event.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The seats.
    pub capacity: u32,
    /// The titles it may have: one, or more while the end of an edit is unknown.
    pub titles: Vec<String>,
    /// Whether it must be there.
    pub fate: Fate,
    /// Who booked.
    pub bookings: BTreeMap<String, Fate>,
}

#[derive(Debug, Default)]
struct Books {
    entries: BTreeMap<i64, Entry>,
    halls: Vec<i64>,
    seats: Vec<Seat>,
    own: Vec<i64>,
    shown: Vec<i64>,
    acknowledged: Acknowledged,
    contradictions: Vec<Violation>,
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
    /// Seats given back.
    pub leaves: u64,
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

    /// Books an event for the joiners, made before the load.
    pub fn opened(&self, id: i64, capacity: u32, title: &str) {
        let mut books = self.books();
        books.enter(id, capacity, title);
        books.halls.push(id);
    }

    /// One of the events for the joiners.
    pub fn hall(&self, rng: &mut StdRng) -> Option<i64> {
        pick(&self.books().halls, rng)
    }

    /// Takes an acknowledged seat that nobody else works on.
    pub fn take_seat(&self, rng: &mut StdRng) -> Option<Seat> {
        take(&mut self.books().seats, rng)
    }

    /// Books an acknowledged join.
    pub fn joined(&self, seat: Seat) {
        let mut books = self.books();
        books.acknowledged.joins += 1;
        books.booking(&seat, Fate::There);
        books.seats.push(seat);
    }

    /// Books a join that was refused: the seat is not taken, unless it was before.
    pub fn not_joined(&self, seat: Seat, held: bool) {
        let mut books = self.books();
        if held {
            books.contradictions.push(Violation::LostBooking {
                event: seat.event,
                user: seat.user,
            });
        } else {
            books.booking(&seat, Fate::Gone);
        }
    }

    /// Books an acknowledged leave.
    pub fn left(&self, seat: &Seat) {
        let mut books = self.books();
        books.acknowledged.leaves += 1;
        books.booking(seat, Fate::Gone);
    }

    /// Books a booking of which nobody knows the end.
    pub fn unclear(&self, seat: &Seat) {
        self.books().booking(seat, Fate::Unknown);
    }

    /// Puts a seat back that was not worked on after all.
    pub fn keep(&self, seat: Seat) {
        self.books().seats.push(seat);
    }

    /// Books an acknowledged create.
    pub fn created(&self, id: i64, capacity: u32, title: &str) {
        let mut books = self.books();
        books.acknowledged.creates += 1;
        books.enter(id, capacity, title);
        books.own.push(id);
    }

    /// Takes an event of the organisers that nobody else works on.
    pub fn take_own(&self, rng: &mut StdRng) -> Option<i64> {
        take(&mut self.books().own, rng)
    }

    /// How many events the organisers have.
    pub fn own_count(&self) -> usize {
        self.books().own.len()
    }

    /// Books an acknowledged edit.
    pub fn edited(&self, id: i64, title: String) {
        let mut books = self.books();
        books.acknowledged.edits += 1;
        if let Some(entry) = books.entries.get_mut(&id) {
            entry.titles = vec![title];
        }
        books.own.push(id);
    }

    /// Books an edit of which nobody knows the end: either title may stay.
    /// The event is not edited again, for the request might still be on its way and undo that.
    pub fn perhaps_edited(&self, id: i64, title: String) {
        if let Some(entry) = self.books().entries.get_mut(&id) {
            entry.titles.push(title);
        }
    }

    /// Puts an event back that was not changed after all.
    pub fn keep_own(&self, id: i64) {
        self.books().own.push(id);
    }

    /// Books an acknowledged delete.
    pub fn deleted(&self, id: i64) {
        let mut books = self.books();
        books.acknowledged.deletes += 1;
        books.decide(id, Fate::Gone);
    }

    /// Books a delete of which nobody knows the end.
    pub fn perhaps_deleted(&self, id: i64) {
        self.books().decide(id, Fate::Unknown);
    }

    /// Books that the service called an acknowledged event gone.
    pub fn denied(&self, id: i64) {
        self.books()
            .contradictions
            .push(Violation::LostEvent { event: id });
    }

    /// Remembers the events of the last list, for people to open.
    pub fn shown(&self, ids: Vec<i64>) {
        self.books().shown = ids;
    }

    /// An event that somebody might open: one of the last list, or one of this run.
    pub fn openable(&self, rng: &mut StdRng) -> Option<i64> {
        let books = self.books();
        pick(&books.shown, rng).or_else(|| pick(&books.halls, rng))
    }

    /// How many operations were acknowledged.
    pub fn acknowledged(&self) -> Acknowledged {
        self.books().acknowledged
    }
}

impl Books {
    fn enter(&mut self, id: i64, capacity: u32, title: &str) {
        let entry = Entry {
            capacity,
            titles: vec![title.to_owned()],
            fate: Fate::There,
            bookings: BTreeMap::new(),
        };
        self.entries.insert(id, entry);
    }

    fn decide(&mut self, id: i64, fate: Fate) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.fate = fate;
        }
    }

    fn booking(&mut self, seat: &Seat, fate: Fate) {
        if let Some(entry) = self.entries.get_mut(&seat.event) {
            entry.bookings.insert(seat.user.clone(), fate);
        }
    }
}

fn pick<T: Clone>(items: &[T], rng: &mut StdRng) -> Option<T> {
    if items.is_empty() {
        None
    } else {
        items.get(rng.random_range(0..items.len())).cloned()
    }
}

fn take<T>(items: &mut Vec<T>, rng: &mut StdRng) -> Option<T> {
    if items.is_empty() {
        None
    } else {
        Some(items.swap_remove(rng.random_range(0..items.len())))
    }
}
