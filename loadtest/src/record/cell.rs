//! The figures of the requests of one phase to one endpoint, over some time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Sample;
use super::times::{Times, note, times};
use crate::outcome::{Outcome, is_rejection};

/// Longer than this, and no user was free for a slot.
const QUEUED: Duration = Duration::from_millis(1);

/// One request that stands for others, to be looked for in the logs of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Its slot, which its request id ends in.
    pub slot: u64,
    /// From the intended start to the last byte.
    pub response_ms: f64,
    /// What became of it.
    pub outcome: Outcome,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cow<'static, str>>,
}

/// The figures of some requests, for a second or for the whole run.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Counts by [`Outcome`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// How often each cause was met.
    pub causes: BTreeMap<(Outcome, Cow<'static, str>), u64>,
    /// Answers that came later than each of the plan's limits, refusals included.
    pub late: Vec<u64>,
    /// Requests that waited for a free user.
    pub queued: u64,
    /// The slowest request.
    pub slowest: Option<Example>,
    /// The first one that failed.
    pub failed: Option<Example>,
    /// From the intended start to the last byte.
    pub response: Times,
    /// From the send to the last byte.
    pub service: Times,
    /// From the send to the headers.
    pub first_byte: Times,
    /// The generator's own delay.
    pub lateness: Times,
}

impl Cell {
    /// No requests, for so many limits.
    pub fn new(limits: usize) -> Self {
        Self {
            outcomes: [0; Outcome::ALL.len()],
            causes: BTreeMap::new(),
            late: vec![0; limits],
            queued: 0,
            slowest: None,
            failed: None,
            response: times(),
            service: times(),
            first_byte: times(),
            lateness: times(),
        }
    }

    /// How many requests there were, the generator's own faults included.
    pub fn requests(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// How many of them say something about the service.
    pub fn counted(&self) -> u64 {
        self.sum(Outcome::counts)
    }

    /// How many of them failed.
    pub fn failures(&self) -> u64 {
        self.sum(Outcome::is_failure)
    }

    /// How many of them the generator sent later than this after their time.
    pub fn behind(&self, limit: Duration) -> u64 {
        let limit = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
        self.lateness.len() - self.lateness.count_between(0, limit)
    }

    /// The statuses with which requests were rejected, and how often.
    pub fn rejections(&self) -> impl Iterator<Item = (&str, u64)> {
        let causes = self.causes.iter();
        causes
            .filter(|((outcome, cause), _)| is_rejection(*outcome, cause))
            .map(|((_, cause), count)| (cause.as_ref(), *count))
    }

    fn sum(&self, sort: fn(Outcome) -> bool) -> u64 {
        Outcome::ALL
            .into_iter()
            .filter(|outcome| sort(*outcome))
            .map(|outcome| self.outcomes[outcome as usize])
            .sum()
    }

    /// Books a sample; `slow` is the place of the limit that the text calls slow.
    pub(super) fn note(&mut self, sample: Sample, limits: &[Duration], slow: usize) {
        let mut outcome = sample.outcome;
        // What the generator failed to send has no time of the service.
        if outcome.counts() {
            for (count, limit) in self.late.iter_mut().zip(limits) {
                *count += u64::from(sample.response > *limit);
            }
            if outcome == Outcome::Ok && sample.response > limits[slow] {
                outcome = Outcome::Slow;
            }
            note(&mut self.response, sample.response);
            note(&mut self.service, sample.service);
            note(&mut self.first_byte, sample.first_byte);
        }
        self.outcomes[outcome as usize] += 1;
        note(&mut self.lateness, sample.lateness);
        self.queued += u64::from(sample.queued > QUEUED);
        let response_ms = sample.response.as_secs_f64() * 1_000.0;
        let example = || Example {
            slot: sample.slot,
            response_ms,
            outcome,
            cause: sample.cause.clone(),
        };
        if outcome.counts() && slower(response_ms, self.slowest.as_ref()) {
            self.slowest = Some(example());
        }
        if outcome.is_failure() && self.failed.is_none() {
            self.failed = Some(example());
        }
        if let Some(cause) = sample.cause {
            *self.causes.entry((outcome, cause)).or_default() += 1;
        }
    }

    /// Adds the figures of another one of the same plan.
    pub fn add(&mut self, other: &Self) {
        for (sum, count) in self.outcomes.iter_mut().zip(other.outcomes) {
            *sum += count;
        }
        for (key, count) in &other.causes {
            *self.causes.entry(key.clone()).or_default() += count;
        }
        for (sum, count) in self.late.iter_mut().zip(&other.late) {
            *sum += count;
        }
        self.queued += other.queued;
        if let Some(slowest) = &other.slowest
            && slower(slowest.response_ms, self.slowest.as_ref())
        {
            self.slowest = Some(slowest.clone());
        }
        if self.failed.is_none() {
            self.failed.clone_from(&other.failed);
        }
        for (sum, more) in [
            (&mut self.response, &other.response),
            (&mut self.service, &other.service),
            (&mut self.first_byte, &other.first_byte),
            (&mut self.lateness, &other.lateness),
        ] {
            // Cannot fail: every histogram resizes itself.
            let _ = sum.add(more);
        }
    }
}

fn slower(response_ms: f64, than: Option<&Example>) -> bool {
    than.is_none_or(|example| response_ms > example.response_ms)
}
