//! What the figures say about one rule of the plan.

use super::finding::Finding;
use super::interval::{Batch, Share, share_among};
use super::window::{stretches, worst};
use super::{Reason, Verdict};
use crate::endpoint::Endpoint;
use crate::plan::Plan;
use crate::plan::rule::Rule;
use crate::record::Evidence;

/// A rule with what was measured for it.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The rule.
    pub rule: Rule,
    /// What it is called in sentences, such as `POST /events, rush`; empty where it is about everything.
    pub about: String,
    /// Requests and those that missed its demand, second by second from the beginning of the run.
    pub seconds: Vec<Batch>,
}

/// The rules of a plan, with what a run has shown for each of them.
pub fn measured(evidence: &Evidence, plan: &Plan) -> Vec<Measured> {
    plan.rules
        .iter()
        .map(|rule| {
            let endpoint = rule.scope.endpoint.map(Endpoint::name);
            let phase = rule.scope.phase.and_then(|phase| plan.phases.get(phase));
            let parts = [endpoint, phase.map(|phase| phase.name.as_str())];
            Measured {
                rule: rule.clone(),
                about: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
                seconds: evidence.per_second(rule.scope, rule.demand),
            }
        })
        .collect()
}

/// What is shown of a rule.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// The rule.
    pub rule: Rule,
    /// Shown to be kept, shown to be broken, or neither; without data it is neither.
    pub verdict: Verdict,
    /// Of the requests that missed it, in the window if the rule has one.
    pub share: Share,
    /// The second in which the window begins that decided.
    pub window_start: Option<usize>,
    /// Why.
    pub reason: Reason,
}

/// Holds a share against what the rule allows: shown to be below, shown to be above, or neither.
///
/// A lower bound allows for all `rules` of the plan (Bonferroni), and a window's also for all windows:
/// a service that keeps everything is failed by any of them in at most 5 % of the runs.
/// An upper bound does not: to pass, a run must pass by every rule and in every window,
/// so a service that breaks one of them passes in at most 5 % of the runs however many there are.
pub(super) fn rule(measured: &Measured, rules: usize) -> Ruling {
    let allowed = measured.rule.demand.allowed();
    let looks = rules as f64;
    let ruled = match measured.rule.window {
        None => Some((share_among(&stretches(&measured.seconds), looks, 1.0), None)),
        Some(length) => worst(&measured.seconds, length.as_secs() as usize, allowed, looks)
            .map(|worst| (worst.share, Some(worst.start))),
    };
    let (share, window_start) = ruled.unwrap_or((share_among(&[], 1.0, 1.0), None));
    let verdict = if share.requests == 0 {
        Verdict::Inconclusive
    } else if share.high <= allowed {
        Verdict::Pass
    } else if share.low > allowed {
        Verdict::Fail
    } else {
        Verdict::Inconclusive
    };
    Ruling {
        rule: measured.rule.clone(),
        verdict,
        share,
        window_start,
        reason: Reason::Rule(Finding::new(measured, verdict, &share, window_start)),
    }
}
