//! Whether the seconds of the workers were the same seconds.

use super::Gap;
use super::sum::Worker;
use crate::clock::{Offset, millis};

/// So far apart clocks may be, and beginnings late, in milliseconds: a quarter of the seconds that are added up.
const APART_MS: f64 = 250.0;

/// What is amiss with the clocks of these workers.
pub(super) fn gaps(workers: &[Worker]) -> Vec<Gap> {
    let mut gaps = vec![];
    let mut known: Vec<(u32, Offset)> = vec![];
    let mut unknown = vec![];
    for worker in workers {
        match worker.part.clock {
            Some(offset) => known.push((worker.part.slots.worker, offset)),
            None => unknown.push(worker.part.slots.worker),
        }
    }
    if !unknown.is_empty() {
        gaps.push(Gap::ClocksUnknown { workers: unknown });
    }
    gaps.extend(apart(&known));
    let begun = workers.iter().filter_map(|worker| {
        begun_late(worker).map(|late_ms| Gap::BegunElsewhen {
            worker: worker.part.slots.worker,
            late_ms,
        })
    });
    gaps.extend(begun);
    gaps
}

/// How much later than the run a worker began, in milliseconds, if that is too much.
pub(super) fn begun_late(worker: &Worker) -> Option<f64> {
    let when = worker.aftermath.when?;
    let late_ms = millis(when.began_at - worker.part.begins_at);
    (late_ms.abs() > APART_MS).then_some(late_ms)
}

/// Whether a clock is not that of the others: of two that differ it is each, of many the odd one.
pub(super) fn is_odd(clock: Offset, all: &[Offset]) -> bool {
    let apart = all
        .iter()
        .filter(|other| apart_ms(clock, **other) > APART_MS);
    let apart = apart.count();
    // It is itself one of all.
    apart > 0 && 2 * apart >= all.len() - 1
}

/// So much two clocks are apart for certain, in milliseconds.
fn apart_ms(one: Offset, other: Offset) -> f64 {
    (one.ahead_ms - other.ahead_ms).abs() - one.within_ms - other.within_ms
}

/// The two clocks that are furthest apart for certain, if that is too far.
fn apart(known: &[(u32, Offset)]) -> Option<Gap> {
    let pairs = known
        .iter()
        .enumerate()
        .flat_map(|(place, one)| known[place + 1..].iter().map(move |other| (one, other)));
    let certain =
        pairs.map(|((worker, one), (other, two))| (*worker, *other, apart_ms(*one, *two)));
    let (worker, other, apart_ms) = certain.max_by(|one, other| one.2.total_cmp(&other.2))?;
    (apart_ms > APART_MS).then_some(Gap::ClocksApart {
        worker,
        other,
        apart_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(ahead_ms: f64, within_ms: f64) -> Offset {
        Offset {
            ahead_ms,
            within_ms,
        }
    }

    #[test]
    fn only_what_is_certainly_apart_is_a_gap() {
        let clocks = |third| [(1, offset(0.0, 20.0)), (2, offset(90.0, 5.0)), (3, third)];
        assert_eq!(apart(&clocks(offset(-160.0, 5.0))), None);
        // 400 ms, but nobody knows it to better than 200 ms.
        assert_eq!(apart(&clocks(offset(-310.0, 200.0))), None);
        let Some(Gap::ClocksApart {
            worker,
            other,
            apart_ms,
        }) = apart(&clocks(offset(-310.0, 5.0)))
        else {
            panic!("400 ms are too much");
        };
        assert_eq!((worker, other, apart_ms), (2, 3, 390.0));
    }

    #[test]
    fn of_many_clocks_the_odd_one_is_named_and_of_two_both() {
        let [right, near, wrong] = [0.0, 90.0, 400.0].map(|ahead_ms| offset(ahead_ms, 5.0));
        let odd = |all: &[Offset]| -> Vec<bool> { all.iter().map(|it| is_odd(*it, all)).collect() };
        assert_eq!(
            odd(&[right, near, wrong, near]),
            [false, false, true, false]
        );
        assert_eq!(odd(&[right, wrong]), [true, true]);
        assert_eq!(odd(&[right, near]), [false, false]);
        assert_eq!(odd(&[wrong]), [false]);
    }
}
