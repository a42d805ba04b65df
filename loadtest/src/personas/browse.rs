//! Looks for an event: the list, and now and then one event from it.

use rand::RngExt;
use rand::rngs::StdRng;

use crate::call::{Answer, Call};
use crate::endpoint::Endpoint;
use crate::ledger::Ledger;
use crate::target::{Event, Page};

/// Of 100 looks, how many are at one event.
const OPENS: u32 = 50;

/// What that comes to, of 100 requests.
pub(super) const EXPECTED: [(Endpoint, u32); 2] =
    [(Endpoint::List, 100 - OPENS), (Endpoint::Open, OPENS)];

pub(super) async fn act(call: Call<'_>, ledger: &Ledger, rng: &mut StdRng) {
    if let Some(id) = ledger
        .openable(rng)
        .filter(|_| rng.random_range(0..100) < OPENS)
    {
        let _: Answer<Event> = call.send(Endpoint::Open, &format!("/events/{id}")).await;
        return;
    }
    if let Answer::Done(page) = call.send::<Page>(Endpoint::List, "/events").await {
        ledger.shown(page.items.into_iter().map(|event| event.id).collect());
    }
}
