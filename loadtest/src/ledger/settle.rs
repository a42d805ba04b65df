//! Makes the unknown known: what nobody knows the end of is done again, and by its idempotence only once.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};

use super::{Entry, Fate, Ledger};
use crate::target::{Place, Target, TargetError};

/// How many calls are repeated at once.
const AT_ONCE: usize = 8;

/// Repeats the creates of which nobody knows the end; says how many became known.
pub(super) async fn settle_creates(ledger: &Ledger, target: &Target) -> usize {
    let unborn = std::mem::take(&mut ledger.books().unborn);
    let mut settled = 0;
    let mut repeated = stream::iter(unborn)
        .map(|(key, draft)| async move {
            let created = target.create(&draft, Some(&key)).await;
            (key, draft, created)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((key, draft, created)) = repeated.next().await {
        let mut books = ledger.books();
        match created {
            Ok(event) => {
                settled += 1;
                let entry = Entry::new(None, draft.max_participants, &draft.title);
                books.entries.insert(event.id, entry);
            }
            Err(_) => books.unborn.push((key, draft)),
        }
    }
    settled
}

/// Repeats the bookings of an event of which nobody knows the end, and its deletion; says how many became known.
pub(super) async fn settle(id: i64, entry: &mut Entry, target: &Target) -> usize {
    let waits = entry.hall.is_some_and(|hall| hall.waits);
    let mut settled = 0;
    if entry.fate == Fate::PerhapsGone && target.delete(id).await.is_ok() {
        entry.fate = Fate::Gone;
        return 1;
    }
    let unknown: BTreeMap<String, Fate> = entry
        .bookings
        .iter()
        .filter(|(_, fate)| fate.is_unknown())
        .map(|(user, fate)| (user.clone(), *fate))
        .collect();
    let mut repeated = stream::iter(unknown)
        .map(|(user, fate)| async move {
            let known = again(id, &user, fate, waits, target).await;
            (user, known)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((user, known)) = repeated.next().await {
        if let Ok(fate) = known {
            settled += 1;
            entry.bookings.insert(user, fate);
        }
    }
    settled
}

async fn again(
    id: i64,
    user: &str,
    fate: Fate,
    waits: bool,
    target: &Target,
) -> Result<Fate, TargetError> {
    if fate == Fate::PerhapsGone {
        return target.leave(id, user).await.map(|()| Fate::Gone);
    }
    Ok(match target.join(id, user, waits).await? {
        Place::Seat => Fate::There,
        Place::InLine => Fate::Waiting,
        Place::None => Fate::Gone,
    })
}
