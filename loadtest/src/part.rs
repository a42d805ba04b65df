//! The part that one worker has in a run: every so-manieth slot of a schedule that all of them share.
//!
//! A smaller rate for each would not add up to the run: equal distances would put a request of every worker at the same
//! moment. Slots that are dealt out do, to the microsecond, and so do the draws that depend on them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::Offset;

/// More workers than this are a mistake.
const MOST: u32 = 1_000;

/// Which slots of a schedule are meant; written as `3/10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slots {
    /// The number of the worker, from 1.
    pub worker: u32,
    /// How many there are.
    pub of: u32,
}

/// What a worker does of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The id of the whole run; that of the worker has its number at the end.
    pub run: String,
    /// Which slots it fills.
    pub slots: Slots,
    /// When the worker was started, by its own clock.
    pub came_at: DateTime<Utc>,
    /// When the schedule begins, for all of them.
    pub begins_at: DateTime<Utc>,
    /// The clock of the service beside the worker's, before the load.
    pub clock: Option<Offset>,
}

impl Slots {
    /// Those of a run that nobody shares.
    pub const ALL: Self = Self { worker: 1, of: 1 };

    /// Whether this slot is one of them.
    pub fn have(self, index: u64) -> bool {
        index % u64::from(self.of) == u64::from(self.worker - 1)
    }

    /// How many of so many people they need, rounded up.
    pub fn of_users(self, users: usize) -> usize {
        users.div_ceil(self.of as usize)
    }
}

impl FromStr for Slots {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(worker, of)| {
            let (worker, of) = (worker.parse().ok()?, of.parse().ok()?);
            ((1..=of).contains(&worker) && of <= MOST).then_some(Self { worker, of })
        });
        numbers.ok_or_else(|| format!("expected a number of at most {MOST}, such as 3/10"))
    }
}

impl fmt::Display for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.worker, self.of)
    }
}

impl Part {
    /// The id under which the worker makes its own events.
    pub fn own_run(&self) -> String {
        format!("{}-{}", self.run, self.slots.worker)
    }

    /// What the file of its results is called, with the folder of the run.
    pub fn file(&self) -> String {
        let Slots { worker, of } = self.slots;
        format!("{}/worker-{worker}-of-{of}.ndjson", self.run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_has_one_worker() {
        let workers: Vec<Slots> = (1..=7).map(|worker| Slots { worker, of: 7 }).collect();
        for index in 0..100 {
            let takers = workers.iter().filter(|slots| slots.have(index)).count();
            assert_eq!(takers, 1, "{index}");
            assert!(Slots::ALL.have(index));
        }
    }

    #[test]
    fn a_worker_is_one_of_those_that_there_are() {
        assert_eq!("3/10".parse(), Ok(Slots { worker: 3, of: 10 }));
        for text in ["", "3", "0/10", "11/10", "1/0", "1/1001", "a/b", "-1/2"] {
            assert!(text.parse::<Slots>().is_err(), "{text}");
        }
    }
}
