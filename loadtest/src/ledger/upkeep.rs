//! What is over is verified and forgotten while the run goes on: the ledger of a week is no larger than that of an hour.
//!
//! There is one look-up for each event that has ended; they are not part of the measured load.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::verify::{Examined, examine};
use super::{Entry, Fate, HALLS, Hall, Ledger};
use crate::personas::Stage;
use crate::target::Target;

/// How often it is looked for what is over.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether there is a hall of each sort.
const EVERY_HALL: Duration = Duration::from_millis(200);

/// Runs for ever; drop it when the load is over. `patience` is how long a request may take.
pub async fn upkeep(stage: &Stage, target: &Target, patience: Duration) {
    tokio::join!(reopen(stage, target), forget(stage, target, patience));
}

/// Opens another hall where one was closed, however long the closed ones take to be verified.
async fn reopen(stage: &Stage, target: &Target) -> Infallible {
    loop {
        tokio::time::sleep(EVERY_HALL).await;
        for hall in stage.ledger.missing() {
            // Without it the others go on, and it is tried again.
            let _ = stage.open(hall, target).await;
        }
    }
}

/// Verifies what is over, one event after the other, and deletes and forgets it.
///
/// Each round takes all there is: a limit would be overrun by organisers who end more than that in a second,
/// and the books would grow for ever.
async fn forget(stage: &Stage, target: &Target, patience: Duration) -> Infallible {
    loop {
        tokio::time::sleep(EVERY).await;
        for (id, entry) in stage.ledger.over(patience, Instant::now()) {
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
    fn over(&self, patience: Duration, now: Instant) -> Vec<(i64, Entry)> {
        let books = self.books();
        let over = books.entries.iter().filter(|(_, entry)| {
            let quiet = entry.unclear_at.is_none_or(|at| now > at + patience);
            entry.closed && entry.busy == 0 && quiet
        });
        over.map(|(id, entry)| (*id, entry.clone())).collect()
    }

    /// The sorts of halls of which none is open.
    fn missing(&self) -> Vec<Hall> {
        let books = self.books();
        let open: Vec<_> = books
            .halls
            .iter()
            .filter_map(|id| books.entries.get(id)?.hall)
            .collect();
        HALLS
            .into_iter()
            .filter(|hall| !open.contains(hall))
            .collect()
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
    use crate::ledger::Seat;
    use crate::target::Draft;

    #[test]
    fn a_hall_of_which_nobody_heard_is_made_sure_of_and_not_made_twice() {
        let ledger = Ledger::default();
        let draft = Draft {
            title: "t".to_owned(),
            description: String::new(),
            event_date: String::new(),
            location: String::new(),
            max_participants: HALLS[0].seats,
            organizer: String::new(),
        };
        let key = ledger.opening("run", HALLS[0], &draft);
        assert_eq!(ledger.opening("run", HALLS[0], &draft), key);
        assert_ne!(ledger.opening("run", HALLS[1], &draft), key);
        assert_eq!(ledger.books().unborn.len(), 2);
        ledger.opened(1, HALLS[0], &key, "t");
        assert_eq!(ledger.books().unborn.len(), 1);
        assert_ne!(ledger.opening("run", HALLS[0], &draft), key);
    }

    #[test]
    fn what_ends_at_once_is_over_at_once() {
        let ledger = Ledger::default();
        for id in 0..500 {
            ledger.opened(id, HALLS[0], "k", "t");
        }
        assert_eq!(ledger.missing(), HALLS[1..]);
        for id in 0..500 {
            ledger.books().close(id);
        }
        assert_eq!(ledger.missing(), HALLS);
        assert_eq!(ledger.over(Duration::ZERO, Instant::now()).len(), 500);
    }

    #[test]
    fn the_books_of_a_long_run_do_not_grow() {
        let ledger = Ledger::default();
        let mut rng = StdRng::seed_from_u64(1);
        let (mut opened, mut most) = (0, 0);
        for person in 0..50_000 {
            for hall in ledger.missing() {
                opened += 1;
                ledger.opened(opened, hall, "k", "t");
            }
            let (event, _) = ledger.hall(&mut rng).unwrap();
            let user = person.to_string();
            ledger.joined(Seat { event, user }, false);
            // Somebody reads what is to be read.
            while let Some(promise) = ledger.take_promise() {
                ledger.read(promise, None);
            }
            if person % 100 == 0 {
                for (id, _) in ledger.over(Duration::ZERO, Instant::now()) {
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
