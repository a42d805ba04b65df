//! From what a run leaves to the report.

use std::collections::BTreeMap;

use chrono::SecondsFormat;

use super::{
    Availability, Cause, Cleanup, EndpointFigures, Generator, Latency, LedgerView, Percentiles,
    Report, Run, Slow,
};
use crate::aftermath::{Aftermath, Cleaned};
use crate::endpoint::Endpoint;
use crate::judge::Judgement;
use crate::judge::interval::Share;
use crate::order::Order;
use crate::outcome::Outcome;
use crate::plan::rule::Scope;
use crate::record::times::{Times, max_ms, percentile_ms};
use crate::record::{Cell, Evidence, stretch};
use crate::run::rules;

/// What a run leaves, before it is arranged.
#[derive(Debug)]
pub struct Findings {
    /// What the requests met.
    pub evidence: Evidence,
    /// What is known beside it.
    pub aftermath: Aftermath,
}

impl Report {
    /// Arranges what a run has shown.
    pub fn new(order: &Order, judgement: &Judgement, findings: &Findings) -> Self {
        let evidence = &findings.evidence;
        let all = evidence.total(Scope::default());
        let plan = &order.plan;
        Self {
            version: 1,
            verdict: judgement.verdict,
            reasons: judgement.reasons.clone(),
            run: Run {
                id: order.run.clone(),
                host: order.host.to_string(),
                started_at: order.made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
                rate: plan.peak(),
                duration_s: plan.duration().as_secs_f64(),
                users: plan.users,
                seed: plan.seed,
            },
            availability: availability(&judgement.failures, order, evidence),
            latency: Latency {
                response: Percentiles::of(&all.response),
                service: Percentiles::of(&all.service),
                first_byte: Percentiles::of(&all.first_byte),
                slow: slow(&judgement.slow, order),
            },
            outcomes: outcomes(&all),
            causes: causes(&all),
            endpoints: Endpoint::ALL
                .into_iter()
                .map(|endpoint| {
                    (
                        endpoint.name(),
                        figures(&evidence.total(Scope {
                            endpoint: Some(endpoint),
                            phase: None,
                        })),
                    )
                })
                .collect(),
            generator: Generator {
                sent: findings.aftermath.sent,
                unsent: findings.aftermath.unsent,
                queued: all.queued,
                lateness_p50_ms: percentile_ms(&all.lateness, 50.0),
                lateness_p99_ms: percentile_ms(&all.lateness, 99.0),
                lateness_max_ms: max_ms(&all.lateness),
                cpu: findings.aftermath.health.cpu,
            },
            ledger: LedgerView {
                acknowledged: findings.aftermath.acknowledged,
                compared: findings.aftermath.verified.compared,
                unseen: findings.aftermath.verified.unseen,
                violations: findings.aftermath.verified.violations.clone(),
            },
            cleanup: match &findings.aftermath.cleaned {
                Cleaned::Deleted(deleted) => Cleanup {
                    deleted: *deleted,
                    left: None,
                },
                Cleaned::Left(why) => Cleanup {
                    deleted: 0,
                    left: Some(why.clone()),
                },
            },
            seconds: evidence.seconds.clone(),
        }
    }
}

impl Percentiles {
    fn of(times: &Times) -> Self {
        Self {
            p50_ms: percentile_ms(times, 50.0),
            p95_ms: percentile_ms(times, 95.0),
            p99_ms: percentile_ms(times, 99.0),
            max_ms: max_ms(times),
        }
    }
}

fn availability(failures: &Share, order: &Order, evidence: &Evidence) -> Availability {
    Availability {
        point: point(failures).map(|share| 1.0 - share),
        low: 1.0 - failures.high,
        high: 1.0 - failures.low,
        target: rules(order).availability,
        requests: failures.requests,
        failures: failures.failures,
        design_effect: failures.design_effect,
        batch_s: stretch(evidence.seconds.len()) as u64,
    }
}

fn slow(slow: &Share, order: &Order) -> Slow {
    Slow {
        limit_ms: order.plan.slow.as_secs_f64() * 1_000.0,
        requests: slow.failures,
        point: point(slow),
        low: slow.low,
        high: slow.high,
        allowed: rules(order).slow_share,
    }
}

fn point(share: &Share) -> Option<f64> {
    (share.requests > 0).then(|| share.failures as f64 / share.requests as f64)
}

fn outcomes(cell: &Cell) -> BTreeMap<&'static str, u64> {
    Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.name(), cell.outcomes[outcome as usize]))
        .collect()
}

fn causes(all: &Cell) -> Vec<Cause> {
    all.causes
        .iter()
        .map(|((outcome, cause), count)| Cause {
            outcome: outcome.name(),
            cause: cause.to_string(),
            count: *count,
        })
        .collect()
}

fn figures(cell: &Cell) -> EndpointFigures {
    EndpointFigures {
        requests: cell.requests(),
        outcomes: outcomes(cell),
        response: Percentiles::of(&cell.response),
        service: Percentiles::of(&cell.service),
    }
}
