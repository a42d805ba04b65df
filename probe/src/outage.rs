//! How long something was away, from questions asked at a fixed pace.
//!
//! Each question counts from the moment at which it was to be asked, so that a service that hangs is charged for it.

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::Serialize;

/// A question and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// When it was to be asked, in seconds after the failover was ordered; negative before.
    pub at: f64,
    /// Why it failed; `None` where it was answered well.
    pub failed: Option<String>,
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Outage {
    /// How many questions were asked.
    pub asked: usize,
    /// How many of them failed.
    pub failed: usize,
    /// Seconds after the order at which the first one that failed was asked.
    pub first_failure_seconds: Option<f64>,
    /// The same of the last one.
    pub last_failure_seconds: Option<f64>,
    /// Seconds from the first failure to the first good answer after the last: as long as it was away, at most.
    /// `null` where it never failed, or has not come back.
    pub seconds: Option<f64>,
    /// Whether it has answered well since the last failure.
    pub is_back: bool,
    /// Failures by reason.
    pub reasons: BTreeMap<String, usize>,
}

/// Adds up samples in any order.
pub fn measure(samples: &[Sample]) -> Outage {
    let mut sorted: Vec<&Sample> = samples.iter().collect();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at));
    let failed: Vec<&&Sample> = sorted
        .iter()
        .filter(|sample| sample.failed.is_some())
        .collect();
    let first = failed.first().map(|sample| sample.at);
    let last = failed.last().map(|sample| sample.at);
    let back = last.and_then(|last| sorted.iter().find(|sample| sample.at > last));
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for reason in failed.iter().filter_map(|sample| sample.failed.clone()) {
        *reasons.entry(reason).or_default() += 1;
    }
    Outage {
        asked: sorted.len(),
        failed: failed.len(),
        first_failure_seconds: first,
        last_failure_seconds: last,
        seconds: first.zip(back).map(|(first, back)| back.at - first),
        is_back: last.is_none() || back.is_some(),
        reasons,
    }
}

/// When the question of that number is to be asked, after the first.
pub fn due(number: u32, every: Duration) -> Duration {
    every * number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(answers: &[(f64, &str)]) -> Vec<Sample> {
        let sample = |(at, why): &(f64, &str)| Sample {
            at: *at,
            failed: (!why.is_empty()).then(|| (*why).to_owned()),
        };
        answers.iter().map(sample).collect()
    }

    #[test]
    fn an_outage_lasts_from_the_first_failure_to_the_first_good_answer_after_the_last() {
        let seen = measure(&samples(&[
            (-0.5, ""),
            (0.0, ""),
            (3.0, "503"),
            (2.5, "503"),
            (3.5, ""),
            (4.0, "timeout"),
            (4.5, ""),
            (5.0, ""),
        ]));
        assert_eq!((seen.asked, seen.failed, seen.is_back), (8, 3, true));
        assert_eq!(
            (
                seen.first_failure_seconds,
                seen.last_failure_seconds,
                seen.seconds
            ),
            (Some(2.5), Some(4.0), Some(2.0))
        );
        assert_eq!(
            seen.reasons,
            [("503".to_owned(), 2), ("timeout".to_owned(), 1)].into()
        );
    }

    #[test]
    fn what_never_failed_was_not_away_and_what_has_not_come_back_has_no_end() {
        let never = measure(&samples(&[(0.0, ""), (1.0, "")]));
        assert_eq!(
            (never.failed, never.seconds, never.is_back),
            (0, None, true)
        );
        let still = measure(&samples(&[(0.0, ""), (1.0, "503")]));
        assert_eq!((still.seconds, still.is_back), (None, false));
        assert_eq!(measure(&[]).asked, 0);
    }
}
