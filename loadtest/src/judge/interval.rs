//! How sure one can be of a share of failures.
//!
//! Two intervals are made, and the wider counts.
//! Clopper-Pearson is exact when each request fails for itself.
//! Failures come in bursts, though (a task dies, connections drop), and then it is far too narrow;
//! the second one (Korn and Graubard) asks how much more the failures vary between stretches of time
//! than they would alone (the design effect), and counts only the requests that are worth an independent one.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::beta;

/// The chance of being wrong on each side of the exact interval.
const ALPHA: f64 = 0.05;
/// The same for the burst-aware one, which rests on an estimate itself and therefore takes half the risk.
const BURST_ALPHA: f64 = 0.025;

/// A stretch of time: requests that count, and the failures among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Batch {
    /// Requests.
    pub requests: u64,
    /// Failures.
    pub failures: u64,
}

impl Batch {
    /// Adds another stretch.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.failures += other.failures;
    }
}

/// A share of failures with its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Requests.
    pub requests: u64,
    /// Failures.
    pub failures: u64,
    /// With 95 % confidence the true share is not lower.
    pub low: f64,
    /// With 95 % confidence the true share is not higher.
    pub high: f64,
    /// How many requests are worth one independent request.
    pub design_effect: f64,
}

/// The share of failures over the batches, with the wider of the two intervals.
pub fn share(batches: &[Batch]) -> Share {
    share_among(batches, 1.0, 1.0)
}

/// The same where it is one of several shares of which the worst one accuses.
///
/// The chance that any of so many lower bounds is wrong stays 5 % (Bonferroni).
/// The upper bound needs nothing: who passes must pass everywhere, so looking more often does not help anybody.
/// `effect` is the design effect that is known from elsewhere; the larger one counts.
pub fn share_among(batches: &[Batch], looks: f64, effect: f64) -> Share {
    let batches: Vec<Batch> = batches
        .iter()
        .copied()
        .filter(|batch| batch.requests > 0)
        .collect();
    let requests: u64 = batches.iter().map(|batch| batch.requests).sum();
    let failures: u64 = batches.iter().map(|batch| batch.failures).sum();
    let (all, failed) = (requests as f64, failures as f64);
    let effect = design_effect([batches.as_slice()])
        .unwrap_or(1.0)
        .max(effect);
    let mut share = Share {
        requests,
        failures,
        low: lower(failed, all, ALPHA / looks),
        high: upper(failed, all, ALPHA),
        design_effect: effect,
    };
    if effect > 1.0 {
        // Few batches say little about how they vary: the normal quantile gives way to Student's.
        let freedom = batches.len() as f64 - 1.0;
        let worth = |alpha| effect * (student(freedom, alpha) / student(1e6, alpha)).powi(2);
        let (low, high) = (worth(BURST_ALPHA / looks), worth(BURST_ALPHA));
        share.low = share
            .low
            .min(lower(failed / low, all / low, BURST_ALPHA / looks));
        share.high = share
            .high
            .max(upper(failed / high, all / high, BURST_ALPHA));
    }
    share
}

/// The exact lower bound of a share (Clopper-Pearson), wrong with the chance `alpha`;
/// the counts may be fractions, as effective counts are.
fn lower(failures: f64, requests: f64, alpha: f64) -> f64 {
    quantile(failures, requests - failures + 1.0, alpha).unwrap_or(0.0)
}

/// The exact upper bound.
fn upper(failures: f64, requests: f64, alpha: f64) -> f64 {
    quantile(failures + 1.0, requests - failures, 1.0 - alpha).unwrap_or(1.0)
}

fn quantile(a: f64, b: f64, probability: f64) -> Option<f64> {
    (a > 0.0 && b > 0.0).then(|| beta::quantile(a, b, probability))
}

/// How many requests, all without failure from now on, would show with 95 % confidence
/// that the share of failures is at most `limit`.
pub fn requests_needed(failures: f64, limit: f64) -> u64 {
    let enough = |requests: u64| {
        let well = requests as f64 - failures;
        well > 0.0 && beta::below(failures + 1.0, well, limit) >= 1.0 - ALPHA
    };
    let mut high = 1_u64;
    while !enough(high) && high < 1 << 40 {
        high *= 2;
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            high = middle
        } else {
            low = middle
        }
    }
    high
}

/// The variance of the share over the batches of each stretch, as a multiple of what independent failures would give.
///
/// More than one stretch is pooled: each is compared with its own share only.
pub fn design_effect<'a>(stretches: impl IntoIterator<Item = &'a [Batch]>) -> Option<f64> {
    let (mut seen, mut alone) = (0.0, 0.0);
    for batches in stretches {
        let count = batches.len() as f64;
        let requests = batches.iter().map(|batch| batch.requests).sum::<u64>() as f64;
        let failures = batches.iter().map(|batch| batch.failures).sum::<u64>() as f64;
        if batches.len() < 2 || requests <= 0.0 {
            continue;
        }
        let share = failures / requests;
        let residuals: f64 = batches
            .iter()
            .map(|b| (b.failures as f64 - share * b.requests as f64).powi(2))
            .sum();
        seen += count / (count - 1.0) * residuals;
        alone += requests * share * (1.0 - share);
    }
    (alone > 0.0).then(|| seen / alone)
}

/// The quantile of Student's distribution that is exceeded with the chance `alpha`.
fn student(freedom: f64, alpha: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom)
        .map_or(f64::INFINITY, |student| student.inverse_cdf(1.0 - alpha))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} is not {b}");
    }

    #[test]
    fn clopper_pearson_gives_the_known_values() {
        // One-sided 95 % bounds: R's binom.test(x, n, conf.level = 0.90).
        for (failures, requests, low, high) in [
            (0.0, 10.0, 0.0, 0.258_866),
            (10.0, 10.0, 0.741_134, 1.0),
            (5.0, 10.0, 0.222_441, 0.777_559),
            (1.0, 20.0, 0.002_561, 0.216_106),
            (0.0, 2_995.0, 0.0, 0.000_999_742),
        ] {
            close(lower(failures, requests, 0.05), low, 2e-6);
            close(upper(failures, requests, 0.05), high, 2e-6);
        }
    }

    #[test]
    fn the_requests_needed_for_three_nines_are_the_known_ones() {
        for (failures, requests) in [
            (0.0, 2_995),
            (1.0, 4_742),
            (3.0, 7_752),
            (10.0, 16_959),
            (20.0, 29_058),
        ] {
            assert_eq!(
                requests_needed(failures, 0.001),
                requests,
                "{failures} failures"
            );
        }
    }

    #[test]
    fn the_requests_needed_for_many_nines_are_counted_too() {
        // ln(0.05) / ln(1 - limit)
        for (limit, requests) in [(1e-6, 2_995_731), (1e-8, 299_573_226)] {
            assert_eq!(requests_needed(0.0, limit), requests);
        }
    }

    #[test]
    fn bursts_widen_the_interval() {
        let even = [Batch {
            requests: 100,
            failures: 2,
        }; 10];
        let mut burst = [Batch {
            requests: 100,
            failures: 0,
        }; 10];
        burst[3].failures = 20;
        let (even, burst) = (share(&even), share(&burst));
        assert_eq!(even.failures, burst.failures);
        assert!(burst.design_effect > 10.0 && (even.design_effect - 1.0).abs() < 1e-9);
        assert!(burst.low < even.low / 2.0 && burst.high > even.high * 2.0);
    }

    #[test]
    fn who_looks_at_many_accuses_with_more_care() {
        let batch = Batch {
            requests: 1_000,
            failures: 10,
        };
        let (one, many) = (share(&[batch]), share_among(&[batch], 20.0, 1.0));
        assert!(many.low < one.low && many.high == one.high);
        close(lower(10.0, 1_000.0, 0.05 / 20.0), many.low, 1e-12);
    }

    #[test]
    fn nothing_seen_is_nothing_known() {
        let nothing = share(&[]);
        assert_eq!((nothing.low, nothing.high), (0.0, 1.0));
    }
}
