//! Races for the seats of an event, after the load: everybody at once, and exactly as many win as there are seats.
//!
//! Under the load people come one after the other, and hardly two of them within the moment that a missing lock leaves open.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::{Fate, HALLS, Hall, Seat};
use crate::personas::Stage;
use crate::target::{Place, Target, TargetError};

/// How many races there are. Where two processors did the work, three of ten showed that a lock was missing;
/// all of twenty then miss it in one run of a thousand.
const RACES: usize = 20;
/// So many miss it in one run of twenty-five; fewer show little.
pub const ENOUGH_RACES: usize = 9;
/// How many run for each seat.
const RUNNERS: u32 = 4;
/// After so long no race begins any more: the time that is left is for what they have shown.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the races, and books what was acknowledged; the verification decides who was wronged.
///
/// Where one was not answered, the others go on: what nobody knows is made known before it is verified.
pub async fn race(stage: &Stage, target: &Target) -> Result<(), TargetError> {
    let ledger = &stage.ledger;
    let Some(hall) = HALLS.into_iter().find(|hall: &Hall| !hall.leaves) else {
        return Ok(());
    };
    let begin = Instant::now();
    let mut unopened = None;
    for number in 0..RACES {
        if begin.elapsed() > PATIENCE {
            break;
        }
        let event = match stage.open(hall, target).await {
            Ok(event) => event,
            // Turned away: the next try has the same key, so that only one event comes of it.
            Err(error @ TargetError::Unexpected(..)) => {
                unopened = Some(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        unopened = None;
        let runners = (0..RUNNERS * hall.seats).map(|runner| async move {
            let user = format!("racer-{}-{number}-{runner}", stage.run);
            let place = target.join(event, &user, false).await;
            (Seat { event, user }, place)
        });
        let places = join_all(runners).await;
        let answered = places.iter().filter(|(_, place)| place.is_ok()).count();
        if answered == places.len() {
            ledger.raced();
        }
        for (seat, place) in places {
            match place {
                Ok(Place::Seat) => ledger.joined(seat, false),
                Ok(Place::InLine) => ledger.joined(seat, true),
                Ok(Place::None) => ledger.full(seat, false),
                Err(_) => ledger.unclear(&seat, Fate::PerhapsThere),
            }
        }
        // A service that answers nobody is not kept any longer.
        if answered == 0 {
            break;
        }
    }
    unopened.map_or(Ok(()), Err)
}
