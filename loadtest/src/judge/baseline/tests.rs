//! Runs that are the same, and runs that are not.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

/// Two minutes in stretches of 5 s, with bursts of failures, and percentiles that wander by some 15 %.
fn series(rng: &mut StdRng, burst: f64, slowness: f64) -> Series {
    let mut series = Series::default();
    for _ in 0..24 {
        let failures = if rng.random_bool(burst) {
            rng.random_range(1..30)
        } else {
            0
        };
        series.failures.push(Batch {
            requests: 1_000,
            failures,
        });
        let late = rng.random_range(5..15);
        series.slow.push(Batch {
            requests: 1_000,
            failures: late,
        });
        let noise: f64 = (0..4).map(|_| rng.random::<f64>() - 0.5).sum();
        series.p50_ms.push(20.0 * (0.05 * noise).exp());
        series.p99_ms.push(80.0 * slowness * (0.25 * noise).exp());
    }
    series
}

fn verdicts(before: (f64, f64), now: (f64, f64), seed: u64) -> [Change; 4] {
    let mut rng = StdRng::seed_from_u64(seed);
    let (before, now) = (
        series(&mut rng, before.0, before.1),
        series(&mut rng, now.0, now.1),
    );
    compare(&before, &now).map(|compared| compared.verdict)
}

#[test]
fn two_runs_of_the_same_are_hardly_ever_called_different() {
    let different = (0..1_000)
        .filter(|seed| verdicts((0.2, 1.0), (0.2, 1.0), *seed) != [Change::NoDifferenceShown; 4])
        .count();
    assert!(different <= 50, "{different} of 1,000");
}

#[test]
fn a_slower_run_is_worse_in_what_is_slower_alone() {
    for seed in 0..50 {
        let [failures, slow, median, p99] = verdicts((0.2, 1.0), (0.2, 1.5), seed);
        assert_eq!((median, p99), (Change::NoDifferenceShown, Change::Worse));
        assert!(failures != Change::Worse || slow != Change::Worse);
        assert_eq!(verdicts((0.2, 1.5), (0.2, 1.0), seed)[3], Change::Better);
    }
}

#[test]
fn the_interval_says_by_how_much() {
    let mut rng = StdRng::seed_from_u64(3);
    let (before, now) = (series(&mut rng, 0.0, 1.0), series(&mut rng, 0.0, 1.5));
    let p99 = compare(&before, &now)[3];
    assert!(p99.low < 1.5 && 1.5 < p99.high && p99.low > 1.3, "{p99:?}");
}

#[test]
fn a_difference_that_nobody_cares_about_is_none() {
    let mut rng = StdRng::seed_from_u64(4);
    let before = series(&mut rng, 0.0, 1.0);
    let mut now = before.clone();
    now.p50_ms.iter_mut().for_each(|time| *time *= 1.08);
    let median = compare(&before, &now)[2];
    assert!(median.low > 1.0, "{median:?}");
    assert_eq!(median.verdict, Change::NoDifferenceShown);
}

#[test]
fn failures_where_there_were_none_are_worse_and_a_single_one_is_not() {
    let run = |failures: u64| {
        let mut batches = vec![
            Batch {
                requests: 1_000,
                failures: 0
            };
            24
        ];
        for place in 0..failures as usize {
            batches[place % 24].failures += 1;
        }
        batches
    };
    let verdict = |now| shares(Measure::Failures, &run(0), &run(now)).verdict;
    assert_eq!(verdict(1), Change::NoDifferenceShown);
    assert_eq!(verdict(48), Change::Worse);
}

#[test]
fn too_short_a_run_is_not_compared() {
    let compared = compare(&Series::default(), &Series::default());
    assert_eq!(overall(&compared), Change::NoData);
}
