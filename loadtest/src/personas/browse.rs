//! Looks for an event: pages of the list, a search, now and then one event; and what was just acknowledged, whether it is there.

use rand::RngExt;
use rand::rngs::StdRng;

use crate::call::{Answer, Call, Tagged};
use crate::endpoint::Endpoint;
use crate::ledger::{Ledger, Promise};
use crate::target::{Event, Known, Listing};

/// Of 100 looks, how many are at one event.
const OPENS: u32 = 50;
/// Of 100 looks at the list, how many turn to the next page.
const TURNS: u32 = 25;
/// Of 100 looks at the list, how many search.
const SEARCHES: u32 = 15;
/// What is searched for: a word of all events of a run, one of few, and one of none.
const WORDS: [&str; 3] = ["load", "%E8%B2%A0%E8%8D%B7", "nothing-has-this-name"];

/// What that comes to, of 100 requests.
pub(super) const EXPECTED: [(Endpoint, u32); 2] =
    [(Endpoint::List, 100 - OPENS), (Endpoint::Open, OPENS)];

pub(super) async fn act(call: Call<'_>, ledger: &Ledger, rng: &mut StdRng) {
    if let Some(promise) = ledger.take_promise() {
        return check(call, ledger, promise).await;
    }
    if let Some(id) = ledger
        .openable(rng)
        .filter(|_| rng.random_range(0..100) < OPENS)
    {
        return open(call, ledger, id).await;
    }
    let draw = rng.random_range(0..100);
    let path = match ledger.next_page().filter(|_| draw < TURNS) {
        Some(cursor) => format!("/events?cursor={cursor}"),
        None if draw < TURNS + SEARCHES => {
            format!("/events?q={}", WORDS[rng.random_range(0..WORDS.len())])
        }
        None => "/events".to_owned(),
    };
    if let Answer::Done(page) = call.send::<Listing>(Endpoint::List, &path).await {
        // A search has pages of its own, which are not those of the list.
        let next = page.next.filter(|_| !path.contains("q="));
        ledger.shown(page.items.into_iter().map(|event| event.id).collect(), next);
    }
}

/// Opens an event; who has seen it before asks whether it has changed.
async fn open(call: Call<'_>, ledger: &Ledger, id: i64) {
    let known = ledger.tag(id);
    let path = format!("/events/{id}");
    if let Answer::Done(Tagged { tag: Some(tag), .. }) = call
        .read::<Known>(Endpoint::Open, &path, known.as_deref())
        .await
    {
        ledger.tagged(id, tag);
    }
}

/// Reads an acknowledged write.
async fn check(call: Call<'_>, ledger: &Ledger, promise: Promise) {
    let path = format!("/events/{}", promise.event());
    match call.send::<Event>(Endpoint::Open, &path).await {
        Answer::Done(event) => ledger.read(promise, Some(Some(&event))),
        Answer::Refused(_) => ledger.read(promise, Some(None)),
        Answer::Failed | Answer::Unknown => ledger.read(promise, None),
    }
}
