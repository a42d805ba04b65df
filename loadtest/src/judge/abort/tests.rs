//! How often simulated runs are stopped, and how soon.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;

const RUNS: usize = 1_000;
const LIMIT: f64 = 0.001;

/// The second in which each of the runs is stopped, if it is; judged after each second.
fn stops(
    seconds: u64,
    mut run: impl FnMut(&mut StdRng) -> Box<dyn FnMut(&mut StdRng) -> Batch>,
) -> Vec<Option<u64>> {
    let mut rng = StdRng::seed_from_u64(20_260_401);
    (0..RUNS)
        .map(|_| {
            let mut next = run(&mut rng);
            let mut watch = Watch::new(LIMIT);
            (1..=seconds).find(|_| {
                watch.second(next(&mut rng));
                watch.is_certain(RISK)
            })
        })
        .collect()
}

/// How many of so many requests fail, each for itself; drawn from one failure to the next.
fn failures(rng: &mut StdRng, requests: u64, share: f64) -> u64 {
    if share >= 1.0 {
        return requests;
    }
    let mut at = 0.0;
    (0..=requests)
        .find(|_| {
            at += 1.0 + ((1.0 - rng.random::<f64>()).ln() / (1.0 - share).ln()).floor();
            at > requests as f64
        })
        .unwrap_or(requests)
}

fn independent(rate: u64, share: f64) -> Box<dyn FnMut(&mut StdRng) -> Batch> {
    Box::new(move |rng| Batch {
        requests: rate,
        failures: failures(rng, rate, share),
    })
}

/// Bursts of so many seconds in which such a share fails, exactly so often that the limit is met in the long run.
fn bursts(rate: u64, seconds: u64, share: f64) -> Box<dyn FnMut(&mut StdRng) -> Batch> {
    let chance = LIMIT / (seconds as f64 * share);
    let mut left = 0;
    Box::new(move |rng| {
        if left == 0 && rng.random_bool(chance) {
            left = seconds;
        }
        let failing = left > 0;
        left = left.saturating_sub(1);
        Batch {
            requests: rate,
            failures: if failing {
                failures(rng, rate, share)
            } else {
                0
            },
        }
    })
}

fn stopped(stops: &[Option<u64>]) -> f64 {
    stops.iter().flatten().count() as f64 / RUNS as f64
}

#[test]
fn a_healthy_service_is_not_stopped() {
    for (rate, share) in [(5, LIMIT), (50, LIMIT), (200, LIMIT), (200, LIMIT / 2.0)] {
        let stopped = stopped(&stops(300, |_| independent(rate, share)));
        assert!(stopped <= RISK, "{rate}/s, {share}: {stopped}");
    }
}

#[test]
fn a_healthy_service_that_fails_in_bursts_is_not_stopped() {
    for (seconds, share) in [(1, 0.3), (5, 0.2), (5, 1.0), (15, 0.2), (60, 1.0)] {
        let stopped = stopped(&stops(300, |_| bursts(100, seconds, share)));
        assert!(stopped <= RISK, "{seconds} s of {share}: {stopped}");
    }
}

#[test]
fn a_service_that_fails_is_found_soon() {
    for (share, median) in [(0.005, 12), (0.02, 6), (1.0, 9)] {
        let mut seconds: Vec<u64> = stops(120, |_| independent(200, share))
            .into_iter()
            .map(|second| second.unwrap_or(u64::MAX))
            .collect();
        seconds.sort_unstable();
        let found = seconds[RUNS / 2];
        assert!(found <= median, "{share}: after {found} s");
    }
}

#[test]
fn a_failure_that_comes_late_is_found_too() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut watch = Watch::new(LIMIT);
    for _ in 0..600 {
        watch.second(Batch {
            requests: 200,
            failures: 0,
        });
    }
    let found = (1..=600).find(|_| {
        let failures = failures(&mut rng, 200, 0.02);
        watch.second(Batch {
            requests: 200,
            failures,
        });
        watch.is_certain(RISK)
    });
    assert!(found.is_some_and(|second| second < 300), "{found:?}");
}
