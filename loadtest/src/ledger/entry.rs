//! What was acknowledged about one event.

use std::collections::BTreeMap;
use std::time::Instant;

/// A long run would remember ever more people of an event that goes on for ever.
const FULL_BOOKS: usize = 2_000;
/// A race for seats is over when so many times as many have tried.
const RACERS: usize = 3;

/// A booking that can be repeated or given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The event.
    pub event: i64,
    /// Who sits there, or waits for a seat.
    pub user: String,
}

/// What must be true of a booking, or of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Acknowledged: it must be there.
    There,
    /// Acknowledged with a place on the waitlist: the place must be there, or the seat that came of it.
    Waiting,
    /// Taken back and acknowledged, or refused: it must be gone.
    Gone,
    /// Nobody knows the end of the join (or create); either is right until it is repeated.
    PerhapsThere,
    /// Nobody knows the end of the leave (or delete); either is right until it is repeated.
    PerhapsGone,
}

impl Fate {
    /// Whether either is right.
    pub fn is_unknown(self) -> bool {
        matches!(self, Self::PerhapsThere | Self::PerhapsGone)
    }
}

/// What happens on an event that people join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hall {
    /// How many seats it has at first.
    pub seats: u32,
    /// Whether people wait for a seat when it is full, and its organiser adds seats now and then.
    pub waits: bool,
    /// Whether seats are given back; on one where they are not, a refusal is right only if all seats are taken.
    pub leaves: bool,
}

impl Hall {
    /// After so many bookings and refusals it is closed, verified and forgotten, and another one takes its place.
    pub fn most_bookings(self) -> usize {
        if self.leaves {
            FULL_BOOKS
        } else {
            RACERS * self.seats as usize
        }
    }
}

/// The halls of a run: one with a waitlist, one for which everybody races, one that fills up, one that hardly does.
pub const HALLS: [Hall; 4] = [
    Hall {
        seats: 10,
        waits: true,
        leaves: true,
    },
    Hall {
        seats: 10,
        waits: false,
        leaves: false,
    },
    Hall {
        seats: 500,
        waits: false,
        leaves: true,
    },
    Hall {
        seats: 5_000,
        waits: false,
        leaves: true,
    },
];

/// What was acknowledged about one event.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What people do there; nothing on the events of the organisers.
    pub hall: Option<Hall>,
    /// The numbers of seats that it may have: one, or more while the end of an edit is unknown.
    pub seats: Vec<u32>,
    /// The titles it may have.
    pub titles: Vec<String>,
    /// Whether it must be there.
    pub fate: Fate,
    /// Who booked.
    pub bookings: BTreeMap<String, Fate>,
    /// Whether anybody was told that it is full.
    pub refused: bool,
    /// How many people are at it right now.
    pub busy: u32,
    /// When somebody last gave up waiting for an answer about it.
    pub unclear_at: Option<Instant>,
    /// Whether it takes nobody any more, to be verified and forgotten.
    pub closed: bool,
}

impl Entry {
    /// An event that was just acknowledged.
    pub fn new(hall: Option<Hall>, seats: u32, title: &str) -> Self {
        Self {
            hall,
            seats: vec![seats],
            titles: vec![title.to_owned()],
            fate: Fate::There,
            bookings: BTreeMap::new(),
            refused: false,
            busy: 0,
            unclear_at: None,
            closed: false,
        }
    }

    /// Whether nobody knows the end of a booking, or of its deletion.
    pub fn is_unknown(&self) -> bool {
        let mut fates = self.bookings.values().chain([&self.fate]);
        fates.any(|fate| fate.is_unknown())
    }

    /// The most seats that it may have.
    pub fn most_seats(&self) -> u32 {
        self.seats.iter().copied().max().unwrap_or_default()
    }
}
