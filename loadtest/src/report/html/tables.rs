//! The table of endpoints and phases.

use crate::endpoint::Endpoint;
use crate::lang::{Lang, clock, count, millis};
use crate::report::{EndpointFigures, Report};

/// A phase, or the whole run.
pub(super) struct Block {
    /// Its name.
    pub(super) name: String,
    /// When, and how fast.
    pub(super) note: String,
    /// All endpoints, and each of them.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// The phases; before them the whole run, where it has more than one.
pub(super) fn blocks(report: &Report, lang: Lang) -> Vec<Block> {
    report
        .phases
        .iter()
        .enumerate()
        .map(|(place, phase)| {
            let mut note = format!(
                "{}, {} – {}",
                phase.rate,
                clock(phase.from_s),
                clock(phase.to_s)
            );
            if !phase.judged {
                note.push_str(lang.pick(", not judged", "、判定対象外"));
            }
            let all = report.over(|cell| cell.phase == place);
            let mut rows = vec![row(lang.pick("all", "合計"), &all)];
            for endpoint in Endpoint::ALL {
                let figures =
                    report.over(|cell| cell.phase == place && cell.endpoint == endpoint.name());
                if figures.requests > 0 {
                    rows.push(row(endpoint.name(), &figures));
                }
            }
            Block {
                name: phase.name.clone(),
                note,
                rows,
            }
        })
        .collect()
}

fn row(name: &str, figures: &EndpointFigures) -> (String, Vec<String>) {
    let counts = [
        figures.requests,
        figures.refused(),
        figures.slow(),
        figures.failed(),
    ];
    let (response, service) = (&figures.response, &figures.service);
    let times = [
        response.p50_ms,
        response.p90_ms,
        response.p99_ms,
        response.max_ms,
        service.p99_ms,
    ];
    let cells = counts.map(count).into_iter().chain(times.map(millis));
    (name.to_owned(), cells.collect())
}
