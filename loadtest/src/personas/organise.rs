//! Creates events, changes and deletes its own.

use rand::RngExt;
use rand::rngs::StdRng;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Stage;
use crate::call::{Answer, Call};
use crate::endpoint::Endpoint;
use crate::ledger::Ledger;

/// Of 100 actions, how many create an event.
const CREATES: u32 = 40;
/// Of 100 actions, how many change one; the rest delete one.
const EDITS: u32 = 40;
/// With so many events nothing more is created: a long run would fill the list with its own.
const ENOUGH: usize = 50;
/// The seats of such an event.
const SEATS: u32 = 30;

/// What that comes to, of 100 requests.
pub(super) const EXPECTED: [(Endpoint, u32); 3] = [
    (Endpoint::Create, CREATES),
    (Endpoint::Edit, EDITS),
    (Endpoint::Delete, 100 - CREATES - EDITS),
];

#[derive(Deserialize)]
struct Created {
    id: i64,
}

pub(super) async fn act(call: Call<'_>, stage: &Stage, rng: &mut StdRng) {
    let ledger = &stage.ledger;
    let draw = rng.random_range(0..100);
    let create = draw < CREATES && ledger.own_count() < ENOUGH;
    match if create { None } else { ledger.take_own(rng) } {
        None => create_event(call, stage).await,
        Some(id) if draw < CREATES + EDITS => edit(call, stage, id).await,
        Some(id) => delete(call, ledger, id).await,
    }
}

async fn create_event(call: Call<'_>, stage: &Stage) {
    let draft = stage.draft(format!("Load test {} · 負荷テスト", call.slot.index), SEATS);
    // What became of an unknown create does not matter: the clean-up finds it by its organizer.
    if let Answer::Done(Created { id }) = call.send_json(Endpoint::Create, "/events", &draft).await
    {
        stage.ledger.created(id, SEATS, &draft.title);
    }
}

async fn edit(call: Call<'_>, stage: &Stage, id: i64) {
    let draft = stage.draft(format!("Load test, edited {}", call.slot.index), SEATS);
    match call
        .send_json::<IgnoredAny>(Endpoint::Edit, &format!("/events/{id}"), &draft)
        .await
    {
        Answer::Done(_) => stage.ledger.edited(id, draft.title),
        Answer::Unknown => stage.ledger.perhaps_edited(id, draft.title),
        Answer::Refused(404) => stage.ledger.denied(id),
        Answer::Refused(_) | Answer::Failed => stage.ledger.keep_own(id),
    }
}

async fn delete(call: Call<'_>, ledger: &Ledger, id: i64) {
    match call
        .send::<IgnoredAny>(Endpoint::Delete, &format!("/events/{id}"))
        .await
    {
        Answer::Done(_) => ledger.deleted(id),
        Answer::Unknown => ledger.perhaps_deleted(id),
        Answer::Refused(_) => ledger.denied(id),
        Answer::Failed => ledger.keep_own(id),
    }
}
