//! What a run like this one would cost of the error budget, and whether it would wake somebody up.
//!
//! The budget of 30 days is the share of all their requests that may fail; the burn rate is how many times faster
//! than evenly over those 30 days it is spent.
//! The two alerts that page are those of "The Site Reliability Workbook" (Beyer et al., O'Reilly 2018),
//! chapter 5, "Alerting on SLOs", section 6, "Multiwindow, Multi-Burn-Rate Alerts", table 5-8.

use super::interval::Batch;

/// The days of a budget.
pub const DAYS: u64 = 30;

/// An alert: it fires when the budget burns this fast over both windows, of which the short one ends it soon.
#[derive(
    Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Alert {
    /// How many times faster than evenly.
    pub burn: f64,
    /// The long window, in seconds.
    pub long_s: u64,
    /// The short window, in seconds.
    pub short_s: u64,
}

/// Two per cent of the budget within an hour, and five within six hours.
pub const ALERTS: [Alert; 2] = [
    Alert {
        burn: 14.4,
        long_s: 3_600,
        short_s: 300,
    },
    Alert {
        burn: 6.0,
        long_s: 6 * 3_600,
        short_s: 1_800,
    },
];

/// What a run costs.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Budget {
    /// The share of requests that may fail.
    pub allowed: f64,
    /// The requests per second that were taken for the traffic of the 30 days.
    pub traffic: f64,
    /// The failures that 30 days of such traffic may have.
    pub failures_allowed: f64,
    /// The part of them that this run had; 1 is all of it.
    pub spent: f64,
    /// How many times faster than allowed the run failed.
    pub burn: f64,
    /// The alerts that would page.
    pub pages: Vec<Page>,
}

/// An alert that would have fired.
#[derive(
    Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub struct Page {
    /// Which.
    pub alert: Alert,
    /// The second of the run at whose end it would have fired.
    pub at: usize,
}

/// Reckons what a run costs whose seconds are these.
///
/// `allowed` is the share of requests that may fail, `forecast` the requests per second over the 30 days;
/// without a forecast the traffic is that of the run, as if it went on like that for 30 days.
/// Before the run the same traffic is assumed, without a failure: an alert looks back further than most runs last.
/// Nothing if the run made no request.
pub fn budget(seconds: &[Batch], allowed: f64, forecast: Option<f64>) -> Option<Budget> {
    let mut run = Batch::default();
    for second in seconds {
        run.add(*second);
    }
    if run.requests == 0 || allowed <= 0.0 {
        return None;
    }
    let traffic = forecast.unwrap_or(run.requests as f64 / seconds.len() as f64);
    let failures_allowed = allowed * traffic * (DAYS * 24 * 3_600) as f64;
    Some(Budget {
        allowed,
        traffic,
        failures_allowed,
        spent: run.failures as f64 / failures_allowed,
        burn: run.failures as f64 / run.requests as f64 / allowed,
        pages: ALERTS
            .into_iter()
            .filter_map(|alert| {
                fires(seconds, allowed, traffic, alert).map(|at| Page { alert, at })
            })
            .collect(),
    })
}

/// The first second at whose end both windows burn fast enough.
fn fires(seconds: &[Batch], allowed: f64, traffic: f64, alert: Alert) -> Option<usize> {
    let (mut long, mut short) = (Batch::default(), Batch::default());
    (0..seconds.len()).find(|at| {
        [(&mut long, alert.long_s), (&mut short, alert.short_s)]
            .into_iter()
            .map(|(window, length)| {
                window.add(seconds[*at]);
                if let Some(gone) = at.checked_sub(length as usize) {
                    window.requests -= seconds[gone].requests;
                    window.failures -= seconds[gone].failures;
                }
                let before = traffic * length.saturating_sub(*at as u64 + 1) as f64;
                window.failures as f64 / (window.requests as f64 + before) / allowed
            })
            // Both windows have to move on, so there is no short cut here.
            .fold(true, |all, burn| all & (burn >= alert.burn))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: f64 = 0.001;

    fn seconds(count: usize, failures: impl Fn(usize) -> u64) -> Vec<Batch> {
        (0..count)
            .map(|second| Batch {
                requests: 100,
                failures: failures(second),
            })
            .collect()
    }

    #[test]
    fn the_budget_is_that_of_the_forecast() {
        // 50/s for 30 days may fail 129,600 times; 1,296 failures are a hundredth of that.
        let run = seconds(1_296, |_| 1);
        let budget = budget(&run, ALLOWED, Some(50.0)).unwrap();
        assert!((budget.failures_allowed - 129_600.0).abs() < 1e-6);
        assert!((budget.spent - 0.01).abs() < 1e-12);
        assert!((budget.burn - 10.0).abs() < 1e-9);
    }

    #[test]
    fn an_even_burn_spends_the_budget_in_thirty_days() {
        let run = seconds(3_000, |second| u64::from(second % 10 == 0));
        let budget = budget(&run, ALLOWED, None).unwrap();
        assert!((budget.burn - 1.0).abs() < 1e-9);
        assert!((budget.spent * (DAYS * 24 * 3_600) as f64 / 3_000.0 - 1.0).abs() < 1e-9);
        assert_eq!(budget.pages, []);
    }

    #[test]
    fn a_short_outage_pages_as_soon_as_the_hour_has_burnt_enough() {
        // All fails from second 600 on: 14.4 * 0.1 % of an hour are 51.84 s, which the short window has long burnt.
        let outage = seconds(700, |second| if second >= 600 { 100 } else { 0 });
        let pages = budget(&outage, ALLOWED, None).unwrap().pages;
        assert_eq!((pages.len(), pages[0].at), (1, 651), "{pages:?}");
        assert_eq!(pages[0].alert, ALERTS[0]);
        // 6 * 0.1 % of six hours are 129.6 s.
        let longer = seconds(800, |second| if second >= 600 { 100 } else { 0 });
        let pages = budget(&longer, ALLOWED, None).unwrap().pages;
        assert_eq!(
            pages.iter().map(|page| page.at).collect::<Vec<_>>(),
            [651, 729]
        );
        // An outage that was over long before the hour had burnt enough does not page.
        let short = seconds(
            700,
            |second| if (600..651).contains(&second) { 100 } else { 0 },
        );
        assert_eq!(budget(&short, ALLOWED, None).unwrap().pages, []);
    }

    #[test]
    fn what_has_left_the_windows_does_not_count() {
        // Twice 40 s, more than an hour apart.
        let apart = seconds(5_000, |second| {
            if (0..40).contains(&second) || (4_000..4_040).contains(&second) {
                100
            } else {
                0
            }
        });
        assert_eq!(budget(&apart, ALLOWED, None).unwrap().pages, []);
    }

    #[test]
    fn without_requests_there_is_nothing_to_reckon() {
        assert_eq!(budget(&seconds(0, |_| 0), ALLOWED, None), None);
    }
}
