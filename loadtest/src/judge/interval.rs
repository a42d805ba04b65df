//! How sure one can be of a share of failures.
//!
//! Two intervals are made, and the wider counts.
//! Clopper-Pearson is exact when each request fails for itself.
//! Failures come in bursts, though (a task dies, connections drop), and then it is far too narrow;
//! the second one (Korn and Graubard) asks how much more the failures vary between stretches of time
//! than they would alone (the design effect), and counts only the requests that are worth an independent one.

use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

/// The chance of being wrong on each side of the exact interval.
const ALPHA: f64 = 0.05;
/// The same for the burst-aware one, which rests on an estimate itself and therefore takes half the risk.
const BURST_ALPHA: f64 = 0.025;

/// A stretch of time: requests that count, and the failures among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    /// Requests.
    pub requests: u64,
    /// Failures.
    pub failures: u64,
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
    let batches: Vec<Batch> = batches
        .iter()
        .copied()
        .filter(|batch| batch.requests > 0)
        .collect();
    let requests: u64 = batches.iter().map(|batch| batch.requests).sum();
    let failures: u64 = batches.iter().map(|batch| batch.failures).sum();
    let (low, high) = clopper_pearson(failures as f64, requests as f64, ALPHA);
    let effect = design_effect(&batches, requests as f64, failures as f64);
    let Some(effect) = effect.filter(|effect| *effect > 1.0) else {
        return Share {
            requests,
            failures,
            low,
            high,
            design_effect: 1.0,
        };
    };
    // Few batches say little about how they vary: the normal quantile gives way to Student's.
    let worth = effect * (student(f64::MAX) / student(batches.len() as f64 - 1.0)).powi(-2);
    let (wide_low, wide_high) = clopper_pearson(
        failures as f64 / worth,
        requests as f64 / worth,
        BURST_ALPHA,
    );
    Share {
        requests,
        failures,
        low: low.min(wide_low),
        high: high.max(wide_high),
        design_effect: effect,
    }
}

/// The exact bounds of a share, each of them wrong with the chance `alpha`; the counts may be fractions, as effective counts are.
fn clopper_pearson(failures: f64, requests: f64, alpha: f64) -> (f64, f64) {
    if requests <= 0.0 {
        return (0.0, 1.0);
    }
    let bound = |a: f64, b: f64, quantile: f64, otherwise: f64| {
        if a <= 0.0 || b <= 0.0 {
            return otherwise;
        }
        Beta::new(a, b).map_or(otherwise, |beta| beta.inverse_cdf(quantile))
    };
    (
        bound(failures, requests - failures + 1.0, alpha, 0.0),
        bound(failures + 1.0, requests - failures, 1.0 - alpha, 1.0),
    )
}

/// How many requests, all without failure from now on, would show with 95 % confidence
/// that the share of failures is at most `limit`.
pub fn requests_needed(failures: f64, limit: f64) -> u64 {
    let enough = |requests: u64| clopper_pearson(failures, requests as f64, ALPHA).1 <= limit;
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

/// The variance of the share over batches, as a multiple of what independent failures would give.
fn design_effect(batches: &[Batch], requests: f64, failures: f64) -> Option<f64> {
    let count = batches.len() as f64;
    let share = failures / requests;
    let alone = share * (1.0 - share) / requests;
    if batches.len() < 2 || alone <= 0.0 {
        return None;
    }
    let residuals: f64 = batches
        .iter()
        .map(|b| (b.failures as f64 - share * b.requests as f64).powi(2))
        .sum();
    Some(count / (count - 1.0) * residuals / (requests * requests) / alone)
}

/// The quantile of Student's distribution on one side.
fn student(freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom.min(1e6)).map_or(f64::INFINITY, |student| {
        student.inverse_cdf(1.0 - BURST_ALPHA)
    })
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
            let (l, h) = clopper_pearson(failures, requests, 0.05);
            close(l, low, 2e-6);
            close(h, high, 2e-6);
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
    fn nothing_seen_is_nothing_known() {
        let nothing = share(&[]);
        assert_eq!((nothing.low, nothing.high), (0.0, 1.0));
    }
}
