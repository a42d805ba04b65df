//! The verdict. Pure: evidence and rules in, verdict and reasons out.

use crate::events::Unwatched;
use crate::faults::Unmade;
use crate::generator::strain::Strain;
use crate::ledger::Violation;
use crate::merge::Gap;
use crate::scaling::Scaling;

pub mod abort;
pub mod baseline;
mod beta;
pub mod budget;
#[cfg(test)]
mod coverage;
mod finding;
pub mod interval;
mod reason;
mod ruling;
#[cfg(test)]
mod tests;
pub mod window;

use abort::Certain;
use baseline::{Change, Comparison};
use budget::{Budget, budget};
use interval::{Batch, Share};
pub use reason::Reason;
pub use ruling::{Measured, Ruling, measured, ruled};

use crate::plan::rule::{Demand, Scope};

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
    /// The rules of the plan, with what was measured for each of them.
    pub rules: Vec<Measured>,
    /// The rule that was certain to be broken before the run was over, which ended it.
    pub certain: Option<Certain>,
    /// The requests per second that are expected over 30 days; without it, those of the run.
    pub forecast: Option<f64>,
    /// How the run compares with an earlier one.
    pub comparison: Option<Comparison>,
    /// Whether to be worse than that one is a fail.
    pub fail_on_regression: bool,
    /// Whether somebody stopped it.
    pub cancelled: bool,
    /// The alarm that did, with its reason.
    pub alarm: Option<(String, String)>,
    /// The faults of the plan that are not known to have been made.
    pub unmade: Vec<Unmade>,
    /// When nobody saw the alarms that were to stop it.
    pub unwatched: Option<Unwatched>,
    /// The 99th percentile of the generator's own delay.
    pub lateness_p99_ms: f64,
    /// Slots of the schedule that nobody was free to send.
    pub unsent: u64,
    /// Requests of the phases that a rule is about, as far as they say something about the service.
    pub counted: u64,
    /// Those of the same phases that do not: they failed through the generator's fault, or were rejected.
    pub client_faults: u64,
    /// The cause that most of them had.
    pub client_cause: Option<String>,
    /// Whether everything in the ledger was compared with the service; if not, why.
    pub unverified: Option<String>,
    /// The promises that the service broke.
    pub violations: Vec<Violation>,
    /// What the generator was short of.
    pub strains: Vec<Strain>,
    /// What is missing of a run that several workers shared.
    pub gaps: Vec<Gap>,
    /// What was shown of scaling, if somebody looked or should have.
    pub scaling: Option<Scaling>,
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
    /// What is shown of each rule.
    pub rulings: Vec<Ruling>,
    /// What the run costs of the error budget; nothing without a rule for the availability of the whole.
    pub budget: Option<Budget>,
    /// How the run compares with an earlier one.
    pub comparison: Option<Comparison>,
    /// What was shown of scaling.
    pub scaling: Option<Scaling>,
}

/// Of the requests, how many may fail through the generator's fault or be rejected before the figures are worth nothing.
const CLIENT_FAULTS: f64 = 0.01;

/// Judges a run.
///
/// A broken promise is a fail whatever else there is.
/// After it comes what makes all figures worthless (somebody stopped the run, the generator was the limit),
/// and only then the figures; what is merely in doubt forbids a pass, not a fail.
///
/// FAIL by the figures means: if the service kept every rule, at most 5 % of such runs would be failed by any of them.
pub fn judge(observed: &Observed, rules: &Rules) -> Judgement {
    let failures = interval::share(&observed.failures);
    let mut rulings: Vec<Ruling> = observed
        .rules
        .iter()
        .map(|measured| ruling::rule(measured, observed.rules.len()))
        .collect();
    if let Some(certain) = observed.certain
        && let Some(ruling) = rulings.get_mut(certain.rule)
    {
        let risk = abort::RISK / observed.rules.len() as f64;
        ruling::sure(&observed.rules[certain.rule], certain, risk, ruling);
    }
    let (verdict, mut reasons) = decide(observed, rules, &rulings);
    // It changes no figure, and who relies on it the next time must know.
    reasons.extend(observed.unwatched.clone().map(Reason::Unwatched));
    Judgement {
        verdict,
        reasons,
        failures,
        slow: interval::share(&observed.slow),
        rulings,
        budget: cost(observed),
        comparison: observed.comparison.clone(),
        scaling: observed.scaling.clone(),
    }
}

fn decide(observed: &Observed, rules: &Rules, rulings: &[Ruling]) -> (Verdict, Vec<Reason>) {
    if !observed.violations.is_empty() {
        let count = observed.violations.len();
        return (Verdict::Fail, vec![Reason::PromisesBroken { count }]);
    }
    let spoilt = spoilt(observed, rules);
    let doubts = doubts(observed);
    if !spoilt.is_empty() {
        return (Verdict::Inconclusive, [spoilt, doubts].concat());
    }
    let mut shown: Vec<(Verdict, Reason)> = rulings
        .iter()
        .map(|ruling| (ruling.verdict, ruling.reason.clone()))
        .collect();
    shown.extend(regression(observed));
    shown.extend(scaling(observed));
    let failed = shown.iter().any(|(verdict, _)| *verdict == Verdict::Fail);
    if !failed && !doubts.is_empty() {
        return (Verdict::Inconclusive, doubts);
    }
    let verdict = match () {
        () if failed => Verdict::Fail,
        () if shown.is_empty() => Verdict::Inconclusive,
        () if shown.iter().all(|(verdict, _)| *verdict == Verdict::Pass) => Verdict::Pass,
        () => Verdict::Inconclusive,
    };
    let reasons = shown
        .into_iter()
        .filter(|(of, _)| *of == verdict)
        .map(|(_, reason)| reason)
        .chain(named(observed, verdict))
        .collect();
    (verdict, reasons)
}

/// What the plan expects of scaling.
fn scaling(observed: &Observed) -> Vec<(Verdict, Reason)> {
    let shown = observed.scaling.iter().flat_map(|it| &it.expectations);
    shown
        .map(|shown| (shown.verdict, Reason::Scaling(shown.clone())))
        .collect()
}

/// The failures of scaling that have a name; of a run that passes they are no reason.
fn named(observed: &Observed, verdict: Verdict) -> Vec<Reason> {
    let failed = |_: &&Scaling| verdict == Verdict::Fail;
    let named = observed.scaling.iter().filter(failed);
    named
        .flat_map(|scaling| &scaling.named)
        .map(|named| Reason::Named(named.failure))
        .collect()
}

/// What the comparison says, if it is asked to say something: no difference shown is enough to pass.
fn regression(observed: &Observed) -> Option<(Verdict, Reason)> {
    let comparison = observed
        .comparison
        .as_ref()
        .filter(|_| observed.fail_on_regression)?;
    let verdict = match comparison.overall {
        _ if !comparison.differences.is_empty() => Verdict::Inconclusive,
        Change::Worse => Verdict::Fail,
        Change::NoData => Verdict::Inconclusive,
        Change::Better | Change::NoDifferenceShown => Verdict::Pass,
    };
    Some((verdict, Reason::Compared(comparison.clone())))
}

fn cost(observed: &Observed) -> Option<Budget> {
    let general = |measured: &&Measured| {
        matches!(measured.rule.demand, Demand::Availability(_))
            && measured.rule.scope == Scope::default()
            && measured.rule.window.is_none()
    };
    let measured = observed.rules.iter().find(general)?;
    budget(
        &measured.seconds,
        measured.rule.demand.allowed(),
        observed.forecast,
    )
}

fn spoilt(observed: &Observed, rules: &Rules) -> Vec<Reason> {
    let all = observed.counted + observed.client_faults;
    let gaps = observed.gaps.iter().filter(|gap| gap.spoils());
    [
        observed.cancelled.then(|| match observed.alarm.clone() {
            Some((name, why)) => Reason::Alarm { name, why },
            None => Reason::Cancelled,
        }),
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
    .chain(gaps.cloned().map(Reason::Gap))
    .collect()
}

/// What leaves figures standing that show a fail, and yet forbids a pass: not everything was tried, or not everything seen.
fn doubts(observed: &Observed) -> Vec<Reason> {
    // What a run that was stopped did not send, it did not come to.
    let stopped = observed.cancelled || observed.certain.is_some();
    let unsent = (observed.unsent > 0 && !stopped).then_some(Reason::Unsent {
        count: observed.unsent,
    });
    let unmade = observed.unmade.iter().cloned().map(Reason::Unmade);
    let unverified = observed
        .unverified
        .clone()
        .map(|why| Reason::Unverified { why });
    let gaps = observed.gaps.iter().filter(|gap| !gap.spoils());
    unsent
        .into_iter()
        .chain(unmade)
        .chain(unverified)
        .chain(gaps.cloned().map(Reason::Gap))
        .collect()
}
