//! When somebody is called: the alerts on several windows and burn rates of chapter 5 of the workbook.
//!
//! The long window shows that the budget really burns, the short one that it still does.

use chrono::TimeDelta;

use super::OBJECTIVE;

/// An alert on a long and a short window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alert {
    /// Whether somebody is woken; otherwise there is a ticket for the day.
    pub pages: bool,
    /// The burn rate that both windows must exceed.
    pub burn_rate: f64,
    /// The long window.
    pub long: TimeDelta,
    /// The short window.
    pub short: TimeDelta,
}

/// The workbook's alerts for 99.9 %, those for the fastest burn first: they use 2 %, 5 % and 10 % of the budget.
pub const ALERTS: [Alert; 3] = [
    Alert {
        pages: true,
        burn_rate: 14.4,
        long: TimeDelta::hours(1),
        short: TimeDelta::minutes(5),
    },
    Alert {
        pages: true,
        burn_rate: 6.0,
        long: TimeDelta::hours(6),
        short: TimeDelta::minutes(30),
    },
    Alert {
        pages: false,
        burn_rate: 1.0,
        long: TimeDelta::days(3),
        short: TimeDelta::hours(6),
    },
];

impl Alert {
    /// Whether it goes off at these burn rates; a window without requests burns nothing.
    pub fn goes_off(&self, long: Option<f64>, short: Option<f64>) -> bool {
        let exceeds = |burn: Option<f64>| burn.is_some_and(|burn| burn > self.burn_rate);
        exceeds(long) && exceeds(short)
    }

    /// Whether among so many requests a single failure alone exceeds its burn rate: then it says little.
    pub fn is_jumpy(&self, requests: f64) -> bool {
        requests > 0.0 && 1.0 / requests > self.burn_rate * (1.0 - OBJECTIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slo::PERIOD;

    #[test]
    fn each_alert_has_used_its_share_of_the_budget_when_it_goes_off() {
        let used = |alert: &Alert| {
            alert.burn_rate * alert.long.num_seconds() as f64 / PERIOD.num_seconds() as f64
        };
        for (alert, share) in ALERTS.iter().zip([0.02, 0.05, 0.1]) {
            assert!((used(alert) - share).abs() < 1e-9, "{alert:?}");
            assert_eq!(alert.short * 12, alert.long, "a twelfth of the long window");
        }
    }

    #[test]
    fn both_windows_must_burn() {
        let [fast, ..] = ALERTS;
        assert!(fast.goes_off(Some(14.5), Some(20.0)));
        for (long, short) in [
            (Some(14.4), Some(20.0)),
            (Some(20.0), Some(1.0)),
            (Some(20.0), None),
            (None, Some(20.0)),
        ] {
            assert!(!fast.goes_off(long, short), "{long:?} {short:?}");
        }
    }

    #[test]
    fn among_few_requests_one_failure_is_enough() {
        let [fast, slow, ticket] = ALERTS;
        assert!(fast.is_jumpy(69.0) && !fast.is_jumpy(70.0));
        assert!(slow.is_jumpy(166.0) && !slow.is_jumpy(167.0));
        assert!(ticket.is_jumpy(999.0) && !ticket.is_jumpy(1_001.0));
        assert!(!fast.is_jumpy(0.0));
    }
}
