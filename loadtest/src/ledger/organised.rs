//! What the organisers do: events of their own, and more seats where people wait.

use rand::rngs::StdRng;

use super::books::{Books, take};
use super::{Entry, Fate, Ledger, Own};
use crate::target::Draft;

impl Ledger {
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
        let Books { halls, entries, .. } = &mut *books;
        let crowded = |entry: &Entry| {
            let waits = entry.hall.is_some_and(|hall| hall.waits);
            let waiting = || entry.bookings.values().any(|fate| *fate == Fate::Waiting);
            waits && !entry.closed && entry.seats.len() == 1 && waiting()
        };
        let id = halls
            .iter()
            .find(|id| entries.get(id).is_some_and(crowded))?;
        let entry = entries.get_mut(id)?;
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
            entry.closed = true;
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
            entry.closed = true;
        }
    }
}
