//! From the evidence to what the judge is told.

use crate::aftermath::Aftermath;
use crate::events::{What, unwatched};
use crate::faults;
use crate::generator::strain::strains;
use crate::judge::{Observed, Rules, measured, ruled};
use crate::order::Order;
use crate::outcome::Outcome;
use crate::plan::rule::{Demand, Scope};
use crate::plan::{Phase, Plan};
use crate::record::Evidence;
use crate::record::times::percentile_ms;
use crate::scaling::{self, Load, Scaling};

/// The rules as the judge knows them.
pub fn rules(order: &Order) -> Rules {
    Rules {
        availability: 1.0 - availability(order).allowed(),
        slow_share: slowness(order).allowed(),
        lateness_ms: order.plan.max_lateness.as_secs_f64() * 1_000.0,
    }
}

/// The requests per second of the judged phases: seconds that count for nothing do not thin them.
fn traffic(plan: &Plan) -> Option<f64> {
    let judged = || plan.phases.iter().filter(|phase| phase.judged);
    let seconds: f64 = judged().map(|phase| phase.duration.as_secs_f64()).sum();
    (seconds > 0.0).then(|| judged().map(Phase::requests).sum::<f64>() / seconds)
}

/// What the judge is told.
pub fn observe(evidence: &Evidence, aftermath: &Aftermath, order: &Order) -> Observed {
    let total = evidence.total(Scope::default());
    let lateness_p99_ms = percentile_ms(&total.lateness, 99.0);
    let ruled = ruled(evidence, &order.plan);
    let causes = ruled
        .causes
        .iter()
        .filter(|((outcome, _), _)| *outcome == Outcome::ClientFault);
    let certain = match &aftermath.stopped {
        Some(What::Doomed { certain, .. }) => Some(*certain),
        _ => None,
    };
    let alarm = match &aftermath.stopped {
        Some(What::Alarm { name, why }) => Some((name.clone(), why.clone())),
        _ => None,
    };
    let unmade = match &aftermath.stopped {
        None => faults::unmade(&order.plan, &evidence.events),
        // It did not come to all of them.
        Some(_) => vec![],
    };
    Observed {
        failures: evidence.batches(Scope::default(), availability(order)),
        slow: evidence.batches(Scope::default(), slowness(order)),
        rules: measured(evidence, &order.plan),
        certain,
        forecast: order.terms.forecast.or_else(|| traffic(&order.plan)),
        comparison: order
            .terms
            .baseline
            .as_ref()
            .map(|earlier| earlier.compare(&order.plan, evidence)),
        fail_on_regression: order.terms.fail_on_regression,
        cancelled: aftermath.stopped.is_some() && certain.is_none(),
        alarm,
        unmade,
        unwatched: unwatched(&evidence.events),
        lateness_p99_ms,
        unsent: aftermath.unsent,
        counted: ruled.counted(),
        client_faults: ruled.outcomes[Outcome::ClientFault as usize],
        client_cause: causes
            .max_by_key(|(_, count)| **count)
            .map(|((_, cause), _)| cause.to_string()),
        unverified: aftermath.verified.why.clone(),
        violations: aftermath.verified.violations.clone(),
        strains: strains(
            &aftermath.health,
            lateness_p99_ms,
            &order.plan,
            order.slots(),
        ),
        gaps: vec![],
        scaling: scaling(evidence, order),
    }
}

/// What was shown of scaling; nothing where nobody looked and nothing is expected.
fn scaling(evidence: &Evidence, order: &Order) -> Option<Scaling> {
    let plan = &order.plan;
    if evidence.sightings.is_empty() && plan.scaling.is_none() {
        return None;
    }
    let allowed = slowness(order).allowed();
    let load = Load::of(plan);
    Some(scaling::judge(
        &evidence.sightings,
        &evidence.felt(),
        load,
        plan.scaling.as_ref(),
        allowed,
    ))
}

/// What is demanded of the whole run.
fn general(order: &Order, sort: fn(&Demand) -> bool) -> Option<Demand> {
    let rules = order.plan.rules.iter();
    rules
        .filter(|rule| rule.scope == Scope::default() && rule.window.is_none())
        .map(|rule| rule.demand)
        .find(sort)
}

fn availability(order: &Order) -> Demand {
    general(order, |demand| matches!(demand, Demand::Availability(_)))
        .unwrap_or(Demand::Availability(0.999))
}

fn slowness(order: &Order) -> Demand {
    general(order, |demand| matches!(demand, Demand::Slower { .. })).unwrap_or(Demand::Slower {
        than: order.plan.slow,
        share: 0.05,
    })
}
