//! The verdict. Pure: evidence and rules in, verdict and reasons out.

use crate::generator::strain::Strain;
use crate::ledger::Violation;

pub mod abort;
pub mod baseline;
pub mod budget;
#[cfg(test)]
mod coverage;
pub mod interval;
mod reason;
#[cfg(test)]
mod tests;
pub mod window;

use interval::{Batch, Share};
pub use reason::Reason;

/// What a run must show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The share of requests that must be answered well, such as 0.999.
    pub availability: f64,
    /// The share of requests that may be slow.
    pub slow_share: f64,
    /// The largest 99th percentile of the generator's own delay, in milliseconds, at which its figures can be trusted.
    pub lateness_ms: f64,
}

/// What a run has shown.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Failures over stretches of time.
    pub failures: Vec<Batch>,
    /// Slow answers over the same.
    pub slow: Vec<Batch>,
    /// Whether somebody stopped it.
    pub cancelled: bool,
    /// The 99th percentile of the generator's own delay.
    pub lateness_p99_ms: f64,
    /// Slots of the schedule that nobody was free to send.
    pub unsent: u64,
    /// Requests that failed through the generator's fault.
    pub client_faults: u64,
    /// The cause that most of them had.
    pub client_cause: Option<String>,
    /// Whether everything in the ledger was compared with the service; if not, why.
    pub unverified: Option<String>,
    /// The promises that the service broke.
    pub violations: Vec<Violation>,
    /// What the generator was short of.
    pub strains: Vec<Strain>,
}

/// The three answers.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The service is shown to be as good as it must be.
    Pass,
    /// The service is shown not to be.
    Fail,
    /// Neither is shown.
    Inconclusive,
}

/// The verdict with what it rests on.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why; also of a pass.
    pub reasons: Vec<Reason>,
    /// The share of failures.
    pub failures: Share,
    /// The share of slow answers.
    pub slow: Share,
}

/// Of the requests, how many may fail through the generator's fault before its figures are worth nothing.
const CLIENT_FAULTS: f64 = 0.01;

/// Judges a run.
///
/// A broken promise is a fail whatever else there is.
/// After it comes what makes all figures worthless (somebody stopped the run, the generator was the limit),
/// and only then the figures; what is merely in doubt forbids a pass, not a fail.
pub fn judge(observed: &Observed, rules: &Rules) -> Judgement {
    let failures = interval::share(&observed.failures);
    let slow = interval::share(&observed.slow);
    let decide = |verdict, reasons| Judgement {
        verdict,
        reasons,
        failures,
        slow,
    };

    if !observed.violations.is_empty() {
        return decide(
            Verdict::Fail,
            vec![Reason::PromisesBroken {
                count: observed.violations.len(),
            }],
        );
    }
    let spoilt = spoilt(observed, rules, failures.requests);
    let doubts = doubts(observed);
    if !spoilt.is_empty() {
        return decide(Verdict::Inconclusive, [spoilt, doubts].concat());
    }
    let rulings = [
        rule(&failures, 1.0 - rules.availability, Reason::availability),
        rule(&slow, rules.slow_share, Reason::slowness),
    ];
    let failed = rulings.iter().any(|(verdict, _)| *verdict == Verdict::Fail);
    if !failed && !doubts.is_empty() {
        return decide(Verdict::Inconclusive, doubts);
    }
    let verdict = match () {
        () if failed => Verdict::Fail,
        () if rulings.iter().all(|(verdict, _)| *verdict == Verdict::Pass) => Verdict::Pass,
        () => Verdict::Inconclusive,
    };
    let reasons = rulings
        .into_iter()
        .filter(|(of, _)| *of == verdict)
        .map(|(_, reason)| reason)
        .collect();
    decide(verdict, reasons)
}

fn spoilt(observed: &Observed, rules: &Rules, requests: u64) -> Vec<Reason> {
    let all = requests + observed.client_faults;
    [
        observed.cancelled.then_some(Reason::Cancelled),
        (observed.lateness_p99_ms > rules.lateness_ms).then_some(Reason::GeneratorLate {
            p99_ms: observed.lateness_p99_ms,
            limit_ms: rules.lateness_ms,
        }),
        (observed.client_faults as f64 > CLIENT_FAULTS * all as f64).then(|| {
            Reason::ClientFaults {
                count: observed.client_faults,
                of: all,
                cause: observed.client_cause.clone().unwrap_or_default(),
            }
        }),
    ]
    .into_iter()
    .flatten()
    .chain(observed.strains.iter().copied().map(Reason::Strained))
    .collect()
}

/// What leaves figures standing that show a fail, and yet forbids a pass: not everything was tried, or not everything seen.
fn doubts(observed: &Observed) -> Vec<Reason> {
    let unsent = (observed.unsent > 0 && !observed.cancelled).then_some(Reason::Unsent {
        count: observed.unsent,
    });
    let unverified = observed
        .unverified
        .clone()
        .map(|why| Reason::Unverified { why });
    unsent.into_iter().chain(unverified).collect()
}

/// Holds a share against its limit: shown to be below, shown to be above, or neither.
fn rule(
    share: &Share,
    limit: f64,
    reason: fn(Verdict, &Share, f64) -> Reason,
) -> (Verdict, Reason) {
    let verdict = if share.high <= limit {
        Verdict::Pass
    } else if share.low > limit {
        Verdict::Fail
    } else {
        Verdict::Inconclusive
    };
    (verdict, reason(verdict, share, limit))
}
