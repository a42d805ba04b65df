//! Which evidence gives which verdict.

use super::*;

const RULES: Rules = Rules {
    availability: 0.999,
    slow_share: 0.01,
    lateness_ms: 100.0,
};

fn observed(requests: u64, failures: u64) -> Observed {
    let batch = |failures| vec![Batch { requests, failures }];
    Observed {
        failures: batch(failures),
        slow: batch(0),
        ..Observed::default()
    }
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
    let slow = vec![Batch {
        requests: 4_000,
        failures: 400,
    }];
    assert_eq!(
        codes(&Observed {
            slow,
            ..observed(4_000, 0)
        }),
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
        ..observed(4_000, 400)
    };
    assert_eq!(codes(&down), (Verdict::Fail, vec!["availability-missed"]));
}
