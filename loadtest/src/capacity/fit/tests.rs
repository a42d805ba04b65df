//! Whether simulated services get the capacity that they have.

use super::*;
use crate::lang::Lang;

const RUNS: u64 = 200;
const SAMPLES: usize = 10;

/// A server of 300/s whose answers wait in line: the share later than 100 ms is exp(-(300 - rate) / 10).
/// The objective of 1 % holds up to 254/s.
fn queue(rates: &[f64], rng: &mut StdRng) -> Vec<Step> {
    served(rates, |rate| (-(300.0 - rate).max(0.0) / 10.0).exp(), rng)
}

/// A server of 300/s that gives way all at once: over 205/s one request of twenty is late.
fn cliff(rates: &[f64], rng: &mut StdRng) -> Vec<Step> {
    served(rates, |rate| if rate > 205.0 { 0.05 } else { 0.0 }, rng)
}

/// A server of 300/s with a share of late answers that depends on the rate.
fn served(rates: &[f64], share: impl Fn(f64) -> f64, rng: &mut StdRng) -> Vec<Step> {
    rates
        .iter()
        .map(|offered| Step {
            offered: *offered,
            samples: (0..SAMPLES)
                .map(|_| {
                    let requests = *offered as u32;
                    let late = (0..requests)
                        .filter(|_| rng.random_bool(share(*offered)))
                        .count();
                    Sample {
                        throughput: offered.min(300.0),
                        concurrency: 1.0 / (300.0 / offered - 1.0).max(0.01),
                        missed: late as f64 / f64::from(requests),
                    }
                })
                .collect(),
        })
        .collect()
}

const LAW: Usl = Usl {
    lambda: 40.0,
    sigma: 0.05,
    kappa: 0.002,
};

/// A service that obeys the law, with noise of 5 %, at these numbers of requests in flight; over 20 the objective breaks.
fn lawful(concurrencies: &[f64], rng: &mut StdRng) -> Vec<Step> {
    concurrencies
        .iter()
        .map(|n| Step {
            offered: LAW.throughput(*n) + n,
            samples: (0..SAMPLES)
                .map(|_| {
                    // The sum of twelve is normal enough.
                    let noise: f64 = (0..12).map(|_| rng.random::<f64>() - 0.5).sum();
                    Sample {
                        throughput: LAW.throughput(*n) * (1.0 + 0.05 * noise),
                        concurrency: *n,
                        missed: if *n > 20.0 { 0.5 } else { 0.0 },
                    }
                })
                .collect(),
        })
        .collect()
}

#[test]
fn the_bounds_hold_the_capacity_at_the_objective() {
    let truth = 300.0 + 10.0 * 0.01_f64.ln();
    let mut held = 0;
    for run in 0..RUNS {
        let steps = queue(
            &[50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 350.0],
            &mut StdRng::seed_from_u64(run),
        );
        let found = capacity(&steps, 0.01, run).unwrap().at_objective;
        assert!((found.point - truth).abs() < 55.0, "{found:?}");
        held += u64::from((found.low..=found.high).contains(&truth));
    }
    assert!(held * 100 >= RUNS * 93, "{held} of {RUNS}");
}

/// Between two steps anything may happen: here the point lies too high, and the step below it is the lower bound.
#[test]
fn the_bounds_are_no_closer_than_the_steps_around_them() {
    for run in 0..20 {
        let steps = cliff(
            &[50.0, 100.0, 150.0, 200.0, 250.0],
            &mut StdRng::seed_from_u64(run),
        );
        let found = capacity(&steps, 0.01, run).unwrap().at_objective;
        assert!((205.0..250.0).contains(&found.point), "{found:?}");
        assert_eq!((found.low, found.high), (200.0, 250.0));
    }
}

#[test]
fn the_bounds_hold_the_peak() {
    let truth = LAW.throughput(((1.0 - LAW.sigma) / LAW.kappa).sqrt());
    let mut held = 0;
    for run in 0..RUNS {
        let steps = lawful(
            &[1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 32.0],
            &mut StdRng::seed_from_u64(run),
        );
        let peak = capacity(&steps, 0.01, run).unwrap().peak.unwrap();
        assert!(
            (peak.point / truth - 1.0).abs() < 0.08,
            "{peak:?}, not {truth}"
        );
        held += u64::from((peak.low..=peak.high).contains(&truth));
    }
    assert!(held * 100 >= RUNS * 93, "{held} of {RUNS}");
}

#[test]
fn a_law_without_noise_is_found_exactly() {
    let steps: Vec<Step> = [1.0, 3.0, 9.0, 27.0]
        .map(|n| Step {
            offered: n,
            samples: vec![Sample {
                throughput: LAW.throughput(n),
                concurrency: n,
                missed: 0.0,
            }],
        })
        .into();
    let found = usl::fit(&steps).unwrap();
    for (a, b) in [
        (found.lambda, LAW.lambda),
        (found.sigma, LAW.sigma),
        (found.kappa, LAW.kappa),
    ] {
        assert!((a / b - 1.0).abs() < 1e-6, "{found:?}");
    }
}

#[test]
fn coefficients_are_never_negative_and_no_peak_is_made_up() {
    // Better than linear, as when a cache warms up: the best fit would have a negative contention.
    let steps: Vec<Step> = [1.0_f64, 2.0, 4.0, 8.0, 16.0]
        .map(|n| Step {
            offered: 10.0 * n,
            samples: vec![Sample {
                throughput: 10.0 * n.powf(1.1),
                concurrency: n,
                missed: if n > 8.0 { 0.5 } else { 0.0 },
            }],
        })
        .into();
    let found = capacity(&steps, 0.01, 1).unwrap();
    let law = found.law.unwrap();
    assert!(law.sigma >= 0.0 && law.kappa >= 0.0, "{law:?}");
    assert_eq!(found.peak, None);
}

#[test]
fn a_range_that_ends_before_the_knee_is_refused() {
    let mut rng = StdRng::seed_from_u64(1);
    let early = queue(&[50.0, 100.0, 150.0, 200.0], &mut rng);
    let refused = capacity(&early, 0.01, 1).unwrap_err();
    assert_eq!(refused, Refused::EndsBeforeKnee { go_on_to: 300.0 });
    assert!(refused.text(Lang::En).contains("go on to 300/s"));
    let late = queue(&[280.0, 300.0, 320.0, 340.0], &mut rng);
    assert_eq!(
        capacity(&late, 0.01, 1),
        Err(Refused::BeginsPastKnee { begin_with: 140.0 })
    );
    assert_eq!(
        capacity(&late[..3], 0.01, 1),
        Err(Refused::TooFewSteps { steps: 3 })
    );
}

#[test]
fn one_bad_moment_at_a_low_rate_is_not_the_knee() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut steps = queue(&[50.0, 100.0, 150.0, 200.0, 250.0, 300.0], &mut rng);
    steps[0].samples[0].missed = 0.15;
    let found = capacity(&steps, 0.01, 1).unwrap().at_objective;
    assert!(found.point > 200.0, "{found:?}");
}

#[test]
fn a_later_step_that_held_is_within_the_bounds() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut steps = queue(&[50.0, 100.0, 150.0, 200.0, 250.0, 300.0], &mut rng);
    for sample in &mut steps[1].samples {
        sample.missed = 0.5;
    }
    let found = capacity(&steps, 0.01, 1).unwrap().at_objective;
    assert!(found.low <= 100.0 && found.high >= 250.0, "{found:?}");
    // Where even the last one held, nothing has shown a limit.
    assert_eq!(
        capacity(&steps[..4], 0.01, 1),
        Err(Refused::EndsBeforeKnee { go_on_to: 300.0 })
    );
}

#[test]
fn a_task_has_its_part() {
    let all = Estimate {
        point: 200.0,
        low: 150.0,
        high: 250.0,
    };
    let one = all.shared_by(4);
    assert_eq!((one.point, one.low, one.high), (50.0, 37.5, 62.5));
}
