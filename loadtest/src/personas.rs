//! The people of the load test: who does what in which slot.
//!
//! A slot is one request of one person.
//! The draw depends only on the seed and the slot, not on which goose user happens to fill it:
//! the same seed gives the same mix, whatever the service did.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::ledger::{Hall, Ledger};
use crate::plan::Mix;
use crate::target::{Draft, Target, TargetError};

mod browse;
mod join;
mod organise;

/// Somebody with an intention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persona {
    /// Looks at the list and at events.
    Browse,
    /// Joins and leaves the events of this run.
    Join,
    /// Gives back seats on the events of this run.
    Leave,
    /// Creates, changes and deletes events of this run.
    Organise,
}

/// What the people of one run share.
#[derive(Debug)]
pub struct Stage {
    /// What was acknowledged to them.
    pub ledger: Ledger,
    /// The run that their events carry.
    pub run: String,
    /// Where the draws begin.
    pub seed: u64,
    /// Who makes the requests of each phase.
    pub mixes: Vec<Mix>,
    /// When their events take place, in RFC 3339.
    pub event_date: String,
}

impl Stage {
    /// Who is at it in a slot, and the draws that remain to them.
    pub fn draw(&self, slot: u64, mix: Mix) -> (Persona, StdRng) {
        // The seeding spreads neighbouring numbers over the whole state; the odd factor keeps slots apart from seeds.
        let mut rng = StdRng::seed_from_u64(
            self.seed
                .wrapping_add(slot.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
        );
        let shares = shares(mix);
        let mut at = rng.random_range(0..shares.iter().map(|(_, share)| share).sum());
        for (persona, share) in shares {
            if at < share {
                return (persona, rng);
            }
            at -= share;
        }
        (Persona::Browse, rng)
    }

    /// Fills a slot.
    pub async fn act(&self, call: Call<'_>) {
        let mix = self.mixes[call.slot.phase];
        let (persona, mut rng) = self.draw(call.slot.index, mix);
        match persona {
            Persona::Browse => browse::act(call, &self.ledger, &mut rng).await,
            Persona::Join => join::act(call, &self.ledger, &mut rng).await,
            Persona::Leave => join::give_back(call, &self.ledger, &mut rng).await,
            Persona::Organise => organise::act(call, self, &mut rng).await,
        }
    }

    /// Creates an event for the joiners, and gives its number.
    pub async fn open(&self, hall: Hall, target: &Target) -> Result<i64, TargetError> {
        let seats = hall.seats;
        let draft = self.draft(format!("Load test, {seats} seats · 負荷テスト"), seats);
        let key = self.ledger.opening(&self.run, hall, &draft);
        let event = target.create(&draft, Some(&key)).await?;
        self.ledger.opened(event.id, hall, &key, &draft.title);
        Ok(event.id)
    }

    /// An event of this run.
    pub fn draft(&self, title: String, seats: u32) -> Draft {
        Draft {
            title,
            description: format!("Made by load test run {}; it may be deleted.", self.run),
            event_date: self.event_date.clone(),
            location: "loadtest".to_owned(),
            max_participants: seats,
            organizer: organizer(&self.run),
        }
    }
}

fn shares(mix: Mix) -> [(Persona, u32); 4] {
    [
        (Persona::Browse, mix.browse),
        (Persona::Join, mix.join),
        (Persona::Leave, mix.leave),
        (Persona::Organise, mix.organise),
    ]
}

/// Which share of the requests goes to each endpoint, about: what people find decides, too.
pub fn expected(mix: Mix) -> [f64; Endpoint::ALL.len()] {
    let parts = shares(mix);
    let all: u32 = parts.iter().map(|(_, share)| share).sum();
    let mut expected = [0.0; Endpoint::ALL.len()];
    for (persona, share) in parts {
        let share = f64::from(share) / f64::from(all.max(1));
        let endpoints = match persona {
            Persona::Browse => browse::EXPECTED.as_slice(),
            Persona::Join => &join::EXPECTED,
            Persona::Leave => &[(Endpoint::Leave, 100)],
            Persona::Organise => &organise::EXPECTED,
        };
        for (endpoint, of_100) in endpoints {
            expected[*endpoint as usize] += share * f64::from(*of_100) / 100.0;
        }
    }
    expected
}

/// The organizer of everything that a run creates: the one thing by which it is found again.
pub fn organizer(run: &str) -> String {
    format!("loadtest-{run}")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use reqwest::Url;

    use super::*;
    use crate::drive::client;
    use crate::pacer::Slot;
    use crate::plan::{File, Plan};
    use crate::record::Recorder;
    use crate::stop::Stop;

    fn stage(seed: u64) -> Stage {
        Stage {
            ledger: Ledger::default(),
            run: "r".to_owned(),
            seed,
            mixes: vec![],
            event_date: String::new(),
        }
    }

    #[test]
    fn the_mix_is_what_it_should_be() {
        let stage = stage(7);
        let mix = Mix {
            leave: 5,
            browse: 55,
            ..Mix::default()
        };
        for (persona, share) in shares(mix) {
            let met = (0..20_000)
                .filter(|slot| stage.draw(*slot, mix).0 == persona)
                .count() as f64
                / 200.0;
            assert!(
                (met - f64::from(share)).abs() < 1.5,
                "{persona:?}: {met} of 100, not {share}"
            );
        }
    }

    #[tokio::test]
    async fn a_slot_is_a_request_whoever_has_it_and_whatever_there_is() {
        let plan = Plan::try_from(File::constant()).unwrap();
        let client = client(&plan).unwrap();
        let recorder = Recorder::new(&plan, vec![], None);
        let stop = Stop::default();
        let none = Mix {
            browse: 0,
            join: 0,
            leave: 0,
            organise: 0,
        };
        let mixes = [
            Mix { browse: 1, ..none },
            Mix { join: 1, ..none },
            Mix { leave: 1, ..none },
            Mix {
                organise: 1,
                ..none
            },
        ];
        let stage = Stage {
            mixes: mixes.to_vec(),
            ..stage(7)
        };
        // Nobody is there.
        let host = Url::parse("http://127.0.0.1:1").unwrap();
        let begin = Instant::now();
        for index in 0..200 {
            let call = Call {
                client: client.clone(),
                host: &host,
                slot: Slot {
                    index,
                    phase: index as usize % mixes.len(),
                    intended: begin,
                    claimed: begin,
                },
                recorder: &recorder,
                begin,
                stop: &stop,
                run: &stage.run,
            };
            stage.act(call).await;
            assert_eq!(
                recorder.sent(),
                index + 1,
                "{:?}",
                mixes[index as usize % 4]
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        let people = |seed| {
            (0..100)
                .map(|slot| stage(seed).draw(slot, Mix::default()).0)
                .collect::<Vec<_>>()
        };
        assert_eq!(people(1), people(1));
        assert_ne!(people(1), people(2));
    }
}
