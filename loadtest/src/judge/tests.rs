//! Which evidence gives which verdict.

use std::time::Duration;

use super::baseline::{Comparison, Series};
use super::*;
use crate::plan::rule::Rule;

const RULES: Rules = Rules {
    availability: 0.999,
    slow_share: 0.01,
    lateness_ms: 100.0,
};
const AVAILABLE: Demand = Demand::Availability(0.999);
const QUICK: Demand = Demand::Slower {
    than: Duration::from_secs(1),
    share: 0.01,
};

fn measured(demand: Demand, seconds: Vec<Batch>) -> Measured {
    Measured {
        rule: Rule {
            scope: Scope::default(),
            window: None,
            demand,
        },
        about: String::new(),
        seconds,
        behind: vec![],
        rejected: vec![],
        rejection: None,
    }
}

fn slow(requests: u64, failures: u64, slow: u64) -> Observed {
    let batch = |failures| vec![Batch { requests, failures }];
    Observed {
        failures: batch(failures),
        slow: batch(slow),
        counted: requests,
        rules: vec![
            measured(AVAILABLE, batch(failures)),
            measured(QUICK, batch(slow)),
        ],
        ..Observed::default()
    }
}

fn observed(requests: u64, failures: u64) -> Observed {
    slow(requests, failures, 0)
}

fn unmade() -> Vec<Unmade> {
    vec![Unmade {
        phase: "broken".to_owned(),
        what: "docker kill web".to_owned(),
        why: Some("exit status: 127".to_owned()),
    }]
}

fn codes(observed: &Observed) -> (Verdict, Vec<&'static str>) {
    let judgement = judge(observed, &RULES);
    (
        judgement.verdict,
        judgement.reasons.iter().map(Reason::code).collect(),
    )
}

#[test]
fn a_verdict_needs_enough_requests() {
    assert_eq!(codes(&observed(2_995, 0)).0, Verdict::Pass);
    assert_eq!(
        codes(&observed(2_994, 0)),
        (Verdict::Inconclusive, vec!["too-few-requests"])
    );
    assert_eq!(codes(&observed(4_742, 1)).0, Verdict::Pass);
    assert_eq!(
        codes(&observed(4_000, 20)),
        (Verdict::Fail, vec!["availability-missed"])
    );
    assert_eq!(codes(&Observed::default()).0, Verdict::Inconclusive);
}

#[test]
fn a_share_just_above_the_limit_does_not_pass() {
    assert_eq!(codes(&observed(10_000, 11)).0, Verdict::Inconclusive);
    assert_eq!(codes(&observed(10_000, 9)).0, Verdict::Inconclusive);
}

#[test]
fn slow_answers_fail_a_service_that_is_available() {
    assert_eq!(
        codes(&slow(4_000, 0, 400)),
        (Verdict::Fail, vec!["too-slow"])
    );
}

#[test]
fn what_makes_figures_worthless_comes_before_the_figures() {
    for (spoilt, code) in [
        (
            Observed {
                cancelled: true,
                ..observed(4_000, 40)
            },
            "cancelled",
        ),
        (
            Observed {
                lateness_p99_ms: 101.0,
                ..observed(4_000, 0)
            },
            "generator-late",
        ),
        (
            Observed {
                client_faults: 41,
                ..observed(4_000, 0)
            },
            "client-faults",
        ),
        (
            Observed {
                unsent: 1,
                ..observed(4_000, 0)
            },
            "slots-unsent",
        ),
        (
            Observed {
                unverified: Some("why".to_owned()),
                ..observed(4_000, 0)
            },
            "ledger-unverified",
        ),
        (
            Observed {
                unmade: unmade(),
                ..observed(4_000, 0)
            },
            "fault-not-made",
        ),
        (
            Observed {
                cancelled: true,
                alarm: Some(("errors".to_owned(), "3 datapoints".to_owned())),
                unsent: 6_000,
                ..observed(4_000, 40)
            },
            "stopped-by-alarm",
        ),
    ] {
        assert_eq!(codes(&spoilt), (Verdict::Inconclusive, vec![code]));
    }
    let few = Observed {
        client_faults: 40,
        ..observed(4_000, 0)
    };
    assert_eq!(codes(&few).0, Verdict::Pass);
}

#[test]
fn a_broken_promise_fails_even_a_run_that_was_stopped() {
    let violations = vec![Violation::LostEvent { event: 1 }];
    let stopped = Observed {
        cancelled: true,
        violations,
        ..observed(10, 0)
    };
    assert_eq!(codes(&stopped), (Verdict::Fail, vec!["promises-broken"]));
}

#[test]
fn a_doubt_does_not_save_a_service_that_is_shown_to_fail() {
    let down = Observed {
        unverified: Some("it is down".to_owned()),
        unsent: 1,
        unmade: unmade(),
        ..observed(4_000, 400)
    };
    assert_eq!(codes(&down), (Verdict::Fail, vec!["availability-missed"]));
}

#[test]
fn alarms_that_nobody_saw_are_told_and_change_no_verdict() {
    let with = |requests, failures| Observed {
        unwatched: Some(Unwatched {
            from_s: 20.0,
            to_s: None,
            why: "ExpiredToken".to_owned(),
        }),
        ..observed(requests, failures)
    };
    let (passed, reasons) = codes(&with(4_000, 0));
    assert_eq!(passed, Verdict::Pass);
    assert_eq!(reasons.last(), Some(&"alarms-unseen"));
    assert_eq!(
        codes(&with(4_000, 400)),
        (Verdict::Fail, vec!["availability-missed", "alarms-unseen"])
    );
}

#[test]
fn a_rule_without_data_does_not_pass() {
    let mut some = observed(4_000, 0);
    some.rules[1].seconds = vec![Batch::default(); 20];
    assert_eq!(codes(&some), (Verdict::Inconclusive, vec!["no-data"]));
    // A window that is longer than the run was not seen either.
    let mut short = observed(4_000, 0);
    short.rules[0].rule.window = Some(Duration::from_secs(300));
    assert_eq!(codes(&short), (Verdict::Inconclusive, vec!["no-data"]));
    assert_eq!(codes(&Observed::default()).0, Verdict::Inconclusive);
}

#[test]
fn the_worst_window_is_judged_by_itself() {
    // 0.13 % of the run, and 8 % of its worst minute.
    let seconds: Vec<Batch> = (0..3_600)
        .map(|second| Batch {
            requests: 100,
            failures: if (1_000..1_060).contains(&second) {
                8
            } else {
                0
            },
        })
        .collect();
    let mut windowed = measured(Demand::Availability(0.99), seconds.clone());
    windowed.rule.window = Some(Duration::from_secs(60));
    let observed = Observed {
        failures: seconds.clone(),
        rules: vec![measured(AVAILABLE, seconds), windowed],
        ..Observed::default()
    };
    let judgement = judge(&observed, &RULES);
    let verdicts: Vec<_> = judgement
        .rulings
        .iter()
        .map(|ruling| ruling.verdict)
        .collect();
    assert_eq!(verdicts[1], Verdict::Fail, "{:?}", judgement.rulings);
    assert_ne!(verdicts[0], Verdict::Fail);
    let start = judgement.rulings[1].window_start.unwrap();
    assert!((990..=1_010).contains(&start), "{start}");
    assert_eq!(judgement.verdict, Verdict::Fail);
}

#[test]
fn who_has_many_rules_is_not_accused_more_easily() {
    // 12 of 4,000 miss 99.9 % with 99.5 % confidence, not with 99.95 %.
    let alone = observed(4_000, 12);
    assert_eq!(codes(&alone).0, Verdict::Fail);
    let mut among = observed(4_000, 12);
    for _ in 0..98 {
        among.rules.push(measured(
            QUICK,
            vec![Batch {
                requests: 4_000,
                failures: 0,
            }],
        ));
    }
    assert_eq!(codes(&among).0, Verdict::Inconclusive);
}

#[test]
fn what_was_certain_before_the_end_is_a_fail_unless_the_generator_was_the_limit() {
    let stopped = Observed {
        certain: Some(Certain {
            rule: 0,
            after_s: 9,
            seen: Batch {
                requests: 1_800,
                failures: 9,
            },
        }),
        ..observed(100, 1)
    };
    assert_eq!(codes(&stopped), (Verdict::Fail, vec!["sure-to-fail"]));
    // What it did not send nobody kept it from.
    let late = Observed {
        lateness_p99_ms: 101.0,
        unsent: 9_000,
        ..stopped
    };
    assert_eq!(
        codes(&late),
        (Verdict::Inconclusive, vec!["generator-late"])
    );
}

#[test]
fn what_was_certain_only_by_the_delay_of_the_generator_is_in_doubt() {
    let second = |failures| Batch {
        requests: 200,
        failures,
    };
    let stopped = |behind: [u64; 2]| {
        let seconds = [
            vec![second(50); 10],
            vec![second(0); 4],
            vec![second(50); 12],
        ]
        .concat();
        let behind = [vec![behind[0]; 10], vec![0; 4], vec![behind[1]; 12]].concat();
        let mut observed = observed(5_200, 1_100);
        observed.rules[0].seconds = seconds;
        observed.rules[0].behind = behind;
        observed.certain = Some(Certain {
            rule: 0,
            after_s: 26,
            seen: Batch {
                requests: 5_200,
                failures: 1_100,
            },
        });
        codes(&observed)
    };
    assert_eq!(stopped([0, 0]), (Verdict::Fail, vec!["sure-to-fail"]));
    assert_eq!(stopped([200, 0]), (Verdict::Fail, vec!["sure-to-fail"]));
    assert_eq!(
        stopped([200, 200]),
        (Verdict::Inconclusive, vec!["generator-late"])
    );
}

#[test]
fn a_regression_fails_only_where_that_is_demanded() {
    let run = |p99_ms: f64| Series {
        failures: vec![
            Batch {
                requests: 1_000,
                failures: 0
            };
            20
        ],
        slow: vec![
            Batch {
                requests: 1_000,
                failures: 0
            };
            20
        ],
        p50_ms: (0..20).map(|n| 10.0 + f64::from(n % 3)).collect(),
        p99_ms: (0..20).map(|n| p99_ms + f64::from(n % 3)).collect(),
    };
    let with = |differences: Vec<String>| {
        Some(Comparison::new(
            "before".to_owned(),
            differences,
            &run(50.0),
            &run(90.0),
        ))
    };
    let mut worse = Observed {
        comparison: with(vec![]),
        ..observed(4_000, 0)
    };
    assert_eq!(codes(&worse).0, Verdict::Pass);
    worse.fail_on_regression = true;
    assert_eq!(codes(&worse), (Verdict::Fail, vec!["regression"]));
    worse.comparison = with(vec!["rate".to_owned()]);
    assert_eq!(
        codes(&worse),
        (Verdict::Inconclusive, vec!["baseline-of-another-plan"])
    );
}

#[test]
fn the_budget_is_that_of_the_rule_about_everything() {
    let judgement = judge(&observed(4_000, 8), &RULES);
    assert!((judgement.budget.unwrap().burn - 2.0).abs() < 1e-9);
    let mut scoped = observed(4_000, 8);
    scoped.rules[0].rule.scope.phase = Some(0);
    assert_eq!(judge(&scoped, &RULES).budget, None);
}
