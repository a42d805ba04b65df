//! How sure an availability is that comes from a number of requests.

use statrs::distribution::{Beta, ContinuousCDF};

use super::OBJECTIVE;

/// The chance that the truth lies beyond one end of the interval: 95 % lie between both.
const BEYOND: f64 = 0.025;

/// Whether the objective is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The whole interval keeps it.
    Yes,
    /// The whole interval misses it.
    No,
    /// It lies in the interval: these are too few requests to tell.
    Uncertain,
}

/// The 95 % interval of the share that fails, from 0 to 1, after `failed` of `total`; `None` without requests.
///
/// The exact one of C. J. Clopper and E. S. Pearson (1934, Biometrika 26, p. 404), by quantiles of the beta distribution:
/// rather too wide than too narrow, which counts where few fail. It takes failures for independent; those that come in
/// bursts are less sure than it says.
pub fn interval(failed: f64, total: f64) -> Option<(f64, f64)> {
    if total <= 0.0 {
        return None;
    }
    // Counts that arrive apart.
    let failed = failed.min(total);
    // At its ends the distribution has no quantile.
    let quantile = |a: f64, b: f64, share: f64| Some(Beta::new(a, b).ok()?.inverse_cdf(share));
    let low = quantile(failed, total - failed + 1.0, BEYOND).unwrap_or(0.0);
    let high = quantile(failed + 1.0, total - failed, 1.0 - BEYOND).unwrap_or(1.0);
    Some((low, high))
}

/// Whether the objective is kept after `failed` of `total` requests; `None` without requests.
pub fn kept(failed: f64, total: f64) -> Option<Kept> {
    let (low, high) = interval(failed, total)?;
    let allowed = 1.0 - OBJECTIVE;
    Some(if high <= allowed {
        Kept::Yes
    } else if low > allowed {
        Kept::No
    } else {
        Kept::Uncertain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_exact_one() {
        // Solved by hand from sums of the binomial distribution, and for no failures from 1 - 0.025^(1/n).
        for (failed, total, low, high) in [
            (10.0, 100.0, 0.049_005, 0.176_223),
            (0.0, 100.0, 0.0, 0.036_217),
            (1.0, 30.0, 0.000_844, 0.172_169),
            (2.0, 2.0, 0.158_114, 1.0),
        ] {
            let (seen_low, seen_high) = interval(failed, total).unwrap();
            assert!(
                (seen_low - low).abs() < 1e-5 && (seen_high - high).abs() < 1e-5,
                "{failed} of {total}: {seen_low} {seen_high}"
            );
        }
        assert_eq!(interval(0.0, 0.0), None);
        assert!(interval(3.0, 2.0).is_some(), "counts that arrive apart");
    }

    #[test]
    fn few_requests_show_nothing() {
        assert_eq!(kept(0.0, 1_000.0), Some(Kept::Uncertain));
        assert_eq!(kept(1.0, 30.0), Some(Kept::Uncertain));
        assert_eq!(kept(2.0, 30.0), Some(Kept::No));
        assert_eq!(kept(0.0, 3_688.0), Some(Kept::Yes));
        assert_eq!(kept(0.0, 3_687.0), Some(Kept::Uncertain));
        assert_eq!(kept(30.0, 100_000.0), Some(Kept::Yes));
        assert_eq!(kept(0.0, 0.0), None);
    }
}
