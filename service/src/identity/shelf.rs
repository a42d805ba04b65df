//! What is known of keys, so that the key service is asked seldom. Pure: the time is an argument.
//!
//! Whoever can reach the service can invent ids of keys, as many as they like. So the number of entries is bounded,
//! the number of questions in a time is bounded, and all who wait for a key wait for the same answer.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::key::{KeyId, PublicKey};

/// The most entries. A region has few load balancers of ours, so nearly all of a full shelf were invented.
const CAPACITY: usize = 256;
/// How long "there is no such key" is believed; a new key may have been published in the meantime.
const UNKNOWN_FOR: Duration = Duration::from_secs(10);
/// How long nobody is asked again for a key about which there was no answer.
const AWAY_FOR: Duration = Duration::from_secs(1);
/// Questions that can be asked at once,
const BURST: u32 = 16;
/// and how long it takes until there can be one more.
const INTERVAL: Duration = Duration::from_millis(500);

/// What the key service said of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Here it is. A key never changes: another one has another id.
    Key(PublicKey),
    /// There is no such key.
    Unknown,
    /// Nothing that can be used.
    Away,
}

/// An answer that comes as soon as somebody has it.
pub(super) type Coming = watch::Receiver<Option<Answer>>;

/// What to do for a key.
#[derive(Debug)]
pub(super) enum Look {
    /// Nothing: this is the answer.
    Found(Answer),
    /// Wait: somebody is asking.
    Wait(Coming),
    /// Ask, and tell those who wait by this.
    Ask(watch::Sender<Option<Answer>>, Coming),
}

#[derive(Debug)]
enum Entry {
    Asking(Coming),
    Answered {
        answer: Answer,
        until: Option<Instant>,
        used: Instant,
    },
}

#[derive(Debug, Default)]
pub(super) struct Shelf {
    entries: HashMap<KeyId, Entry>,
    /// The time at which all questions of a burst can be asked again.
    rested: Option<Instant>,
}

impl Shelf {
    pub(super) fn look(&mut self, id: KeyId, now: Instant) -> Look {
        match self.entries.get_mut(&id) {
            // Nobody is asking any more if the sender is gone.
            Some(Entry::Asking(coming)) if coming.has_changed().is_ok() => {
                return Look::Wait(coming.clone());
            }
            Some(Entry::Answered {
                answer,
                until,
                used,
            }) if until.is_none_or(|until| now < until) => {
                *used = now;
                return Look::Found(*answer);
            }
            _ => {}
        }
        if !self.may_ask(now) {
            return Look::Found(Answer::Away);
        }
        let (sender, coming) = watch::channel(None);
        self.insert(id, Entry::Asking(coming.clone()));
        Look::Ask(sender, coming)
    }

    pub(super) fn put(&mut self, id: KeyId, answer: Answer, now: Instant) {
        let until = match answer {
            Answer::Key(_) => None,
            Answer::Unknown => Some(now + UNKNOWN_FOR),
            Answer::Away => Some(now + AWAY_FOR),
        };
        let used = now;
        self.insert(
            id,
            Entry::Answered {
                answer,
                until,
                used,
            },
        );
    }

    fn insert(&mut self, id: KeyId, entry: Entry) {
        if self.entries.len() >= CAPACITY && !self.entries.contains_key(&id) {
            // Keys go last; questions that are being asked are few, and stay.
            let worst = self.entries.iter().filter_map(|(id, entry)| match entry {
                Entry::Asking(_) => None,
                Entry::Answered { until, used, .. } => Some((until.is_none(), *used, *id)),
            });
            if let Some((_, _, id)) = worst.min_by_key(|(is_key, used, _)| (*is_key, *used)) {
                self.entries.remove(&id);
            }
        }
        self.entries.insert(id, entry);
    }

    fn may_ask(&mut self, now: Instant) -> bool {
        let rested = self.rested.unwrap_or(now).max(now) + INTERVAL;
        let allowed = rested.duration_since(now) <= INTERVAL * BURST;
        if allowed {
            self.rested = Some(rested);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> KeyId {
        KeyId::parse(&Uuid::from_u128(number).to_string()).unwrap()
    }

    fn key() -> Answer {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n\
            6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n\
            -----END PUBLIC KEY-----\n";
        Answer::Key(PublicKey::from_pem(pem.as_bytes()).unwrap())
    }

    fn asks(shelf: &mut Shelf, number: u128, now: Instant) -> bool {
        matches!(shelf.look(id(number), now), Look::Ask(..))
    }

    #[test]
    fn keys_are_kept_for_good_and_other_answers_for_a_while() {
        let start = Instant::now();
        for (answer, kept) in [
            (Answer::Unknown, UNKNOWN_FOR),
            (Answer::Away, AWAY_FOR),
            (key(), Duration::from_secs(86_400 * 30)),
        ] {
            let mut shelf = Shelf::default();
            shelf.put(id(1), answer, start);
            let last = start + kept - Duration::from_millis(1);
            let Look::Found(found) = shelf.look(id(1), last) else {
                panic!("{answer:?} is forgotten");
            };
            assert_eq!(found, answer);
            assert_eq!(asks(&mut shelf, 1, start + kept), answer != key());
        }
    }

    #[test]
    fn one_asks_and_the_others_wait_unless_that_one_gave_up() {
        let (mut shelf, now) = (Shelf::default(), Instant::now());
        let Look::Ask(sender, _) = shelf.look(id(1), now) else {
            panic!("nobody asks");
        };
        assert!(matches!(shelf.look(id(1), now), Look::Wait(_)));
        drop(sender);
        assert!(asks(&mut shelf, 1, now));
    }

    #[test]
    fn invented_ids_neither_fill_the_memory_nor_drive_keys_out() {
        let (mut shelf, mut now) = (Shelf::default(), Instant::now());
        shelf.put(id(0), key(), now);
        for number in 1..10_000 {
            now += INTERVAL;
            assert!(asks(&mut shelf, number, now));
            shelf.put(id(number), Answer::Unknown, now);
        }
        assert_eq!(shelf.entries.len(), CAPACITY);
        assert!(matches!(shelf.look(id(0), now), Look::Found(found) if found == key()));
    }

    #[test]
    fn a_flood_of_ids_is_a_trickle_of_questions() {
        let (mut shelf, start) = (Shelf::default(), Instant::now());
        let mut asked = 0;
        // A thousand ids a second for ten seconds.
        for number in 0..10_000 {
            let now = start + Duration::from_millis(number);
            asked += u32::from(asks(&mut shelf, number.into(), now));
        }
        assert_eq!(asked, BURST + 19);
        assert!(
            asks(&mut shelf, 20_000, start + Duration::from_secs(60)),
            "afterwards it is as before"
        );
    }
}
