//! The beta distribution, whose quantiles are the exact bounds of a share.
//!
//! Those of `statrs` overflow and never end from some seven million requests on.
//! Here the steps are Newton's, kept between bounds that only ever close in, so they end for any counts;
//! the distribution itself is the continued fraction of Didonato and Morris
//! ("Algorithm 708", ACM TOMS 18, 1992, equation 9), which subtracts nothing that is nearly equal.

use std::f64::consts::PI;

use statrs::function::gamma::ln_gamma;

/// A smaller step than this, as a share of the quantile or of what it lacks of 1, is the last one.
const NEAR: f64 = 1e-9;
/// Halves between 0 and 1 until there is no number between them.
const STEPS: usize = 1_100;
/// A billion requests take some five thousand terms.
const TERMS: u32 = 100_000;

/// Below which value the distribution has this probability; `a` and `b` are above 0, and `probability` is between 0 and 1.
pub(super) fn quantile(a: f64, b: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    let mut x = a / (a + b);
    for _ in 0..STEPS {
        let excess = below(a, b, x) - probability;
        if excess < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let step = excess * x * (1.0 - x) / front(a, b, x, 1.0 - x);
        x -= step;
        if step.abs() <= NEAR * x.min(1.0 - x) {
            break;
        }
        // What is no number is not between them either.
        if !(low < x && x < high) {
            x = low + (high - low) / 2.0;
        }
        if x <= low || x >= high {
            break;
        }
    }
    x
}

/// The probability of a value below `x`.
pub(super) fn below(a: f64, b: f64, x: f64) -> f64 {
    let y = 1.0 - x;
    // The fraction is quick on the near side of the mean only.
    if b * x <= a * y {
        front(a, b, x, y) / fraction(a, b, x, y)
    } else {
        1.0 - front(a, b, x, y) / fraction(b, a, y, x)
    }
}

/// `x^a y^b / B(a, b)`, where `y` is `1 - x`.
///
/// The logarithms of the gammas of millions differ in their last digits only,
/// so what Stirling's formula has of them is cancelled by hand, and only its error is computed.
fn front(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let all = a + b;
    let off = b * x - a * y;
    let power = |exponent: f64, base: f64, off: f64| {
        let ratio = off / exponent;
        exponent
            * if ratio.abs() < 0.5 {
                ratio.ln_1p()
            } else {
                (base * all / exponent).ln()
            }
    };
    let exponent = power(a, x, off) + power(b, y, -off) + stirling(all) - stirling(a) - stirling(b);
    (a * b / (2.0 * PI * all)).sqrt() * exponent.exp()
}

/// By how much the logarithm of the gamma function is above Stirling's formula.
fn stirling(z: f64) -> f64 {
    if z < 16.0 {
        return ln_gamma(z) - (z - 0.5) * z.ln() + z - 0.5 * (2.0 * PI).ln();
    }
    let square = 1.0 / (z * z);
    (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square / 1_680.0))) / z
}

/// The continued fraction, from its first term to its last (Lentz's method).
fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let off = a * y - b * x;
    let mut value = a * (off + 1.0) / (a + 1.0);
    let (mut upper, mut lower) = (value, 0.0);
    for m in (1..TERMS).map(f64::from) {
        let odd = a + 2.0 * m - 1.0;
        let numerator = m * (a + m - 1.0) / odd * ((a + b + m - 1.0) / odd) * (b - m) * x * x;
        let term = m + m * (b - m) * x / odd + (a + m) * (off + 1.0 + m * (1.0 + y)) / (odd + 2.0);
        lower = 1.0 / (term + numerator * lower);
        upper = term + numerator / upper;
        let factor = upper * lower;
        value *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance * b.abs(), "{a} is not {b}");
    }

    const COUNTS: [f64; 6] = [1.0, 10.0, 3e3, 7.2e6, 5e7, 1e9];

    #[test]
    fn the_ends_are_those_of_their_closed_forms() {
        for n in COUNTS {
            for p in [5e-5_f64, 0.05, 0.95] {
                // None of n: below x with the chance 1 - (1 - x)^n. All of n: x^n.
                close(quantile(1.0, n, p), -((-p).ln_1p() / n).exp_m1(), 1e-9);
                close(quantile(n, 1.0, p), (p.ln() / n).exp(), 1e-9);
            }
        }
    }

    #[test]
    fn a_few_failures_have_the_chance_that_their_sum_says() {
        for n in [100.0, 3e3, 7.2e6, 1e9] {
            for failures in [1, 3, 20] {
                let x = quantile(f64::from(failures) + 1.0, n - f64::from(failures), 0.95);
                // The chance of at most so many failures, each from the one before.
                let (mut each, mut sum) = ((n * (-x).ln_1p()).exp(), 0.0);
                for k in 0..=failures {
                    sum += each;
                    each *= (n - f64::from(k)) / (f64::from(k) + 1.0) * x / (1.0 - x);
                }
                close(sum, 0.05, 1e-7);
            }
        }
    }

    #[test]
    fn many_failures_of_many_requests_end_where_they_must() {
        // The density integrated with 40 digits (mpmath).
        for (a, b, p, x) in [
            (2_000.0, 49_998_001.0, 5e-5, 3.661_405_217_39e-5),
            (2_001.0, 49_998_000.0, 0.95, 4.150_282_063_43e-5),
            (5e6, 995_000_001.0, 0.05, 0.004_996_331_759_93),
            (50_000_001.0, 9.5e8, 0.95, 0.050_011_337_833_02),
            (5e8, 500_000_001.0, 5e-5, 0.499_938_483_841_2),
            (5e8, 5e8, 0.5, 0.5),
        ] {
            close(quantile(a, b, p), x, 1e-10);
        }
    }

    #[test]
    fn small_counts_and_parts_of_them_are_as_elsewhere() {
        use statrs::distribution::{Beta, ContinuousCDF};
        let counts = [0.02, 0.3, 1.0, 2.5, 17.0, 400.0, 9_000.5];
        for (a, b) in counts.iter().flat_map(|a| counts.map(|b| (*a, b))) {
            let there = Beta::new(a, b).unwrap();
            for p in [1e-4, 0.025, 0.05, 0.5, 0.95, 0.975] {
                let x = quantile(a, b, p);
                // Next to 0 or to 1 there is not always a number that is near enough.
                if (1e-9..0.999).contains(&x) {
                    close(there.cdf(x), p, 1e-9);
                    close(there.inverse_cdf(p), x, 1e-4);
                }
            }
        }
    }
}
