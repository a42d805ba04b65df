//! From what a run leaves to the report.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    Availability, Cleanup, Comparison, Demand, End, EndpointFigures, Generator, Latency,
    LedgerView, Marker, Percentiles, Phase, Report, Ruling, Run, Said, Scaling, Second, Share,
    Slow, scaling,
};
use crate::aftermath::{Aftermath, Cleaned};
use crate::endpoint::Endpoint;
use crate::events::{Event, What};
use crate::judge::{self, Judgement, Reason};
use crate::lang::Lang;
use crate::ledger::{Acknowledged, Violation};
use crate::manifest::Manifest;
use crate::order::Order;
use crate::plan::Plan;
use crate::plan::rule::{self, Scope};
use crate::record::Evidence;
use crate::record::times::{max_ms, percentile_ms};
use crate::run::rules;

mod figures;

use figures::{causes, cells, outcomes};

/// What a run leaves, before it is arranged.
#[derive(Debug)]
pub struct Findings {
    /// What the requests met.
    pub evidence: Evidence,
    /// What is known beside it.
    pub aftermath: Aftermath,
    /// How the run came to its end.
    pub end: End,
    /// Of what, by what and on what.
    pub manifest: Manifest,
}

impl Report {
    /// Arranges what a run has shown.
    pub fn new(order: &Order, judgement: &Judgement, findings: &Findings) -> Self {
        let evidence = &findings.evidence;
        let aftermath = &findings.aftermath;
        let plan = &order.plan;
        let judged = evidence.judged();
        let everything = evidence.total(Scope::default());
        let failures = Share::from(&judgement.failures);
        Self {
            version: 1,
            verdict: judgement.verdict,
            reasons: reasons(judgement, findings.end),
            run: Run {
                id: order.run.clone(),
                host: order.host.to_string(),
                started_at: order.made_at,
                rate: plan.requests() / plan.duration().as_secs_f64(),
                duration_s: plan.duration().as_secs_f64(),
                users: plan.users,
                seed: plan.seed,
                end: findings.end,
            },
            availability: Availability {
                point: failures.point.map(|share| 1.0 - share),
                low: 1.0 - failures.high,
                high: 1.0 - failures.low,
                target: Some(rules(order).availability),
                requests: failures.requests,
                failures: failures.failures,
                design_effect: failures.design_effect,
            },
            latency: Latency {
                response: Percentiles::of(&judged.response),
                service: Percentiles::of(&judged.service),
                first_byte: Percentiles::of(&judged.first_byte),
                slow: Slow {
                    limit_ms: millis(plan.slow),
                    requests: judged.late[evidence.slow],
                },
            },
            rules: judgement
                .rulings
                .iter()
                .map(|ruling| Ruling::of(ruling, plan))
                .collect(),
            budget: judgement.budget.clone(),
            comparison: judgement.comparison.as_ref().map(Comparison::from),
            phases: phases(plan),
            outcomes: outcomes(&judged),
            causes: causes(&judged),
            endpoints: Endpoint::ALL
                .into_iter()
                .map(|endpoint| {
                    let cell = evidence.judged_of(endpoint);
                    (endpoint.name().to_owned(), EndpointFigures::of(&cell))
                })
                .collect(),
            cells: cells(order, evidence),
            generator: Generator {
                sent: aftermath.sent,
                unsent: aftermath.unsent,
                queued: everything.queued,
                lateness_p50_ms: percentile_ms(&everything.lateness, 50.0),
                lateness_p99_ms: percentile_ms(&everything.lateness, 99.0),
                lateness_max_ms: max_ms(&everything.lateness),
                lateness_limit_ms: millis(plan.max_lateness),
                health: aftermath.health,
            },
            workers: vec![],
            ledger: LedgerView {
                acknowledged: acknowledged(&aftermath.acknowledged),
                compared: aftermath.verified.compared,
                unseen: aftermath.verified.unseen,
                races: aftermath.verified.races,
                violations: aftermath
                    .verified
                    .violations
                    .iter()
                    .map(Said::from)
                    .collect(),
            },
            cleanup: match &aftermath.cleaned {
                Cleaned::Deleted(deleted) => Cleanup {
                    deleted: *deleted,
                    left: None,
                },
                Cleaned::Left(why) => Cleanup {
                    deleted: 0,
                    left: Some(why.clone()),
                },
            },
            seconds: evidence.seconds.iter().map(Second::from).collect(),
            markers: markers(judgement, evidence),
            scaling: judgement
                .scaling
                .as_ref()
                .map(|judged| Scaling::new(judged, &evidence.sightings)),
            manifest: findings.manifest.clone(),
            plan: plan.clone(),
        }
    }
}

/// What happened in the run and, where somebody watched, in AWS, in the order of time.
fn markers(judgement: &Judgement, evidence: &Evidence) -> Vec<Marker> {
    let mut markers: Vec<Marker> = evidence.events.iter().map(Marker::from).collect();
    if let Some(judged) = &judgement.scaling {
        markers.extend(scaling::markers(judged, &evidence.sightings));
    }
    markers.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    markers
}

fn reasons(judgement: &Judgement, end: End) -> Vec<Said> {
    let said = |reason: &Reason| {
        match (reason, end) {
        // To the judge a killed run is one that was stopped; people want to know how.
        (Reason::Cancelled, End::Killed) => Said {
            code: "killed".to_owned(),
            message: "the run was killed before its end; this is what it had written down, run it again to the end for a verdict".to_owned(),
            message_ja: "実行が途中で強制終了されました。それまでに書き出された内容です。判定するには最後まで実行してください".to_owned(),
        },
        _ => Said::from(reason),
    }
    };
    judgement.reasons.iter().map(said).collect()
}

impl From<&Reason> for Said {
    fn from(reason: &Reason) -> Self {
        Self {
            code: reason.code().to_owned(),
            message: reason.text(Lang::En),
            message_ja: reason.text(Lang::Ja),
        }
    }
}

impl From<&Violation> for Said {
    fn from(violation: &Violation) -> Self {
        Self {
            code: violation.code().to_owned(),
            message: violation.text(Lang::En),
            message_ja: violation.text(Lang::Ja),
        }
    }
}

impl From<&Event> for Marker {
    fn from(event: &Event) -> Self {
        let code = match event.what {
            What::FaultBegan { .. } => "fault-began",
            What::FaultEnded { .. } => "fault-ended",
            What::Alarm { .. } => "alarm",
            What::AlarmsLost { .. } => "alarms-lost",
            What::AlarmsBack => "alarms-back",
            What::Doomed { .. } => "doomed",
            What::Enough => "enough",
            What::StopAsked => "stop-asked",
            What::Killed => "killed",
        };
        Self {
            at_s: event.at_s,
            said: Said {
                code: code.to_owned(),
                message: event.what.text(Lang::En),
                message_ja: event.what.text(Lang::Ja),
            },
        }
    }
}

impl Ruling {
    fn of(ruling: &judge::Ruling, plan: &Plan) -> Self {
        let scope = ruling.rule.scope;
        let phase = scope.phase.and_then(|phase| plan.phases.get(phase));
        Self {
            verdict: ruling.verdict,
            demand: match ruling.rule.demand {
                rule::Demand::Availability(_) => Demand::Availability,
                rule::Demand::Slower { than, .. } => Demand::Slower {
                    than_ms: millis(than),
                },
            },
            endpoint: scope.endpoint.map(|endpoint| endpoint.name().to_owned()),
            phase: phase.map(|phase| phase.name.clone()),
            window_s: ruling.rule.window.map(|window| window.as_secs_f64()),
            window_start_s: ruling.window_start.map(|second| second as f64),
            share: Share::from(&ruling.share),
            allowed: ruling.rule.demand.allowed(),
        }
    }
}

fn phases(plan: &Plan) -> Vec<Phase> {
    plan.begins()
        .into_iter()
        .zip(&plan.phases)
        .map(|(begin, phase)| Phase {
            name: phase.name.clone(),
            from_s: begin.as_secs_f64(),
            to_s: (begin + phase.duration).as_secs_f64(),
            rate: phase.rate.to_string(),
            judged: phase.judged,
        })
        .collect()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn acknowledged(acknowledged: &Acknowledged) -> BTreeMap<String, u64> {
    [
        ("creates", acknowledged.creates),
        ("edits", acknowledged.edits),
        ("deletes", acknowledged.deletes),
        ("joins", acknowledged.joins),
        ("waits", acknowledged.waits),
        ("leaves", acknowledged.leaves),
        ("reads", acknowledged.reads),
    ]
    .map(|(name, count)| (name.to_owned(), count))
    .into()
}
