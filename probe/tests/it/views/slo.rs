//! `probe slo`: the objective beside what was measured, and the arithmetic of the workbook.

use chrono::{DurationRound, TimeDelta};
use probe::{
    render,
    snapshot::{AnswerTimes, Performance, Series, Traffic, Unobserved},
    views::Slo,
    words::Lang,
};

use super::{golden, of};

/// Requests at a steady rate, a minute and an hour at a time; in the last minutes some of them fail.
fn performance(a_minute: f64, failing: i64, fails: f64) -> Performance {
    let snapshot = of("healthy");
    let end = snapshot
        .taken_at
        .duration_trunc(TimeDelta::minutes(1))
        .unwrap();
    let series = |step: TimeDelta, count: i64, lengths: &[(i64, f64)]| {
        let traffic = |back: i64| {
            let step_seconds = step.num_seconds();
            let minutes = step.num_minutes();
            let sent = a_minute * minutes as f64;
            let bad = (failing - (back - 1) * minutes).clamp(0, minutes) as f64;
            let traffic = Traffic {
                seconds: step_seconds,
                sent,
                unsent: 0.0,
                failed_by_task: bad * fails,
                failed_by_balancer: 0.0,
            };
            (end - step * i32::try_from(back).unwrap(), traffic)
        };
        let times = |(hours, p99): &(i64, f64)| {
            let length = TimeDelta::hours(*hours);
            AnswerTimes {
                from: end - length,
                length,
                p50: Some(0.004_25),
                p95: Some(0.031),
                p99: Some(*p99),
            }
        };
        Series {
            step_seconds: step.num_seconds(),
            traffic: (1..=count).map(traffic).collect(),
            answer_times: lengths.iter().map(times).collect(),
        }
    };
    Performance {
        taken_at: snapshot.taken_at,
        target: snapshot.target,
        minutes: Ok(Some(series(
            TimeDelta::minutes(1),
            4_320,
            &[(1, 0.125), (6, 0.18), (24, 1.25)],
        ))),
        hours: Ok(Some(series(TimeDelta::hours(1), 720, &[(24, 1.25)]))),
    }
}

#[test]
fn the_objective_stands_beside_what_was_measured() {
    let text = |seen: &Performance, lang, screen| render::slo(&Slo::new(seen, lang), screen);
    golden("slo.quiet", |lang, screen| {
        text(&performance(50.0, 0, 0.0), lang, screen)
    });
    golden("slo.burning", |lang, screen| {
        text(&performance(50.0, 20, 4.0), lang, screen)
    });
    golden("slo.overspent", |lang, screen| {
        text(&performance(50.0, 600, 30.0), lang, screen)
    });
    // A young service with few visitors: an hour of requests, one of which failed.
    let mut young = performance(0.5, 1, 1.0);
    for series in [&mut young.minutes, &mut young.hours] {
        let series = series.as_mut().unwrap().as_mut().unwrap();
        let last_hour = young.taken_at - TimeDelta::minutes(61);
        series.traffic.retain(|at, _| *at > last_hour);
        series.answer_times.clear();
    }
    golden("slo.young", |lang, screen| text(&young, lang, screen));
    let mut unasked = performance(0.0, 0, 0.0);
    for series in [&mut unasked.minutes, &mut unasked.hours] {
        *series = Ok(Some(Series::default()));
    }
    golden("slo.unasked", |lang, screen| text(&unasked, lang, screen));
    golden("slo.denied", |lang, screen| {
        let mut denied = performance(50.0, 0, 0.0);
        denied.hours = Err(Unobserved {
            operation: "cloudwatch:GetMetricData".into(),
            code: "AccessDenied".into(),
            message: "User: u is not authorized".into(),
        });
        text(&denied, lang, screen)
    });
}

#[test]
fn without_the_minutes_nobody_can_tell_that_no_alert_goes_off() {
    fn denied() -> Unobserved {
        Unobserved {
            operation: "cloudwatch:GetMetricData".into(),
            code: "AccessDenied".into(),
            message: "User: u is not authorized".into(),
        }
    }
    let tells = |change: fn(&mut Performance)| {
        let mut seen = performance(50.0, 0, 0.0);
        change(&mut seen);
        Slo::new(&seen, Lang::En).can_tell()
    };
    assert!(tells(|_| {}));
    assert!(tells(|seen| seen.hours = Err(denied())));
    assert!(!tells(|seen| seen.minutes = Err(denied())));
    assert!(!tells(|seen| {
        seen.minutes = Ok(Some(Series::default()));
        seen.hours = Ok(Some(Series::default()));
    }));
}

#[test]
fn burn_rates_and_budget_are_those_of_the_workbook() {
    // A hundred failures of 1,000 in twenty minutes: 80 of 3,000 in the hour, 80 of 18,000 in six.
    let slo = Slo::new(&performance(50.0, 20, 4.0), Lang::En);
    let burn = |name: &str| {
        let window = slo.windows.iter().find(|window| window.name == name);
        window.unwrap().burn_rate.unwrap()
    };
    for (name, expected) in [
        ("5m", 80.0),
        ("30m", 80.0 / 1.5),
        ("1h", 80.0 / 3.0),
        ("6h", 80.0 / 18.0),
        ("3d", 80.0 / 216.0),
        ("30d", 80.0 / 2_160.0),
    ] {
        assert!(
            (burn(name) - expected).abs() < 1e-6,
            "{name}: {}",
            burn(name)
        );
    }
    let off: Vec<bool> = slo.alerts.iter().map(|alert| alert.goes_off).collect();
    assert_eq!(off, [true, false, false]);
    let budget = slo.budget.unwrap();
    assert_eq!((budget.allowed.round(), budget.failed), (2_160.0, 80));
    // 96.3 % of thirty days, 26.7 times too fast.
    let lasts = budget.lasts_seconds.unwrap() as f64 / 86_400.0;
    assert!((lasts - 30.0 * (1.0 - 80.0 / 2_160.0) / (80.0 / 3.0)).abs() < 1e-3);
    assert!(
        slo.windows
            .iter()
            .all(|window| window.counted_percent == 100.0)
    );
    let times = |slo: &Slo, name: &str| {
        let window = slo.windows.iter().find(|window| window.name == name);
        window.unwrap().answer_times.unwrap()
    };
    let slo = Slo::new(&performance(50.0, 20, 4.0), Lang::En);
    assert!(!times(&slo, "6h").at_most && times(&slo, "30d").at_most);
    assert_eq!(times(&slo, "6h").p99_ms, Some(180.0));
}
