//! When it is certain that a run fails: a test that may be looked at every second.
//!
//! Looking at an interval again and again until it says "fail" finds a failure in every second healthy run.
//! This is a test by betting (a mixture of martingales in the sense of Robbins; Waudby-Smith and Ramdas,
//! "Estimating means of bounded random variables by betting", 2024):
//! somebody who stakes on too many failures in each stretch, at odds that are fair when the share is at its limit,
//! turns a stake of 1 into 20 with a chance of at most 1 in 20, whenever one looks (Ville's inequality).
//! That holds without any model of how failures are spread within a stretch.
//!
//! Bursts that last longer than a stretch are tamed by counting only so much of the failures of one stretch:
//! a lower share can only lower the stake, so what was fair stays fair, and no single burst can decide.

use super::interval::Batch;
use crate::plan::Plan;
use crate::plan::rule::{Demand, Rule, Scope};

/// The chance of stopping a run whose failures are at their limit, over the whole run and over all its rules.
pub const RISK: f64 = 0.05;
/// A stretch is at least so many seconds; failures within it may all be one burst.
const STRETCH: u64 = 3;
/// More failures than so many times the limit are not counted in one stretch.
const CAP: f64 = 8.0;
/// So many stretches must have failures, whatever the stake has grown to: one burst is never enough.
const STRETCHES: u64 = 2;
/// How much of the stake is put at risk by the boldest of those who bet, and how it falls from one to the next.
const BOLDEST: f64 = 0.9;
const SHYER: f64 = 0.7;
/// Who is bold notices an outage at once, who is shy has something left when it comes late.
const BETTORS: i32 = 12;
/// The part of the first stake that a bettor gets, as a multiple of the one before.
const LESS: f64 = 0.6;

/// What became certain.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Certain {
    /// The number of the rule in the plan.
    pub rule: usize,
    /// After so many seconds of the run.
    pub after_s: u64,
    /// What was seen by then.
    pub seen: Batch,
}

/// Watches the rules of a plan that can become certain to be broken.
///
/// Those are the ones for the availability, without a window: slowness passes (a cold start, a scale-out),
/// and many runs are made to see how soon it does.
#[derive(Debug, Clone)]
pub struct Watches {
    watches: Vec<(usize, Scope, Demand, Watch)>,
}

impl Watches {
    /// Watches of the rules of a plan; rules about a phase that is not judged stop nothing.
    pub fn new(plan: &Plan) -> Self {
        let judged = |rule: &Rule| {
            rule.scope
                .phase
                .is_none_or(|phase| plan.phases[phase].judged)
        };
        let watches = plan
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| {
                matches!(rule.demand, Demand::Availability(_))
                    && rule.window.is_none()
                    && judged(rule)
            })
            .map(|(place, rule)| {
                let watch = Watch::new(rule.demand.allowed());
                (place, rule.scope, rule.demand, watch)
            })
            .collect();
        Self { watches }
    }

    /// Takes one more second, of which `figures` gives what a rule counts, and says what is certain by now.
    /// The phases that are not judged give nothing, so a run is never stopped in them.
    pub fn second(
        &mut self,
        second: u64,
        figures: impl Fn(Scope, Demand) -> Batch,
    ) -> Option<Certain> {
        let risk = RISK / self.watches.len().max(1) as f64;
        let mut certain = None;
        for (rule, scope, demand, watch) in &mut self.watches {
            watch.second(figures(*scope, *demand));
            if certain.is_none() && watch.is_certain(risk) {
                certain = Some(Certain {
                    rule: *rule,
                    after_s: second + 1,
                    seen: watch.seen(),
                });
            }
        }
        certain
    }
}

/// Watches one share of failures against its limit.
#[derive(Debug, Clone)]
pub struct Watch {
    limit: f64,
    /// What each bettor puts at risk, and owns.
    purses: Vec<(f64, f64)>,
    stretch: Batch,
    seconds: u64,
    troubled: u64,
    seen: Batch,
}

impl Watch {
    /// A watch over a share that may be up to `limit`.
    pub fn new(limit: f64) -> Self {
        let parts: f64 = (0..BETTORS).map(|n| LESS.powi(n)).sum();
        let purses = (0..BETTORS)
            .map(|n| (BOLDEST * SHYER.powi(n), LESS.powi(n) / parts))
            .collect();
        Self {
            limit,
            purses,
            stretch: Batch::default(),
            seconds: 0,
            troubled: 0,
            seen: Batch::default(),
        }
    }

    /// Takes the figures of one more second; seconds in which nothing counts are no seconds.
    pub fn second(&mut self, batch: Batch) {
        if batch.requests == 0 {
            return;
        }
        self.stretch.add(batch);
        self.seen.add(batch);
        self.seconds += 1;
        // At a low rate one failure alone would be more than the cap lets through.
        let enough = self.stretch.requests as f64 * CAP * self.limit >= 1.0;
        if self.seconds < STRETCH || !enough {
            return;
        }
        let share = self.stretch.failures as f64 / self.stretch.requests as f64;
        let excess = (share / self.limit).min(CAP) - 1.0;
        for (stake, purse) in &mut self.purses {
            *purse *= 1.0 + *stake * excess;
        }
        self.troubled += u64::from(self.stretch.failures > 0);
        self.stretch = Batch::default();
        self.seconds = 0;
    }

    /// Whether the share is above its limit, with a chance of error of `risk` over the whole run.
    pub fn is_certain(&self, risk: f64) -> bool {
        let owned: f64 = self.purses.iter().map(|(_, purse)| purse).sum();
        self.troubled >= STRETCHES && owned * risk >= 1.0
    }

    /// What was seen so far.
    pub fn seen(&self) -> Batch {
        self.seen
    }
}

#[cfg(test)]
mod tests;
