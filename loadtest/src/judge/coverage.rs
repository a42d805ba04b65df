//! Whether the intervals hold what they promise, over simulated runs.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::interval::{Batch, share};
use super::window::{batches, worst};

const RUNS: usize = 1_000;

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

/// Stretches with so many requests each; in each a burst begins with this chance, and fails so many of them.
struct Bursts {
    count: usize,
    requests: u64,
    chance: f64,
    sizes: std::ops::RangeInclusive<u64>,
}

impl Bursts {
    fn truth(&self) -> f64 {
        let mean = (self.sizes.start() + self.sizes.end()) as f64 / 2.0;
        self.chance * mean / self.requests as f64
    }

    fn run(&self, rng: &mut StdRng) -> Vec<Batch> {
        (0..self.count)
            .map(|_| Batch {
                requests: self.requests,
                failures: if rng.random_bool(self.chance) {
                    rng.random_range(self.sizes.clone())
                } else {
                    0
                },
            })
            .collect()
    }

    fn are_covered(&self) -> Coverage {
        let coverage = coverage(self.truth(), |rng| self.run(rng));
        let least = coverage.both.min(coverage.low).min(coverage.high);
        assert!(least >= 0.93, "{}: {coverage:?}", self.chance);
        coverage
    }
}

#[test]
fn bursty_failures_are_covered() {
    for (chance, sizes) in [(0.2, 10..=50), (0.4, 5..=35), (0.1, 10..=50)] {
        // A run of 10 minutes at 50/s, in stretches of 10 s.
        let bursts = Bursts {
            count: 60,
            requests: 500,
            chance,
            sizes,
        };
        // The exact interval alone would be the wrong tool.
        assert!(bursts.are_covered().naive < 0.5);
    }
}

/// A run of 20 s at 50/s, in stretches of 2 s.
///
/// With fewer bursts than these one run in twenty sees none of them, and nobody can know of what nobody saw.
#[test]
fn bursty_failures_of_a_short_run_are_covered() {
    for (chance, sizes) in [(0.4, 5..=35), (0.5, 5..=20), (0.8, 1..=9)] {
        Bursts {
            count: 10,
            requests: 100,
            chance,
            sizes,
        }
        .are_covered();
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

/// The lower bound of the worst of all windows, over runs whose every window is exactly at the limit.
#[test]
fn the_worst_window_of_a_run_at_its_limit_is_not_accused() {
    // Second by second: for each request alone, and in bursts within a second.
    for (chance, sizes) in [(1.0, 0..=4), (0.5, 1..=7), (0.1, 10..=30)] {
        let bursts = Bursts {
            count: 600,
            requests: 100,
            chance,
            sizes,
        };
        let mut rng = StdRng::seed_from_u64(20_260_401);
        let mut accused = 0;
        let mut doubted = 0;
        let runs = 300;
        for _ in 0..runs {
            let seconds = bursts.run(&mut rng);
            let worst = worst(&seconds, 60, bursts.truth(), 1.0).unwrap();
            accused += u32::from(worst.share.low > bursts.truth());
            doubted += u32::from(worst.share.high > bursts.truth());
        }
        assert!(accused <= runs / 20, "{chance}: {accused} of {runs}");
        assert!(doubted >= runs * 93 / 100, "{chance}: {doubted} of {runs}");
        // Rolling over a whole run that is longer than the window says no less than the window alone.
        let whole = super::interval::share(&batches(&bursts.run(&mut rng), 10));
        assert!(whole.low <= bursts.truth() * 1.2);
    }
}
