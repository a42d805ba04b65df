//! Books seats and gives them back, on the events that this run made for it.
//!
//! Some of these events are small, so that they fill up, people race for the last seat, and wait for one.

use rand::RngExt;
use rand::rngs::StdRng;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call};
use crate::endpoint::Endpoint;
use crate::ledger::{Fate, Ledger, Seat};

/// Of 100 actions, how many give a seat back.
const LEAVES: u32 = 30;
/// Of 100 actions, how many repeat a booking that stands (a second click, a retry).
const REPEATS: u32 = 5;

/// What that comes to, of 100 requests.
pub(super) const EXPECTED: [(Endpoint, u32); 2] =
    [(Endpoint::Join, 100 - LEAVES), (Endpoint::Leave, LEAVES)];

#[derive(Serialize)]
struct Booking<'a> {
    user_name: &'a str,
}

/// What a join is answered with: a seat, or a place on the waitlist.
#[derive(Deserialize)]
struct Place {
    position: Option<u32>,
}

pub(super) async fn act(call: Call<'_>, ledger: &Ledger, rng: &mut StdRng) {
    let draw = rng.random_range(0..100);
    if draw < LEAVES + REPEATS
        && let Some((seat, waits)) = ledger.take_seat(rng)
    {
        if draw < LEAVES {
            leave(call, ledger, seat).await;
        } else {
            join(call, ledger, seat, waits, true).await;
        }
        return;
    }
    let Some((event, waits)) = ledger.hall(rng) else {
        // Nothing to join just now: a slot is a request all the same.
        return super::browse::act(call, ledger, rng).await;
    };
    let user = format!("guest-{}-{}", call.run, call.slot.index);
    join(call, ledger, Seat { event, user }, waits, false).await;
}

/// Gives a seat back; nobody who holds none gives one back, they look at the list instead.
pub(super) async fn give_back(call: Call<'_>, ledger: &Ledger, rng: &mut StdRng) {
    match ledger.take_seat(rng) {
        Some((seat, _)) => leave(call, ledger, seat).await,
        None => super::browse::act(call, ledger, rng).await,
    }
}

async fn join(call: Call<'_>, ledger: &Ledger, seat: Seat, waits: bool, held: bool) {
    let wish = if waits { "?waitlist=true" } else { "" };
    let path = format!("/events/{}/join{wish}", seat.event);
    let booking = Booking {
        user_name: &seat.user,
    };
    match call
        .send_json::<Option<Place>>(Endpoint::Join, &path, &booking)
        .await
    {
        Answer::Done(place) => {
            let waiting = place.is_some_and(|place| place.position.is_some());
            ledger.joined(seat, waiting);
        }
        Answer::Refused(404) => ledger.denied(seat.event),
        Answer::Refused(_) => ledger.full(seat, held),
        Answer::Failed if held => ledger.keep(seat),
        Answer::Unknown if held => ledger.unclear_repeat(&seat),
        Answer::Failed | Answer::Unknown => ledger.unclear(&seat, Fate::PerhapsThere),
    }
}

async fn leave(call: Call<'_>, ledger: &Ledger, seat: Seat) {
    let path = format!("/events/{}/join?user_name={}", seat.event, seat.user);
    match call.send::<IgnoredAny>(Endpoint::Leave, &path).await {
        Answer::Done(_) => ledger.left(seat),
        // "Not booked", about a seat that was acknowledged and that nobody else gave back.
        Answer::Refused(_) => ledger.not_there(seat),
        Answer::Failed => ledger.keep(seat),
        Answer::Unknown => ledger.unclear(&seat, Fate::PerhapsGone),
    }
}
