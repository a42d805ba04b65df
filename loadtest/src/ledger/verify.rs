//! The comparison of the ledger with what the service shows.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};

use super::{Entry, Fate, Ledger, Violation};
use crate::target::{Event, Target};

/// How many events are looked up at once.
const AT_ONCE: usize = 8;

/// What the comparison found.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Verified {
    /// How many events were compared.
    pub compared: usize,
    /// How many could not be looked up, and why the first one could not.
    pub unseen: usize,
    /// Why the first of them could not be looked up.
    pub why: Option<String>,
    /// The broken promises.
    pub violations: Vec<Violation>,
}

/// Looks up every event of the ledger.
pub async fn verify(ledger: &Ledger, target: &Target) -> Verified {
    let (entries, contradictions) = {
        let books = ledger.books();
        (books.entries.clone(), books.contradictions.clone())
    };
    let mut verified = Verified {
        violations: contradictions,
        ..Verified::default()
    };
    let mut lookups = stream::iter(&entries)
        .map(|(id, entry)| async move { (*id, entry, target.find(*id).await) })
        .buffer_unordered(AT_ONCE);
    while let Some((id, entry, found)) = lookups.next().await {
        match found {
            Ok(event) => {
                verified.compared += 1;
                compare(id, entry, event.as_ref(), &mut verified.violations);
            }
            Err(error) => {
                verified.unseen += 1;
                verified.why.get_or_insert(error.to_string());
            }
        }
    }
    let mut seen = vec![];
    for violation in std::mem::take(&mut verified.violations) {
        if !seen.contains(&violation) {
            seen.push(violation);
        }
    }
    verified.violations = seen;
    verified
}

fn compare(id: i64, entry: &Entry, event: Option<&Event>, violations: &mut Vec<Violation>) {
    let Some(event) = event else {
        if entry.fate == Fate::There {
            violations.push(Violation::LostEvent { event: id });
        }
        return;
    };
    if entry.fate == Fate::Gone {
        violations.push(Violation::UndeadEvent { event: id });
        return;
    }
    if !entry.titles.contains(&event.title) {
        violations.push(Violation::LostEdit { event: id });
    }
    let booked = event.participants.len();
    if booked > entry.capacity as usize {
        violations.push(Violation::Overbooked {
            event: id,
            seats: entry.capacity,
            booked,
        });
    }
    if event.participants_count as usize != booked {
        violations.push(Violation::Miscounted {
            event: id,
            count: event.participants_count,
            booked,
        });
    }
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for participant in &event.participants {
        *times.entry(&participant.user_name).or_default() += 1;
    }
    let present: BTreeSet<&str> = times.keys().copied().collect();
    for (user, _) in times.into_iter().filter(|(_, times)| *times > 1) {
        violations.push(Violation::DoubleBooking {
            event: id,
            user: user.to_owned(),
        });
    }
    for (user, fate) in &entry.bookings {
        match (fate, present.contains(user.as_str())) {
            (Fate::There, false) => violations.push(Violation::LostBooking {
                event: id,
                user: user.clone(),
            }),
            (Fate::Gone, true) => violations.push(Violation::UnwantedBooking {
                event: id,
                user: user.clone(),
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Participant;

    fn entry() -> Entry {
        let bookings = [
            ("ann", Fate::There),
            ("bob", Fate::Gone),
            ("cid", Fate::Unknown),
        ];
        Entry {
            capacity: 2,
            titles: vec!["t".to_owned()],
            fate: Fate::There,
            bookings: bookings.map(|(user, fate)| (user.to_owned(), fate)).into(),
        }
    }

    fn event(users: &[&str]) -> Event {
        Event {
            id: 1,
            title: "t".to_owned(),
            organizer: "o".to_owned(),
            max_participants: 2,
            participants_count: users.len() as u32,
            participants: users
                .iter()
                .map(|user| Participant {
                    user_name: (*user).to_owned(),
                })
                .collect(),
        }
    }

    fn codes(entry: &Entry, event: Option<&Event>) -> Vec<&'static str> {
        let mut violations = vec![];
        compare(1, entry, event, &mut violations);
        violations.iter().map(Violation::code).collect()
    }

    #[test]
    fn a_kept_promise_is_no_violation_whatever_became_of_the_unknown() {
        assert!(codes(&entry(), Some(&event(&["ann"]))).is_empty());
        assert!(codes(&entry(), Some(&event(&["ann", "cid"]))).is_empty());
    }

    #[test]
    fn each_broken_promise_is_named() {
        assert_eq!(codes(&entry(), Some(&event(&[]))), ["lost-booking"]);
        assert_eq!(
            codes(&entry(), Some(&event(&["ann", "bob"]))),
            ["unwanted-booking"]
        );
        assert_eq!(
            codes(&entry(), Some(&event(&["ann", "cid", "dan"]))),
            ["overbooked"]
        );
        assert_eq!(
            codes(&entry(), Some(&event(&["ann", "ann"]))),
            ["double-booking"]
        );
        assert_eq!(codes(&entry(), None), ["lost-event"]);
        let miscounted = Event {
            participants_count: 9,
            ..event(&["ann"])
        };
        assert_eq!(codes(&entry(), Some(&miscounted)), ["miscounted"]);
        let renamed = Event {
            title: "other".to_owned(),
            ..event(&["ann"])
        };
        assert_eq!(codes(&entry(), Some(&renamed)), ["lost-edit"]);
        let gone = Entry {
            fate: Fate::Gone,
            ..entry()
        };
        assert_eq!(codes(&gone, Some(&event(&["ann"]))), ["undead-event"]);
    }
}
