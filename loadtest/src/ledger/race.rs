//! Races for the seats of an event, after the load: everybody at once, and exactly as many win as there are seats.
//!
//! Under the load people come one after the other, and hardly two of them within the moment that a missing lock leaves open.

use futures::future::join_all;

use super::{Fate, HALLS, Hall, Seat};
use crate::personas::Stage;
use crate::target::{Place, Target, TargetError};

/// How many races there are. Where two processors did the work, three of ten showed that a lock was missing;
/// all of twenty then miss it in one run of a thousand.
const RACES: usize = 20;
/// How many run for each seat.
const RUNNERS: u32 = 4;

/// Runs the races, and books what was acknowledged; the verification decides who was wronged.
pub async fn race(stage: &Stage, target: &Target) -> Result<(), TargetError> {
    let ledger = &stage.ledger;
    let Some(hall) = HALLS.into_iter().find(|hall: &Hall| !hall.leaves) else {
        return Ok(());
    };
    for number in 0..RACES {
        let event = stage.open(hall, target).await?;
        let runners = (0..RUNNERS * hall.seats).map(|runner| async move {
            let user = format!("racer-{}-{number}-{runner}", stage.run);
            let place = target.join(event, &user, false).await;
            (Seat { event, user }, place)
        });
        let mut answered = true;
        for (seat, place) in join_all(runners).await {
            match place {
                Ok(Place::Seat) => ledger.joined(seat, false),
                Ok(Place::InLine) => ledger.joined(seat, true),
                Ok(Place::None) => ledger.full(seat, false),
                Err(_) => {
                    answered = false;
                    ledger.unclear(&seat, Fate::PerhapsThere);
                }
            }
        }
        // A service that does not answer is not kept any longer.
        if !answered {
            break;
        }
    }
    Ok(())
}
