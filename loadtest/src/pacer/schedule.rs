//! When each request is due: pure arithmetic on the plan, never stored as a list.
//!
//! The rates of the phases add up to the number of requests that are due until a time.
//! With even arrivals request `i` is due when that number reaches `i`.
//! With Poisson arrivals it is due when it reaches the sum of `i + 1` exponential draws,
//! which is a Poisson process of that rate, however the rate changes (time-rescaling theorem).

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::part::Slots;
use crate::plan::{Arrivals, Plan};

/// 0.1 s at 30/s are 3 requests, though 0.1 * 30 is a little more than 3.
const HAIR: f64 = 1e-6;

/// One place in the schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Due {
    /// The place, from 0.
    pub index: u64,
    /// When, from the beginning.
    pub at: Duration,
    /// In which phase.
    pub phase: usize,
}

/// The places of a plan, one after the other.
#[derive(Debug)]
pub struct Schedule {
    slots: Slots,
    spans: Vec<Span>,
    chance: Option<StdRng>,
    phase: usize,
    index: u64,
    drawn: f64,
}

/// A phase with what came before it.
#[derive(Debug, Clone)]
struct Span {
    begin: f64,
    seconds: f64,
    from: f64,
    to: f64,
    before: f64,
    requests: f64,
}

impl Schedule {
    /// These slots of the schedule of a plan; the same seed gives the same moments.
    pub fn new(plan: &Plan, slots: Slots) -> Self {
        let (mut begin, mut before) = (0.0, 0.0);
        let spans = plan
            .phases
            .iter()
            .map(|phase| {
                let span = Span {
                    begin,
                    seconds: phase.duration.as_secs_f64(),
                    from: phase.rate.from,
                    to: phase.rate.to,
                    before,
                    requests: phase.requests(),
                };
                begin += span.seconds;
                before += span.requests;
                span
            })
            .collect();
        Self {
            slots,
            spans,
            chance: (plan.arrivals == Arrivals::Poisson).then(|| StdRng::seed_from_u64(plan.seed)),
            phase: 0,
            index: 0,
            drawn: 0.0,
        }
    }

    /// The next slot, whoever has it.
    fn any(&mut self) -> Option<Due> {
        let reached = match &mut self.chance {
            None => self.index as f64,
            Some(rng) => {
                self.drawn -= (1.0 - rng.random::<f64>()).ln();
                self.drawn
            }
        };
        while reached + HAIR >= self.spans.get(self.phase)?.end() {
            self.phase += 1;
        }
        let due = Due {
            index: self.index,
            at: Duration::from_secs_f64(self.spans[self.phase].when(reached)),
            phase: self.phase,
        };
        self.index += 1;
        Some(due)
    }
}

impl Iterator for Schedule {
    type Item = Due;

    fn next(&mut self) -> Option<Due> {
        loop {
            let due = self.any()?;
            if self.slots.have(due.index) {
                return Some(due);
            }
        }
    }
}

impl Span {
    fn end(&self) -> f64 {
        self.before + self.requests
    }

    /// When so many requests are due; the root of a quadratic, in the form that loses no digits.
    fn when(&self, reached: f64) -> f64 {
        let inside = (reached - self.before).max(0.0);
        let slope = (self.to - self.from) / self.seconds;
        let root = (self.from * self.from + 2.0 * slope * inside)
            .max(0.0)
            .sqrt();
        let speed = self.from + root;
        let offset = if speed > 0.0 {
            2.0 * inside / speed
        } else {
            0.0
        };
        self.begin + offset.min(self.seconds)
    }
}

/// How many requests are due in each second and in each phase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// By second.
    pub seconds: Vec<u64>,
    /// By phase.
    pub phases: Vec<u64>,
}

impl Tally {
    /// Goes through these slots of the schedule of a plan once.
    pub fn of(plan: &Plan, slots: Slots) -> Self {
        let mut tally = Self {
            seconds: vec![0; plan.duration().as_secs_f64().ceil() as usize],
            phases: vec![0; plan.phases.len()],
        };
        for due in Schedule::new(plan, slots) {
            let last = tally.seconds.len() - 1;
            tally.seconds[(due.at.as_secs() as usize).min(last)] += 1;
            tally.phases[due.phase] += 1;
        }
        tally
    }

    /// How many there are.
    pub fn requests(&self) -> u64 {
        self.phases.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::File;

    fn plan(arrivals: &str, phases: &[(&str, &str)]) -> Plan {
        let mut text = format!("arrivals = \"{arrivals}\"\nseed = 7\n");
        for (place, (duration, rate)) in phases.iter().enumerate() {
            text.push_str(&format!(
                "[[phase]]\nname = \"{place}\"\nduration = \"{duration}\"\nrate = \"{rate}\"\n"
            ));
        }
        Plan::try_from(toml::from_str::<File>(&text).unwrap()).unwrap()
    }

    fn times(plan: &Plan) -> Vec<(f64, usize)> {
        Schedule::new(plan, Slots::ALL)
            .map(|due| (due.at.as_secs_f64(), due.phase))
            .collect()
    }

    #[test]
    fn a_constant_rate_comes_at_equal_distances() {
        let times = times(&plan("even", &[("2s", "4/s")]));
        assert_eq!(
            times,
            (0..8).map(|i| (f64::from(i) * 0.25, 0)).collect::<Vec<_>>()
        );
        assert_eq!(
            Tally::of(&plan("even", &[("100ms", "30/s")]), Slots::ALL).requests(),
            3
        );
    }

    #[test]
    fn a_ramp_comes_ever_faster() {
        // From 0 to 10/s over 10 s are 50 requests; request i is due after sqrt(2 i) seconds.
        let times = times(&plan("even", &[("10s", "0/s..10/s")]));
        assert_eq!(times.len(), 50);
        for (i, (at, _)) in times.iter().enumerate() {
            assert!((at - (2.0 * i as f64).sqrt()).abs() < 1e-6, "{i}: {at}");
        }
    }

    #[test]
    fn phases_follow_each_other_and_one_may_be_silent() {
        let plan = plan(
            "even",
            &[("2s", "10/s"), ("3s", "0/s"), ("1s", "100/s..0/s")],
        );
        let tally = Tally::of(&plan, Slots::ALL);
        assert_eq!(tally.phases, [20, 0, 50]);
        assert_eq!(tally.seconds, [10, 10, 0, 0, 0, 50]);
        let times = times(&plan);
        assert_eq!(times[20], (5.0, 2));
        assert!(times.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }

    #[test]
    fn poisson_arrivals_have_their_rate_and_their_scatter() {
        // 200 seconds at 50/s: the mean of the seconds is 50, and so is their variance.
        let plan = plan("poisson", &[("200s", "50/s")]);
        let tally = Tally::of(&plan, Slots::ALL);
        let mean = tally.requests() as f64 / 200.0;
        let variance = tally
            .seconds
            .iter()
            .map(|count| (*count as f64 - mean).powi(2))
            .sum::<f64>()
            / 199.0;
        assert!((mean - 50.0).abs() < 1.5, "{mean}");
        assert!((35.0..70.0).contains(&variance), "{variance}");
        assert_eq!(times(&plan), times(&plan));
        let mut other = plan.clone();
        other.seed = 8;
        assert_ne!(times(&plan), times(&other));
    }

    #[test]
    fn the_slots_of_all_workers_are_the_schedule() {
        for arrivals in ["even", "poisson"] {
            let plan = plan(arrivals, &[("7s", "3/s..40/s"), ("5s", "11/s")]);
            let parts = (1..=4).map(|worker| Slots { worker, of: 4 });
            let mut dealt: Vec<Due> = parts.flat_map(|part| Schedule::new(&plan, part)).collect();
            dealt.sort_by_key(|due| due.index);
            assert_eq!(dealt, Schedule::new(&plan, Slots::ALL).collect::<Vec<_>>());
        }
    }
}
