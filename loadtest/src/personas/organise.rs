//! Creates events, reads, changes and deletes its own, and gives a crowded one more seats.

use rand::RngExt;
use rand::rngs::StdRng;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Stage;
use crate::call::{Answer, Call, Tagged, request_id};
use crate::endpoint::Endpoint;
use crate::ledger::{Ledger, Own};

/// Of 100 actions, how many create an event.
const CREATES: u32 = 35;
/// Of 100 actions, how many read an event before they change it, or change it.
const EDITS: u32 = 40;
/// Of 100 actions, how many give a crowded event more seats; the rest delete an event.
const RAISES: u32 = 10;
/// With so many events nothing more is created: a long run would fill the list with its own.
const ENOUGH: usize = 50;
/// The seats of such an event.
const SEATS: u32 = 30;
/// How many seats a crowded event gets at a time.
const MORE: u32 = 5;

/// What that comes to, of 100 requests; about, for who has changed an event need not read it again.
pub(super) const EXPECTED: [(Endpoint, u32); 4] = [
    (Endpoint::Open, EDITS / 2),
    (Endpoint::Create, CREATES),
    (Endpoint::Edit, EDITS / 2 + RAISES),
    (Endpoint::Delete, 100 - CREATES - EDITS - RAISES),
];

#[derive(Deserialize)]
struct Created {
    id: i64,
}

pub(super) async fn act(call: Call<'_>, stage: &Stage, rng: &mut StdRng) {
    let ledger = &stage.ledger;
    let draw = rng.random_range(0..100);
    if draw < RAISES
        && let Some((id, seats, title)) = ledger.take_crowded()
    {
        return raise(call, stage, id, seats + MORE, title).await;
    }
    let create = draw < RAISES + CREATES && ledger.own_count() < ENOUGH;
    match if create { None } else { ledger.take_own(rng) } {
        None => create_event(call, stage).await,
        Some(own) if draw < RAISES + CREATES + EDITS => match own.tag {
            // Who changes an event has read it, and says what.
            Some(_) => edit(call, stage, own).await,
            None => look(call, ledger, own).await,
        },
        Some(own) => delete(call, ledger, own).await,
    }
}

async fn create_event(call: Call<'_>, stage: &Stage) {
    let draft = stage.draft(format!("Load test {} · 負荷テスト", call.slot.index), SEATS);
    let key = request_id(call.run, call.slot.index);
    match call
        .send_json::<Created>(Endpoint::Create, "/events", &draft)
        .await
    {
        Answer::Done(Created { id }) => {
            stage
                .ledger
                .created(Own { id, tag: None }, SEATS, draft.title);
        }
        Answer::Unknown => stage.ledger.perhaps_created(key, draft),
        Answer::Refused(_) | Answer::Failed => {}
    }
}

async fn look(call: Call<'_>, ledger: &Ledger, own: Own) {
    let path = format!("/events/{}", own.id);
    match call.read::<IgnoredAny>(Endpoint::Open, &path, None).await {
        Answer::Done(Tagged { tag, .. }) => ledger.keep_own(Own {
            // A service without tags is changed without them.
            tag: tag.or_else(|| Some("*".to_owned())),
            ..own
        }),
        Answer::Refused(_) => ledger.denied(own.id),
        Answer::Failed | Answer::Unknown => ledger.keep_own(own),
    }
}

async fn edit(call: Call<'_>, stage: &Stage, own: Own) {
    let draft = stage.draft(format!("Load test, edited {}", call.slot.index), SEATS);
    let path = format!("/events/{}", own.id);
    match call
        .send_tagged::<IgnoredAny>(Endpoint::Edit, &path, own.tag.as_deref(), &draft)
        .await
    {
        Answer::Done(Tagged { tag, .. }) => {
            stage.ledger.edited(Own { tag, ..own }, draft.title);
        }
        Answer::Unknown => stage.ledger.perhaps_edited(own.id, draft.title),
        Answer::Refused(404) => stage.ledger.denied(own.id),
        Answer::Refused(_) | Answer::Failed => stage.ledger.keep_own(Own { tag: None, ..own }),
    }
}

/// Who waits for a seat gets one by that.
async fn raise(call: Call<'_>, stage: &Stage, id: i64, seats: u32, title: String) {
    let draft = stage.draft(title, seats);
    let known = match call
        .send_json::<IgnoredAny>(Endpoint::Edit, &format!("/events/{id}"), &draft)
        .await
    {
        Answer::Done(_) => Some(true),
        Answer::Refused(_) | Answer::Failed => Some(false),
        Answer::Unknown => None,
    };
    stage.ledger.raised(id, seats, known);
}

async fn delete(call: Call<'_>, ledger: &Ledger, own: Own) {
    match call
        .send::<IgnoredAny>(Endpoint::Delete, &format!("/events/{}", own.id))
        .await
    {
        Answer::Done(_) => ledger.deleted(own.id),
        Answer::Unknown => ledger.perhaps_deleted(own.id),
        Answer::Refused(_) => ledger.denied(own.id),
        Answer::Failed => ledger.keep_own(own),
    }
}
