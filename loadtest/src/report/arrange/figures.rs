//! From what the requests met to the figures of the report.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::{Cause, CellFigures, EndpointFigures, Example, Hdr, Percentiles, Second, Share};
use crate::call::request_id;
use crate::endpoint::Endpoint;
use crate::judge::interval;
use crate::order::Order;
use crate::outcome::Outcome;
use crate::record::{self, Cell, Evidence};

impl From<&interval::Share> for Share {
    fn from(share: &interval::Share) -> Self {
        Self {
            requests: share.requests,
            failures: share.failures,
            point: (share.requests > 0).then(|| share.failures as f64 / share.requests as f64),
            low: share.low,
            high: share.high,
            design_effect: share.design_effect,
        }
    }
}

impl EndpointFigures {
    pub(super) fn of(cell: &Cell) -> Self {
        Self {
            requests: cell.requests(),
            outcomes: outcomes(cell),
            response: Percentiles::of(&cell.response),
            service: Percentiles::of(&cell.service),
        }
    }
}

impl From<&record::Second> for Second {
    fn from(second: &record::Second) -> Self {
        Self {
            second: second.second,
            offered: second.offered,
            sent: second.sent,
            requests: second.requests,
            counted: second.counted,
            failures: second.failures,
            slow: second.slow,
            causes: second
                .causes
                .iter()
                .map(|(cause, count)| (cause.to_string(), *count))
                .collect(),
            response_p50_ms: second.response_p50_ms,
            response_p99_ms: second.response_p99_ms,
            response_p999_ms: second.response_p999_ms,
            response_max_ms: second.response_max_ms,
            lateness_p99_ms: second.lateness_p99_ms,
        }
    }
}

pub(super) fn outcomes(cell: &Cell) -> BTreeMap<String, u64> {
    Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.name().to_owned(), cell.outcomes[outcome as usize]))
        .collect()
}

pub(super) fn causes(all: &Cell) -> Vec<Cause> {
    let mut causes: Vec<Cause> = all
        .causes
        .iter()
        .map(|((outcome, cause), count)| Cause {
            outcome: outcome.name().to_owned(),
            cause: cause.to_string(),
            count: *count,
        })
        .collect();
    causes.sort_by_key(|cause| Reverse(cause.count));
    causes
}

pub(super) fn cells(order: &Order, evidence: &Evidence) -> Vec<CellFigures> {
    evidence
        .cells
        .iter()
        .enumerate()
        .flat_map(|(phase, cells)| {
            Endpoint::ALL
                .into_iter()
                .zip(cells)
                .filter(|(_, cell)| cell.requests() > 0)
                .map(move |(endpoint, cell)| CellFigures {
                    phase,
                    endpoint: endpoint.name().to_owned(),
                    figures: EndpointFigures::of(cell),
                    slowest: cell.slowest.as_ref().map(|it| example(order, it)),
                    failed: cell.failed.as_ref().map(|it| example(order, it)),
                    response_hdr: Hdr(cell.response.clone()),
                    service_hdr: Hdr(cell.service.clone()),
                })
        })
        .collect()
}

fn example(order: &Order, example: &record::Example) -> Example {
    Example {
        request_id: request_id(&order.run, example.slot),
        response_ms: example.response_ms,
        outcome: example.outcome.name().to_owned(),
        cause: example.cause.as_ref().map(ToString::to_string),
    }
}
