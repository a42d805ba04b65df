//! Availability and how fast its error budget burns.
//!
//! Pure arithmetic on counted requests, after chapter 5 of Google's Site Reliability Workbook, "Alerting on SLOs"
//! (<https://sre.google/workbook/alerting-on-slos/>): a burn rate of 1 uses up exactly the budget of the period.

mod alerts;
mod certainty;

use std::iter::Sum;

use chrono::TimeDelta;

pub use alerts::{ALERTS, Alert};
pub use certainty::{Kept, interval, kept};

use crate::snapshot::Traffic;

/// Share of requests that must succeed.
pub const OBJECTIVE: f64 = 0.999;
/// Time for which the objective is promised.
pub const PERIOD: TimeDelta = TimeDelta::days(30);

impl Traffic {
    /// All requests.
    pub fn total(&self) -> f64 {
        self.sent + self.unsent
    }

    /// Those that failed by no fault of the client.
    pub fn failed(&self) -> f64 {
        self.failed_by_task + self.failed_by_balancer
    }

    /// Share of the requests that succeeded, from 0 to 1; `None` without requests.
    pub fn availability(&self) -> Option<f64> {
        Some(1.0 - self.error_rate()?)
    }

    /// How many times faster than the objective allows its budget is used up: error rate / (1 - objective).
    /// `None` without requests.
    pub fn burn_rate(&self, objective: f64) -> Option<f64> {
        Some(self.error_rate()? / (1.0 - objective))
    }

    fn error_rate(&self) -> Option<f64> {
        // Counts of one minute arrive apart: for a moment more may have failed than were sent.
        (self.total() > 0.0).then(|| (self.failed() / self.total()).min(1.0))
    }
}

impl Sum for Traffic {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |all, part| Self {
            seconds: all.seconds + part.seconds,
            sent: all.sent + part.sent,
            unsent: all.unsent + part.unsent,
            failed_by_task: all.failed_by_task + part.failed_by_task,
            failed_by_balancer: all.failed_by_balancer + part.failed_by_balancer,
        })
    }
}

/// How long the budget of the whole period lasts at a burn rate; `None` where it lasts the period and longer.
pub fn exhausted_in(burn_rate: f64) -> Option<TimeDelta> {
    let seconds = PERIOD.num_seconds() as f64 / burn_rate;
    (burn_rate > 1.0).then(|| TimeDelta::seconds(seconds as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(sent: f64, unsent: f64, failed_by_task: f64, failed_by_balancer: f64) -> Traffic {
        Traffic {
            seconds: 3_600,
            sent,
            unsent,
            failed_by_task,
            failed_by_balancer,
        }
    }

    #[test]
    fn a_burn_rate_is_the_error_rate_in_budgets() {
        // The workbook's table: of 99.9 % over 30 days, 14.4 uses 2 % of the budget in an hour, and all in 2 days.
        let fast = traffic(100_000.0, 0.0, 1_440.0, 0.0);
        let rate = fast.burn_rate(OBJECTIVE).unwrap();
        assert!((rate - 14.4).abs() < 1e-6, "{rate}");
        assert_eq!(exhausted_in(14.4).map(|left| left.num_hours()), Some(50));
        assert_eq!(exhausted_in(1.0), None);
    }

    #[test]
    fn what_no_task_ever_saw_counts_as_asked_and_failed() {
        let nobody_there = traffic(0.0, 30.0, 0.0, 30.0);
        assert_eq!(nobody_there.availability(), Some(0.0));
        // An answer 502 was sent to a task and failed there: it is one request, not two.
        let cut = traffic(100.0, 0.0, 0.0, 1.0);
        assert_eq!(cut.availability(), Some(0.99));
        assert_eq!(traffic(0.0, 0.0, 0.0, 0.0).availability(), None);
        assert_eq!(traffic(1.0, 0.0, 2.0, 0.0).availability(), Some(0.0));
    }
}
