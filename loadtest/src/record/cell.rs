//! The figures of one endpoint over some time.

use super::times::{Times, times};
use crate::outcome::Outcome;

/// The figures of one endpoint, for a second or for the whole run.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Counts by [`Outcome`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// Answers that came later than the limit for slow answers, refusals included.
    pub late_answers: u64,
    /// From the intended start.
    pub response: Times,
    /// From the send.
    pub service: Times,
    /// From the send to the headers.
    pub first_byte: Times,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            outcomes: [0; Outcome::ALL.len()],
            late_answers: 0,
            response: times(),
            service: times(),
            first_byte: times(),
        }
    }
}

impl Cell {
    /// How many requests there were, the generator's own faults included.
    pub fn requests(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// Adds the figures of another one.
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in self.outcomes.iter_mut().zip(other.outcomes) {
            *sum += count;
        }
        self.late_answers += other.late_answers;
        for (sum, more) in [
            (&mut self.response, &other.response),
            (&mut self.service, &other.service),
            (&mut self.first_byte, &other.first_byte),
        ] {
            // Cannot fail: every histogram resizes itself.
            let _ = sum.add(more);
        }
    }

    pub(super) fn clear(&mut self) {
        self.outcomes = [0; Outcome::ALL.len()];
        self.late_answers = 0;
        self.response.reset();
        self.service.reset();
        self.first_byte.reset();
    }
}
