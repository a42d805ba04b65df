//! The worst stretch of a run: for rules that no stretch of some length may break.

use super::interval::{Batch, Share, design_effect, share_among};
use crate::record::stretch;

/// For how many windows that do not overlap the rolling ones between two of them count.
///
/// Those that overlap rise and fall together, so a rolling window is not worth ten windows
/// when it rolls by a tenth, but it is worth more than one: it finds the worst place to begin.
/// Simulated (see `coverage`), with this factor at most 5 % of the runs at the limit are accused.
const ROLLING: f64 = 2.0;

/// The window that decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worst {
    /// The second in which it begins.
    pub start: usize,
    /// The share of failures in it; the lower bound allows for all windows that were looked at.
    pub share: Share,
}

/// The worst window of so many seconds, rolling by a tenth of it (at most 10 s); nothing if the run is shorter.
///
/// It is the one that most surely breaks `limit`; if none surely does, the one that may be furthest above it.
pub fn worst(seconds: &[Batch], length: usize, limit: f64, looks: f64) -> Option<Worst> {
    let (first, seconds) = alive(seconds);
    if length == 0 || seconds.len() < length {
        return None;
    }
    let step = stretch(length);
    let looks = looks * (ROLLING * seconds.len() as f64 / length as f64).max(1.0);
    // A single window has few batches to see bursts in; all of them together show how bursty the run is.
    let apart: Vec<_> = seconds
        .chunks(length)
        .map(|window| batches(window, step))
        .collect();
    let effect = design_effect(apart.iter().map(Vec::as_slice)).unwrap_or(1.0);
    let windows: Vec<Worst> = seconds
        .windows(length)
        .enumerate()
        .step_by(step)
        // What a last, shorter step leaves over is looked at too.
        .chain([(seconds.len() - length, &seconds[seconds.len() - length..])])
        .map(|(start, window)| Worst {
            start: first + start,
            share: share_among(&batches(window, step), looks, effect),
        })
        .collect();
    let highest = |bound: fn(&Share) -> f64| {
        windows
            .iter()
            .copied()
            .max_by(|a, b| bound(&a.share).total_cmp(&bound(&b.share)))
    };
    highest(|share| share.low)
        .filter(|worst| worst.share.low > limit)
        .or_else(|| highest(|share| share.high))
}

/// The seconds from the first to the last in which there is anything, in stretches:
/// failures come in bursts, and a stretch holds a burst together.
pub fn stretches(seconds: &[Batch]) -> Vec<Batch> {
    let (_, seconds) = alive(seconds);
    batches(seconds, stretch(seconds.len()))
}

/// Before the first and after the last answer nobody asked for anything.
fn alive(seconds: &[Batch]) -> (usize, &[Batch]) {
    let some = |batch: &Batch| batch.requests > 0;
    match (
        seconds.iter().position(some),
        seconds.iter().rposition(some),
    ) {
        (Some(first), Some(last)) => (first, &seconds[first..=last]),
        _ => (0, &[]),
    }
}

/// Seconds counted together.
pub fn batches(seconds: &[Batch], length: usize) -> Vec<Batch> {
    seconds
        .chunks(length.max(1))
        .map(|chunk| {
            chunk.iter().fold(Batch::default(), |mut sum, second| {
                sum.add(*second);
                sum
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(failures: impl Fn(usize) -> u64) -> Vec<Batch> {
        (0..600)
            .map(|second| Batch {
                requests: 100,
                failures: failures(second),
            })
            .collect()
    }

    #[test]
    fn a_bad_minute_is_found_where_it_is() {
        // 1 % of the whole run, and 10 % of one minute.
        let bad = seconds(|second| if (205..265).contains(&second) { 10 } else { 0 });
        let worst = worst(&bad, 60, 0.02, 1.0).unwrap();
        assert!((200..=210).contains(&worst.start), "{worst:?}");
        assert!(
            worst.share.low > 0.02 && worst.share.high < 0.2,
            "{worst:?}"
        );
    }

    #[test]
    fn a_run_that_is_even_has_no_bad_minute() {
        let worst = worst(&seconds(|_| 1), 60, 0.03, 1.0).unwrap();
        assert!(
            worst.share.high < 0.03 && worst.share.failures == 60,
            "{worst:?}"
        );
    }

    #[test]
    fn the_last_seconds_belong_to_a_window_too() {
        let mut late = seconds(|_| 0);
        late.push(Batch {
            requests: 100,
            failures: 100,
        });
        let worst = worst(&late, 60, 0.5, 1.0).unwrap();
        assert_eq!((worst.start, worst.share.failures), (541, 100));
    }

    #[test]
    fn a_run_shorter_than_the_window_shows_nothing_of_it() {
        assert_eq!(worst(&seconds(|_| 0)[..59], 60, 0.1, 1.0), None);
        assert_eq!(worst(&[Batch::default(); 600], 60, 0.1, 1.0), None);
    }
}
