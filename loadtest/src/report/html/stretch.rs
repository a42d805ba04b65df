//! Seconds put together, where there are more of them than a chart or a reader can tell apart.

use std::collections::BTreeMap;

use crate::report::{Report, Second};

/// Some seconds of a run. Rates are means, and of the percentiles of the seconds the worst is kept: no spike is smoothed away.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    /// Its beginning, in seconds.
    pub(super) from: f64,
    /// How long it is.
    pub(super) length: f64,
    /// Requests per second that the schedule intended.
    pub(super) offered: f64,
    /// Requests per second that were answered.
    pub(super) achieved: f64,
    /// The largest median; nothing without an answer.
    pub(super) p50_ms: Option<f64>,
    /// The largest 99th percentile.
    pub(super) p99_ms: Option<f64>,
    /// The largest 99th percentile of the generator's own delay.
    pub(super) lateness_ms: f64,
    /// Failures per second by cause, in the order of [`causes`].
    pub(super) failures: Vec<f64>,
}

impl Stretch {
    /// Its middle, in seconds.
    pub(super) fn middle(&self) -> f64 {
        self.from + self.length / 2.0
    }
}

/// The causes of failures, the most frequent first.
pub(super) fn causes(report: &Report) -> Vec<String> {
    let mut counts = BTreeMap::<&str, u64>::new();
    for second in &report.seconds {
        for (cause, count) in &second.causes {
            *counts.entry(cause).or_default() += count;
        }
    }
    let mut causes: Vec<_> = counts.into_iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    causes
        .into_iter()
        .map(|(cause, _)| cause.to_owned())
        .collect()
}

/// The seconds of a run in at most so many stretches of equal length.
pub(super) fn stretches(report: &Report, most: usize) -> Vec<Stretch> {
    let causes = causes(report);
    let length = report.seconds.len().div_ceil(most.max(1)).max(1);
    report
        .seconds
        .chunks(length)
        .enumerate()
        .map(|(place, seconds)| {
            let length = length as f64;
            let mean = |sum: f64| sum / seconds.len() as f64;
            let worst = |of: fn(&Second) -> f64| {
                let answered = seconds.iter().filter(|second| second.counted > 0);
                answered.map(of).max_by(f64::total_cmp)
            };
            Stretch {
                from: place as f64 * length,
                length,
                offered: mean(seconds.iter().map(|second| second.offered as f64).sum()),
                achieved: mean(seconds.iter().map(|second| second.requests as f64).sum()),
                p50_ms: worst(|second| second.response_p50_ms),
                p99_ms: worst(|second| second.response_p99_ms),
                lateness_ms: seconds
                    .iter()
                    .map(|second| second.lateness_p99_ms)
                    .fold(0.0, f64::max),
                failures: causes
                    .iter()
                    .map(|cause| {
                        let of = |second: &Second| {
                            second.causes.get(cause).copied().unwrap_or_default() as f64
                        };
                        mean(seconds.iter().map(of).sum())
                    })
                    .collect(),
            }
        })
        .collect()
}
