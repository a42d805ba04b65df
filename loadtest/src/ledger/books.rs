//! What the ledger holds, behind its lock.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use rand::RngExt;
use rand::rngs::StdRng;

use super::{Acknowledged, Entry, Fate, Hall, Own, Promise, Seat, Violation};
use crate::target::Draft;

/// One in so many acknowledged writes is read at once.
const READ_EVERY: u64 = 8;
/// So many of them wait to be read at most.
const UNREAD: usize = 64;
/// So many broken promises are remembered.
const BROKEN: usize = 1_000;

/// What is kept of the events that were verified and forgotten.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Forgotten {
    pub(super) events: usize,
    pub(super) settled: usize,
    pub(super) promoted: usize,
}

#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) entries: BTreeMap<i64, Entry>,
    pub(super) halls: Vec<i64>,
    /// How many of each sort were opened.
    pub(super) made: BTreeMap<Hall, u64>,
    pub(super) seats: Vec<Seat>,
    pub(super) own: Vec<Own>,
    /// Creates of which nobody knows the end, by their idempotency key. They wait until the run is over: to make sure of
    /// one and to delete it, while the first request may still be on its way, would let that one create another.
    pub(super) unborn: Vec<(String, Draft)>,
    pub(super) promises: VecDeque<Promise>,
    pub(super) writes: u64,
    pub(super) shown: Vec<i64>,
    pub(super) next_page: Option<String>,
    /// Entity tags of events that were opened, the latest ones.
    pub(super) tags: VecDeque<(i64, String)>,
    pub(super) acknowledged: Acknowledged,
    pub(super) forgotten: Forgotten,
    pub(super) contradictions: Vec<Violation>,
    /// Races in which everybody was answered.
    pub(super) races: usize,
}

impl Books {
    pub(super) fn booking(&mut self, seat: &Seat, fate: Fate) {
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

    /// Books a broken promise; of a service that breaks them all some are enough.
    pub(super) fn contradict(&mut self, violation: Violation) {
        if self.contradictions.len() < BROKEN {
            self.contradictions.push(violation);
        }
    }

    /// Lets nobody begin anything on an event any more.
    pub(super) fn close(&mut self, event: i64) {
        self.halls.retain(|hall| *hall != event);
        self.seats.retain(|seat| seat.event != event);
        if let Some(entry) = self.entries.get_mut(&event) {
            entry.closed = true;
        }
    }

    pub(super) fn put_back(&mut self, seat: Seat) {
        let open = self
            .entries
            .get(&seat.event)
            .is_some_and(|entry| !entry.closed && entry.hall.is_some_and(|hall| hall.leaves));
        if open {
            self.seats.push(seat);
        }
    }

    pub(super) fn done_with(&mut self, event: i64) {
        if let Some(entry) = self.entries.get_mut(&event) {
            entry.busy = entry.busy.saturating_sub(1);
        }
    }

    pub(super) fn unclear(&mut self, event: i64) {
        if let Some(entry) = self.entries.get_mut(&event) {
            entry.unclear_at = Some(Instant::now());
        }
    }

    /// Lets one in some writes be read; the others are left as they are.
    pub(super) fn promise(&mut self, promise: impl FnOnce() -> Promise) -> bool {
        self.writes += 1;
        let chosen = self.writes.is_multiple_of(READ_EVERY) && self.promises.len() < UNREAD;
        if chosen {
            self.promises.push_back(promise());
        }
        chosen
    }

    pub(super) fn keep_or_read(&mut self, own: Own, title: String) {
        if !self.promise(|| Promise::Shown(own.clone(), title)) {
            self.own.push(own);
        }
    }
}

pub(super) fn pick<T: Clone>(items: &[T], rng: &mut StdRng) -> Option<T> {
    if items.is_empty() {
        None
    } else {
        items.get(rng.random_range(0..items.len())).cloned()
    }
}

pub(super) fn take<T>(items: &mut Vec<T>, rng: &mut StdRng) -> Option<T> {
    if items.is_empty() {
        None
    } else {
        Some(items.swap_remove(rng.random_range(0..items.len())))
    }
}
