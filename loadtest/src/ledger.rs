//! What the service acknowledged to this run, to be held against what it shows.
//!
//! A seat or an event is only ever worked on by one person at a time: who takes it from the ledger puts it back.
//! What nobody knows the end of (a timeout, a fault) is booked as such; it is repeated with the same
//! idempotency key, or as the same idempotent call, before it is verified.
//! Events that are over are verified and forgotten while the run goes on, so the ledger does not grow with it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;

mod compare;
mod entry;
mod history;
mod race;
mod settle;
mod upkeep;
mod verify;
mod violation;

pub use entry::{Entry, Fate, HALLS, Hall, Seat};
pub use race::race;
pub use upkeep::upkeep;
pub use verify::{Verified, verify};
pub use violation::Violation;

use crate::target::{Draft, Event};
use compare::keeps;

/// One in so many acknowledged writes is read at once.
const READ_EVERY: u64 = 8;
/// The entity tags of so many events are remembered.
const TAGS: usize = 64;
/// So many of them wait to be read at most.
const UNREAD: usize = 64;
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

#[derive(Debug, Default)]
struct Books {
    entries: BTreeMap<i64, Entry>,
    halls: Vec<i64>,
    seats: Vec<Seat>,
    own: Vec<Own>,
    /// Creates of which nobody knows the end, by their idempotency key.
    unborn: Vec<(String, Draft)>,
    promises: VecDeque<Promise>,
    writes: u64,
    shown: Vec<i64>,
    next_page: Option<String>,
    /// Entity tags of events that were opened, the latest ones.
    tags: VecDeque<(i64, String)>,
    acknowledged: Acknowledged,
    forgotten: usize,
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
    /// Places on a waitlist, repeated ones included.
    pub waits: u64,
    /// Seats and places given back.
    pub leaves: u64,
    /// Writes that were read at once.
    pub reads: u64,
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

    /// Books an event for the joiners.
    pub fn opened(&self, id: i64, hall: Hall, title: &str) {
        let mut books = self.books();
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
            books.contradictions.push(Violation::LostBooking {
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
        books.contradictions.push(Violation::LostBooking {
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

    /// Books that nothing came of a join that was never sent.
    pub fn not_sent(&self, event: i64) {
        self.books().done_with(event);
    }

    /// Books an acknowledged create.
    pub fn created(&self, own: Own, seats: u32, title: String) {
        let mut books = self.books();
        books.acknowledged.creates += 1;
        let entry = Entry::new(None, seats, &title);
        books.entries.insert(own.id, entry);
        books.keep_or_read(own, title);
    }

    /// Books a create of which nobody knows the end; it is made sure of by its key.
    pub fn perhaps_created(&self, key: String, draft: Draft) {
        self.books().unborn.push((key, draft));
    }

    /// Takes an event of the organisers that nobody else works on.
    pub fn take_own(&self, rng: &mut StdRng) -> Option<Own> {
        take(&mut self.books().own, rng)
    }

    /// How many events the organisers have.
    pub fn own_count(&self) -> usize {
        self.books().own.len()
    }

    /// Takes an event with a waitlist to give it more seats; gives its seats and its title.
    pub fn take_crowded(&self) -> Option<(i64, u32, String)> {
        let mut books = self.books();
        let (id, entry) = books.entries.iter_mut().find(|(_, entry)| {
            let waits = entry.hall.is_some_and(|hall| hall.waits);
            let waiting = entry.bookings.values().any(|fate| *fate == Fate::Waiting);
            waits && waiting && !entry.closed && entry.seats.len() == 1
        })?;
        let title = entry.titles.first()?.clone();
        let seats = entry.most_seats();
        entry.busy += 1;
        // Two at once: until the end of the edit is known, and so that nobody else begins one.
        entry.seats.push(seats);
        Some((*id, seats, title))
    }

    /// Books what became of giving an event more seats: acknowledged, refused, or nobody knows.
    pub fn raised(&self, id: i64, seats: u32, known: Option<bool>) {
        let mut books = self.books();
        books.done_with(id);
        books.acknowledged.edits += u64::from(known == Some(true));
        if known.is_none() {
            books.unclear(id);
        }
        if let Some(entry) = books.entries.get_mut(&id) {
            match known {
                Some(true) => entry.seats = vec![seats],
                Some(false) => entry.seats.truncate(1),
                None => entry.seats = vec![entry.seats[0], seats],
            }
        }
    }

    /// Books an acknowledged edit.
    pub fn edited(&self, own: Own, title: String) {
        let mut books = self.books();
        books.acknowledged.edits += 1;
        if let Some(entry) = books.entries.get_mut(&own.id) {
            entry.titles = vec![title.clone()];
        }
        books.keep_or_read(own, title);
    }

    /// Books an edit of which nobody knows the end: either title may stay.
    /// The event is not edited again, for the request might still be on its way and undo that.
    pub fn perhaps_edited(&self, id: i64, title: String) {
        let mut books = self.books();
        books.unclear(id);
        if let Some(entry) = books.entries.get_mut(&id) {
            entry.titles.push(title);
        }
    }

    /// Puts an event back that was not changed after all, or only read.
    pub fn keep_own(&self, own: Own) {
        self.books().own.push(own);
    }

    /// Books an acknowledged delete.
    pub fn deleted(&self, id: i64) {
        let mut books = self.books();
        books.acknowledged.deletes += 1;
        if let Some(entry) = books.entries.get_mut(&id) {
            entry.fate = Fate::Gone;
            entry.closed = true;
        }
    }

    /// Books a delete of which nobody knows the end.
    pub fn perhaps_deleted(&self, id: i64) {
        let mut books = self.books();
        books.unclear(id);
        if let Some(entry) = books.entries.get_mut(&id) {
            entry.fate = Fate::PerhapsGone;
        }
    }

    /// Books that the service called an acknowledged event gone.
    pub fn denied(&self, id: i64) {
        let mut books = self.books();
        books.done_with(id);
        books
            .contradictions
            .push(Violation::LostEvent { event: id });
    }

    /// Takes an acknowledged write to be read now.
    pub fn take_promise(&self) -> Option<Promise> {
        self.books().promises.pop_front()
    }

    /// Books what a reader saw of it: an event, none with this number, or nothing at all.
    pub fn read(&self, promise: Promise, seen: Option<Option<&Event>>) {
        let kept = seen.map(|event| keeps(&promise, event));
        let mut books = self.books();
        let event = promise.event();
        books.acknowledged.reads += u64::from(kept.is_some());
        if kept == Some(false) {
            let user = match &promise {
                Promise::Booked(seat) | Promise::Left(seat) => Some(seat.user.clone()),
                Promise::Shown(..) => None,
            };
            books
                .contradictions
                .push(Violation::UnreadWrite { event, user });
        }
        match promise {
            Promise::Booked(seat) => {
                books.done_with(event);
                books.put_back(seat);
            }
            Promise::Left(_) => books.done_with(event),
            Promise::Shown(own, _) => books.own.push(own),
        }
    }

    /// Remembers a page of the list, for people to open its events and to turn to the next one.
    pub fn shown(&self, ids: Vec<i64>, next: Option<String>) {
        let mut books = self.books();
        books.shown = ids;
        books.next_page = next;
    }

    /// Takes the cursor of the page after the last one that was shown.
    pub fn next_page(&self) -> Option<String> {
        self.books().next_page.take()
    }

    /// An event that somebody might open: one of the last list, or one of this run.
    pub fn openable(&self, rng: &mut StdRng) -> Option<i64> {
        let books = self.books();
        pick(&books.shown, rng).or_else(|| pick(&books.halls, rng))
    }

    /// The entity tag of an event that was opened lately.
    pub fn tag(&self, id: i64) -> Option<String> {
        let books = self.books();
        let known = books.tags.iter().find(|(event, _)| *event == id);
        known.map(|(_, tag)| tag.clone())
    }

    /// Remembers the entity tag of an event.
    pub fn tagged(&self, id: i64, tag: String) {
        let mut books = self.books();
        books.tags.retain(|(event, _)| *event != id);
        books.tags.push_back((id, tag));
        if books.tags.len() > TAGS {
            books.tags.pop_front();
        }
    }

    /// How many operations were acknowledged.
    pub fn acknowledged(&self) -> Acknowledged {
        self.books().acknowledged
    }

    /// The promises that were seen broken under the load.
    pub fn contradictions(&self) -> Vec<Violation> {
        self.books().contradictions.clone()
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

impl Books {
    fn booking(&mut self, seat: &Seat, fate: Fate) {
        let mut full = false;
        if let Some(entry) = self.entries.get_mut(&seat.event) {
            entry.bookings.insert(seat.user.clone(), fate);
            full = entry
                .hall
                .is_some_and(|hall| entry.bookings.len() >= hall.most_bookings());
        }
        if full {
            self.close(seat.event);
        }
    }

    /// Lets nobody begin anything on an event any more.
    fn close(&mut self, event: i64) {
        self.halls.retain(|hall| *hall != event);
        self.seats.retain(|seat| seat.event != event);
        if let Some(entry) = self.entries.get_mut(&event) {
            entry.closed = true;
        }
    }

    fn put_back(&mut self, seat: Seat) {
        let open = self
            .entries
            .get(&seat.event)
            .is_some_and(|entry| !entry.closed && entry.hall.is_some_and(|hall| hall.leaves));
        if open {
            self.seats.push(seat);
        }
    }

    fn done_with(&mut self, event: i64) {
        if let Some(entry) = self.entries.get_mut(&event) {
            entry.busy = entry.busy.saturating_sub(1);
        }
    }

    fn unclear(&mut self, event: i64) {
        if let Some(entry) = self.entries.get_mut(&event) {
            entry.unclear_at = Some(Instant::now());
        }
    }

    /// Lets one in some writes be read; the others are left as they are.
    fn promise(&mut self, promise: impl FnOnce() -> Promise) -> bool {
        self.writes += 1;
        let chosen = self.writes.is_multiple_of(READ_EVERY) && self.promises.len() < UNREAD;
        if chosen {
            self.promises.push_back(promise());
        }
        chosen
    }

    fn keep_or_read(&mut self, own: Own, title: String) {
        if !self.promise(|| Promise::Shown(own.clone(), title)) {
            self.own.push(own);
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
