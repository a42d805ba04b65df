//! What the figures say about one rule of the plan.

use super::abort::{Certain, Watch};
use super::finding::Finding;
use super::interval::{Batch, Share, share_among};
use super::window::{stretches, worst};
use super::{Reason, Verdict};
use crate::endpoint::Endpoint;
use crate::plan::Plan;
use crate::plan::rule::{Demand, Rule};
use crate::record::{Cell, Evidence};

#[cfg(test)]
mod tests;

/// A rule with what was measured for it.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The rule.
    pub rule: Rule,
    /// What it is called in sentences, such as `POST /events, rush`; empty where it is about everything.
    pub about: String,
    /// Requests and those that missed its demand, second by second from the beginning of the run.
    pub seconds: Vec<Batch>,
    /// In the same seconds, requests whose figures are the generator's own, because it was late.
    pub behind: Vec<u64>,
    /// In the same seconds, requests that were rejected, which are not among those that count.
    pub rejected: Vec<u64>,
    /// The status with which most of them were.
    pub rejection: Option<String>,
}

impl Measured {
    /// What the generator has not spoilt, if each request with which it was late missed the demand.
    pub(super) fn punctual(&self) -> Vec<Batch> {
        let seconds = self.seconds.iter().enumerate();
        seconds
            .map(|(second, batch)| {
                let behind = self.behind.get(second).copied().unwrap_or_default();
                Batch {
                    requests: batch.requests.saturating_sub(behind),
                    failures: batch.failures.saturating_sub(behind),
                }
            })
            .collect()
    }

    /// The same as measured, if each request that was rejected is a failure of the service.
    fn accused(&self) -> Vec<Batch> {
        let seconds = self.seconds.iter().enumerate();
        seconds
            .map(|(second, batch)| {
                let rejected = self.rejected.get(second).copied().unwrap_or_default();
                Batch {
                    requests: batch.requests + rejected,
                    failures: batch.failures + rejected,
                }
            })
            .collect()
    }

    /// The seconds in which the generator was late.
    pub(super) fn seconds_behind(&self) -> usize {
        self.behind.iter().filter(|behind| **behind > 0).count()
    }
}

/// The rules of a plan, with what a run has shown for each of them.
pub fn measured(evidence: &Evidence, plan: &Plan) -> Vec<Measured> {
    plan.rules
        .iter()
        .map(|rule| {
            let endpoint = rule.scope.endpoint.map(Endpoint::name);
            let phase = rule.scope.phase.and_then(|phase| plan.phases.get(phase));
            let parts = [endpoint, phase.map(|phase| phase.name.as_str())];
            let of = evidence.over(|phase, endpoint| evidence.meant(rule.scope, phase, endpoint));
            let most = of.rejections().max_by_key(|(_, count)| *count);
            Measured {
                rule: rule.clone(),
                about: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
                seconds: evidence.per_second(rule.scope, rule.demand),
                behind: evidence.behind(rule.scope),
                rejected: evidence.rejected(rule.scope),
                rejection: most.map(|(status, _)| status.to_owned()),
            }
        })
        .collect()
}

/// The figures of the phases that a rule is about: what went wrong in a warm-up says nothing of the rest.
pub fn ruled(evidence: &Evidence, plan: &Plan) -> Cell {
    evidence.over(|phase, _| {
        let mut scopes = plan.rules.iter().map(|rule| rule.scope.phase);
        scopes.any(|scope| scope.map_or(evidence.judged[phase], |it| it == phase))
    })
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
///
/// What is shown only by requests of which nobody knows whose fault they are is not shown:
/// broken where the generator was late, kept where rejections do not count.
pub(super) fn rule(measured: &Measured, rules: usize) -> Ruling {
    let (mut verdict, share, window_start) = held(&measured.rule, &measured.seconds, rules);
    let also = |seconds: &[Batch]| held(&measured.rule, seconds, rules).0 == verdict;
    let mut finding = Finding::new(measured, verdict, &share, window_start);
    match (verdict, measured.rule.demand) {
        (Verdict::Fail, _) if !also(&measured.punctual()) => {
            finding = finding.late(measured);
            verdict = Verdict::Inconclusive;
        }
        // A rejection is no slow answer.
        (Verdict::Pass, Demand::Availability(_)) if !also(&measured.accused()) => {
            finding = finding.rejected(measured);
            verdict = Verdict::Inconclusive;
        }
        _ => {}
    }
    Ruling {
        rule: measured.rule.clone(),
        verdict,
        share,
        window_start,
        reason: Reason::Rule(finding),
    }
}

/// The same of a rule that was certain to be broken before the run was over.
///
/// Where the generator was late by then, it must be certain without what that has spoilt;
/// if it is not, the run was cut short for nothing, and cannot pass either.
pub(super) fn sure(measured: &Measured, certain: Certain, risk: f64, ruling: &mut Ruling) {
    let before = certain.after_s as usize;
    let late = measured
        .behind
        .iter()
        .take(before)
        .any(|behind| *behind > 0);
    let mut watch = Watch::new(measured.rule.demand.allowed());
    let punctual = measured.punctual();
    let is_certain = !late
        || punctual.into_iter().take(before).any(|second| {
            watch.second(second);
            watch.is_certain(risk)
        });
    if is_certain {
        ruling.verdict = Verdict::Fail;
        ruling.reason = Reason::Rule(Finding::certain(measured, certain));
    } else if ruling.verdict != Verdict::Fail {
        ruling.verdict = Verdict::Inconclusive;
        ruling.reason = Reason::Rule(Finding::certain(measured, certain).late(measured));
    }
}

fn held(rule: &Rule, seconds: &[Batch], rules: usize) -> (Verdict, Share, Option<usize>) {
    let allowed = rule.demand.allowed();
    let looks = rules as f64;
    let ruled = match rule.window {
        None => Some((share_among(&stretches(seconds), looks, 1.0), None)),
        Some(length) => worst(seconds, length.as_secs() as usize, allowed, looks)
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
    (verdict, share, window_start)
}
