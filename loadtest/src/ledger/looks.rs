//! What people look at: lists, events that they have seen before, and what was just acknowledged to them.

use rand::rngs::StdRng;

use super::books::pick;
use super::compare::keeps;
use super::{Ledger, Promise, Violation};
use crate::target::Event;

/// The entity tags of so many events are remembered.
const TAGS: usize = 64;

impl Ledger {
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
            books.contradict(Violation::UnreadWrite { event, user });
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
}
