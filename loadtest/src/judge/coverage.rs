//! Whether the intervals hold what they promise, over simulated runs.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::interval::{Batch, share};

const RUNS: usize = 1_000;
/// A run of 10 minutes at 50/s, in stretches of 10 s.
const BATCHES: usize = 60;
const REQUESTS: u64 = 500;

/// How often the truth is inside both bounds, and inside each of them.
#[derive(Debug)]
struct Coverage {
    naive: f64,
    both: f64,
    low: f64,
    high: f64,
}

fn coverage(truth: f64, mut run: impl FnMut(&mut StdRng) -> Vec<Batch>) -> Coverage {
    let mut rng = StdRng::seed_from_u64(20_260_401);
    let mut inside = [0_usize; 4];
    for _ in 0..RUNS {
        let batches = run(&mut rng);
        let share = share(&batches);
        // One stretch has no variance to see: this is the exact interval alone.
        let naive = self::share(&[Batch {
            requests: share.requests,
            failures: share.failures,
        }]);
        let held = [
            (naive.low..=naive.high).contains(&truth),
            (share.low..=share.high).contains(&truth),
            share.low <= truth,
            truth <= share.high,
        ];
        for (count, held) in inside.iter_mut().zip(held) {
            *count += usize::from(held);
        }
    }
    let [naive, both, low, high] = inside.map(|count| count as f64 / RUNS as f64);
    Coverage {
        naive,
        both,
        low,
        high,
    }
}

/// A burst begins in a stretch with this chance, and fails so many requests of it.
fn bursts(rng: &mut StdRng, chance: f64, sizes: std::ops::RangeInclusive<u64>) -> Vec<Batch> {
    (0..BATCHES)
        .map(|_| Batch {
            requests: REQUESTS,
            failures: if rng.random_bool(chance) {
                rng.random_range(sizes.clone())
            } else {
                0
            },
        })
        .collect()
}

#[test]
fn bursty_failures_are_covered() {
    for (chance, sizes) in [(0.2, 10..=50), (0.4, 5..=35), (0.1, 10..=50)] {
        let mean = (sizes.start() + sizes.end()) as f64 / 2.0;
        let truth = chance * mean / REQUESTS as f64;
        let coverage = coverage(truth, |rng| bursts(rng, chance, sizes.clone()));
        let least = coverage.both.min(coverage.low).min(coverage.high);
        assert!(least >= 0.93, "{chance}: {coverage:?}");
        // The exact interval alone would be the wrong tool.
        assert!(coverage.naive < 0.5, "{chance}: {coverage:?}");
    }
}

#[test]
fn independent_failures_are_covered() {
    let truth = 0.02;
    let coverage = coverage(truth, |rng| {
        let failures =
            |rng: &mut StdRng| (0..100).filter(|_| rng.random_bool(truth)).count() as u64;
        (0..20)
            .map(|_| Batch {
                requests: 100,
                failures: failures(rng),
            })
            .collect()
    });
    assert!(
        coverage.both >= 0.9 && coverage.low >= 0.93 && coverage.high >= 0.93,
        "{coverage:?}"
    );
}
