//! What is over is verified and forgotten while the run goes on: the ledger of a week is no larger than that of an hour.
//!
//! These look-ups are few, and not part of the measured load.

use std::time::{Duration, Instant};

use super::verify::{Examined, examine};
use super::{Entry, Fate, Ledger};
use crate::personas::Stage;
use crate::target::Target;

/// How often it is looked for what is over.
const EVERY: Duration = Duration::from_secs(1);
/// So many events are looked at each time at most.
const AT_A_TIME: usize = 20;

/// Runs for ever; drop it when the load is over. `patience` is how long a request may take.
pub async fn upkeep(stage: &Stage, target: &Target, patience: Duration) {
    // Who comes after what cannot be settled yet must not wait behind it for ever.
    let mut from = 0;
    loop {
        tokio::time::sleep(EVERY).await;
        let over = stage.ledger.over(from, patience, Instant::now());
        from = match over.last() {
            Some((id, _)) if over.len() == AT_A_TIME => id + 1,
            _ => 0,
        };
        for (id, entry) in over {
            let hall = entry.hall;
            if let Some(hall) = hall.filter(|_| !stage.ledger.has_hall(&entry)) {
                // Without it the others go on, and it is tried again.
                let _ = stage.open(hall, target).await;
            }
            // What cannot be looked up now is looked up another time, at the end at the latest;
            // so is what nobody knows yet, for which the comparison takes either for right.
            let Ok(examined) = examine(id, entry, target).await else {
                continue;
            };
            if examined.unknown {
                continue;
            }
            // An event that is listed at the end and stands in no books was made twice: it goes before it is forgotten.
            let gone = examined.event.is_none() || target.delete(id).await.is_ok();
            stage.ledger.examined(id, examined, gone);
        }
    }
}

impl Ledger {
    /// Events at which nobody is and nobody will be, and of which nothing is on its way any more.
    fn over(&self, from: i64, patience: Duration, now: Instant) -> Vec<(i64, Entry)> {
        let books = self.books();
        let over = books.entries.range(from..).filter(|(_, entry)| {
            let quiet = entry.unclear_at.is_none_or(|at| now > at + patience);
            entry.closed && entry.busy == 0 && quiet
        });
        over.take(AT_A_TIME)
            .map(|(id, entry)| (*id, entry.clone()))
            .collect()
    }

    /// Whether there is an open event of the same sort.
    fn has_hall(&self, closed: &Entry) -> bool {
        let books = self.books();
        books
            .halls
            .iter()
            .filter_map(|id| books.entries.get(id))
            .any(|entry| entry.hall == closed.hall)
    }

    /// Books what was found about an event, and forgets it if it is gone; else it is to be deleted again.
    fn examined(&self, id: i64, examined: Examined, gone: bool) {
        let mut books = self.books();
        for violation in examined.violations {
            books.contradict(violation);
        }
        if gone {
            books.forgotten.events += 1;
            books.forgotten.settled += examined.settled;
            books.forgotten.promoted += examined.promoted;
            books.entries.remove(&id);
        } else {
            books.unclear(id);
            if let Some(entry) = books.entries.get_mut(&id) {
                entry.fate = Fate::PerhapsGone;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::ledger::{HALLS, Seat};

    #[test]
    fn the_books_of_a_long_run_do_not_grow() {
        let ledger = Ledger::default();
        let mut rng = StdRng::seed_from_u64(1);
        let (mut opened, mut most) = (0, 0);
        for person in 0..50_000 {
            for hall in HALLS {
                let closed = Entry::new(Some(hall), hall.seats, "t");
                if !ledger.has_hall(&closed) {
                    opened += 1;
                    ledger.opened(opened, hall, "t");
                }
            }
            let (event, _) = ledger.hall(&mut rng).unwrap();
            let user = person.to_string();
            ledger.joined(Seat { event, user }, false);
            // Somebody reads what is to be read.
            while let Some(promise) = ledger.take_promise() {
                ledger.read(promise, None);
            }
            if person % 100 == 0 {
                for (id, _) in ledger.over(0, Duration::ZERO, Instant::now()) {
                    ledger.examined(id, Examined::default(), true);
                }
                let books = ledger.books();
                let bookings = books.entries.values().map(|entry| entry.bookings.len());
                most = most.max(bookings.sum::<usize>() + books.seats.len());
            }
        }
        assert!(opened > 100, "{opened} events");
        assert!(most < 15_000, "{most} bookings and seats at once");
    }
}
