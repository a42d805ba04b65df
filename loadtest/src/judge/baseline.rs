//! Whether a run is better or worse than an earlier one, beyond the noise of both.
//!
//! The figures of neighbouring requests resemble each other, those of stretches of some seconds hardly:
//! stretches are what is counted, so that a million requests of one bad minute are one bad minute.
//! Shares and the logarithms of percentiles are compared by Welch's test
//! (B. L. Welch, "The generalization of Student's problem", Biometrika 34, 1947).
//!
//! Two runs of the same software differ by more than either shows of itself (another day, another machine),
//! so a difference must also be larger than a tenth of what was before.

use statrs::distribution::{ContinuousCDF, StudentsT};

mod words;

use super::interval::Batch;

/// The chance that any of the measures is called different though nothing is.
const RISK: f64 = 0.05;
/// Differences up to this part of the earlier value are of no interest.
const TOLERANCE: f64 = 0.1;
/// With fewer stretches on either side nothing can be said.
const FEWEST: usize = 5;

/// The figures of one run that are compared, stretch by stretch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Failures.
    pub failures: Vec<Batch>,
    /// Slow answers.
    pub slow: Vec<Batch>,
    /// Medians from the intended start, in milliseconds.
    pub p50_ms: Vec<f64>,
    /// 99th percentiles from the intended start, in milliseconds.
    pub p99_ms: Vec<f64>,
}

/// What is compared.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The share of failures.
    Failures,
    /// The share of slow answers.
    SlowAnswers,
    /// The median, stretch by stretch.
    Median,
    /// The 99th percentile, stretch by stretch.
    P99,
}

/// What became of it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is shown to be better.
    Better,
    /// No difference is shown, which does not show that there is none.
    NoDifferenceShown,
    /// It is shown to be worse.
    Worse,
    /// There is too little to compare.
    NoData,
}

/// One comparison: shares in shares and their difference, times in milliseconds and their ratio.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Compared {
    /// What.
    pub measure: Measure,
    /// The earlier value.
    pub before: f64,
    /// The value of this run.
    pub now: f64,
    /// The difference (of shares) or the ratio (of times), this run against the earlier one.
    pub change: f64,
    /// With 95 % confidence over all measures together it is not lower.
    pub low: f64,
    /// With 95 % confidence over all measures together it is not higher.
    pub high: f64,
    /// What became of it.
    pub verdict: Change,
}

/// A run against an earlier one.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Comparison {
    /// The id of the earlier run.
    pub with: String,
    /// What is different between the two plans, so that the figures cannot be compared for what they say.
    pub differences: Vec<String>,
    /// Measure by measure.
    pub measures: Vec<Compared>,
    /// All of them together.
    pub overall: Change,
}

impl Comparison {
    /// Compares two runs.
    pub fn new(with: String, differences: Vec<String>, before: &Series, now: &Series) -> Self {
        let measures = compare(before, now).to_vec();
        Self {
            with,
            differences,
            overall: overall(&measures),
            measures,
        }
    }
}

/// Compares two runs in all measures.
pub fn compare(before: &Series, now: &Series) -> [Compared; 4] {
    [
        shares(Measure::Failures, &before.failures, &now.failures),
        shares(Measure::SlowAnswers, &before.slow, &now.slow),
        times(Measure::Median, &before.p50_ms, &now.p50_ms),
        times(Measure::P99, &before.p99_ms, &now.p99_ms),
    ]
}

/// Whether anything became worse, and if not, better.
pub fn overall(compared: &[Compared]) -> Change {
    [Change::Worse, Change::NoData, Change::Better]
        .into_iter()
        .find(|change| compared.iter().any(|compared| compared.verdict == *change))
        .unwrap_or(Change::NoDifferenceShown)
}

/// A mean over stretches, with the variance of that mean.
#[derive(Debug, Clone, Copy)]
struct Mean {
    stretches: f64,
    value: f64,
    variance: f64,
}

fn shares(measure: Measure, before: &[Batch], now: &[Batch]) -> Compared {
    let Some((a, b)) = share(before).zip(share(now)) else {
        return unknown(measure);
    };
    let change = b.value - a.value;
    let margin = margin(a, b);
    Compared {
        measure,
        before: a.value,
        now: b.value,
        change,
        low: change - margin,
        high: change + margin,
        verdict: verdict(
            change - margin,
            change + margin,
            a.value * TOLERANCE,
            -a.value * TOLERANCE,
        ),
    }
}

fn times(measure: Measure, before: &[f64], now: &[f64]) -> Compared {
    let Some((a, b)) = logarithms(before).zip(logarithms(now)) else {
        return unknown(measure);
    };
    let change = b.value - a.value;
    let margin = margin(a, b);
    let tolerance = (1.0 + TOLERANCE).ln();
    Compared {
        measure,
        before: a.value.exp(),
        now: b.value.exp(),
        change: change.exp(),
        low: (change - margin).exp(),
        high: (change + margin).exp(),
        verdict: verdict(change - margin, change + margin, tolerance, -tolerance),
    }
}

fn unknown(measure: Measure) -> Compared {
    Compared {
        measure,
        before: 0.0,
        now: 0.0,
        change: 0.0,
        low: 0.0,
        high: 0.0,
        verdict: Change::NoData,
    }
}

fn verdict(low: f64, high: f64, worse: f64, better: f64) -> Change {
    if low > worse {
        Change::Worse
    } else if high < better {
        Change::Better
    } else {
        Change::NoDifferenceShown
    }
}

fn share(batches: &[Batch]) -> Option<Mean> {
    let mut all = Batch::default();
    let mut stretches = 0.0;
    for batch in batches.iter().filter(|batch| batch.requests > 0) {
        all.add(*batch);
        stretches += 1.0;
    }
    if stretches < FEWEST as f64 {
        return None;
    }
    let requests = all.requests as f64;
    let value = all.failures as f64 / requests;
    let residuals: f64 = batches
        .iter()
        .map(|batch| (batch.failures as f64 - value * batch.requests as f64).powi(2))
        .sum();
    let seen = stretches / (stretches - 1.0) * residuals / (requests * requests);
    // Where nothing or hardly anything failed nothing varies, and yet nobody knows the share to the last digit.
    let likely = (all.failures as f64 + 0.5) / (requests + 1.0);
    Some(Mean {
        stretches,
        value,
        variance: seen.max(likely * (1.0 - likely) / requests),
    })
}

fn logarithms(times: &[f64]) -> Option<Mean> {
    let logarithms: Vec<f64> = times
        .iter()
        .filter(|time| **time > 0.0)
        .map(|time| time.ln())
        .collect();
    let stretches = logarithms.len() as f64;
    if logarithms.len() < FEWEST {
        return None;
    }
    let value = logarithms.iter().sum::<f64>() / stretches;
    let squares: f64 = logarithms.iter().map(|x| (x - value).powi(2)).sum();
    Some(Mean {
        stretches,
        value,
        variance: squares / (stretches - 1.0) / stretches,
    })
}

/// How far the difference of two means may be from the true one; the risk is shared by all four measures.
fn margin(a: Mean, b: Mean) -> f64 {
    let variance = a.variance + b.variance;
    if variance <= 0.0 {
        return 0.0;
    }
    let part = |mean: Mean| mean.variance.powi(2) / (mean.stretches - 1.0);
    let freedom = variance.powi(2) / (part(a) + part(b));
    let quantile = StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |student| {
        student.inverse_cdf(1.0 - RISK / 4.0 / 2.0)
    });
    quantile * variance.sqrt()
}

#[cfg(test)]
mod tests;
