//! Clocks of several machines, compared by way of the one service that all of them ask.
//!
//! The answer of `/health` says what time it is there. It was written between the question and the answer, so the middle
//! of the two is wrong by half the time between them at most (Cristian, 1989); the quickest of several answers decides.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::target::Target;

/// How often the service is asked.
const QUESTIONS: u32 = 8;
/// And how far apart, so that a load balancer has time to choose another task.
const APART: Duration = Duration::from_millis(50);

/// How far another clock is ahead of this one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Offset {
    /// In milliseconds; behind is less than zero.
    pub ahead_ms: f64,
    /// It may be so much more or less.
    pub within_ms: f64,
}

/// Compares the service's clock with this one; nothing where the service does not say what time it is.
pub async fn compare(target: &Target) -> Option<Offset> {
    let mut best: Option<Offset> = None;
    for _ in 0..QUESTIONS {
        let (asked, began) = (Utc::now(), Instant::now());
        let told = target.health().await.ok().and_then(|it| it.timestamp);
        if let Some(told) = told {
            let offset = Offset::between(asked, began.elapsed(), told);
            if best.is_none_or(|best| offset.within_ms < best.within_ms) {
                best = Some(offset);
            }
        }
        tokio::time::sleep(APART).await;
    }
    best
}

impl Offset {
    /// What an answer says that came so long after the question.
    fn between(asked: DateTime<Utc>, took: Duration, told: DateTime<Utc>) -> Self {
        let half = took / 2;
        Self {
            ahead_ms: millis(told - asked) - half.as_secs_f64() * 1_000.0,
            within_ms: half.as_secs_f64() * 1_000.0,
        }
    }
}

/// A difference of two times in milliseconds.
pub fn millis(difference: TimeDelta) -> f64 {
    difference.num_microseconds().unwrap_or(i64::MAX) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_difference_is_within_the_bounds() {
        let asked: DateTime<Utc> = "2026-04-01T09:00:00Z".parse().unwrap();
        let took = Duration::from_millis(80);
        // The other clock is 2 s ahead, and was read at any time between question and answer.
        for read_after in [0, 1, 40, 79, 80] {
            let told = asked + TimeDelta::milliseconds(2_000 + read_after);
            let offset = Offset::between(asked, took, told);
            assert!((offset.ahead_ms - 2_000.0).abs() <= offset.within_ms);
        }
    }
}
