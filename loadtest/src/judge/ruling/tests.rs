//! What the figures say of a rule where it is not sure whose figures they are.

use super::*;
use crate::generator::Pulse;
use crate::outcome::Outcome;
use crate::record::{Recorder, Sample};
use std::time::Duration;

const QUICK: Duration = Duration::from_millis(5);

fn plan(text: &str) -> Plan {
    let file: crate::plan::File = toml::from_str(text).unwrap();
    Plan::try_from(file).unwrap()
}

fn answer(outcome: Outcome, cause: &'static str) -> Sample {
    Sample {
        slot: 0,
        phase: 0,
        endpoint: Endpoint::List,
        outcome,
        cause: (outcome != Outcome::Ok).then(|| cause.into()),
        response: QUICK,
        service: QUICK,
        first_byte: QUICK,
        lateness: Duration::ZERO,
        queued: Duration::ZERO,
    }
}

fn well() -> Sample {
    answer(Outcome::Ok, "")
}

/// An answer after 800 ms, of which the generator has taken so much itself.
fn slow(lateness: Duration) -> Sample {
    Sample {
        response: Duration::from_millis(800),
        lateness,
        ..well()
    }
}

/// A run in which so many answers of each kind end in each second.
fn run(plan: &Plan, seconds: u64, answers: impl Fn(u64) -> Vec<(usize, Sample)>) -> Evidence {
    let recorder = Recorder::new(plan, vec![], None);
    for second in 0..seconds {
        for (count, sample) in answers(second) {
            for _ in 0..count {
                recorder.record(Duration::from_secs(second), sample.clone());
            }
        }
        recorder.tick(Duration::from_secs(second + 1), Pulse::default());
    }
    recorder.finish()
}

fn shown(plan: &Plan, evidence: &Evidence) -> (Verdict, &'static str) {
    let ruling = rule(&measured(evidence, plan)[0], plan.rules.len());
    (ruling.verdict, ruling.reason.code())
}

const IN_DOUBT: (Verdict, &str) = (Verdict::Inconclusive, "generator-late");

#[test]
fn a_generator_that_was_late_for_a_while_accuses_nobody() {
    let plan = plan(
        "[[phase]]\nname = 'a'\nduration = '10m'\nrate = '10/s'
        [[rule]]\nslower_than = '500ms'\nshare = '5%'\nwindow = '1m'",
    );
    let late = |lateness, seconds: std::ops::Range<u64>| {
        run(&plan, 600, move |second| match second {
            200..260 => vec![(8, well()), (2, slow(lateness))],
            _ if seconds.contains(&second) => vec![(8, well()), (2, slow(Duration::ZERO))],
            _ => vec![(10, well())],
        })
    };
    let own = Duration::from_millis(795);
    assert_eq!(shown(&plan, &late(own, 0..0)), IN_DOUBT);
    let broken = (Verdict::Fail, "too-slow");
    assert_eq!(shown(&plan, &late(Duration::ZERO, 0..0)), broken);
    // What the service did at another time is its own.
    assert_eq!(shown(&plan, &late(own, 400..460)), broken);
}

#[test]
fn the_answers_to_others_wait_for_a_generator_that_is_late() {
    let plan = plan(
        "[[phase]]\nname = 'a'\nduration = '30s'\nrate = '100/s'
        [[rule]]\nslower_than = '500ms'\nshare = '5%'",
    );
    // It was sent in time; nobody was there to take its answer.
    let waited = slow(Duration::ZERO);
    let evidence = run(&plan, 30, |second| match second {
        _ if second % 3 == 0 => vec![
            (40, well()),
            (2, slow(Duration::from_millis(795))),
            (58, waited.clone()),
        ],
        _ => vec![(100, well())],
    });
    assert_eq!(shown(&plan, &evidence), IN_DOUBT);
}

#[test]
fn a_few_that_are_late_in_each_second_accuse_nobody_either() {
    let plan = plan(
        "[[phase]]\nname = 'a'\nduration = '30s'\nrate = '200/s'
        [[rule]]\nslower_than = '500ms'\nshare = '0.1%'",
    );
    let late = |lateness| run(&plan, 30, move |_| vec![(199, well()), (1, slow(lateness))]);
    assert_eq!(shown(&plan, &late(Duration::from_millis(795))), IN_DOUBT);
    assert_eq!(
        shown(&plan, &late(Duration::from_millis(90))).0,
        Verdict::Fail
    );
}

const REJECTED: &str =
    "[[phase]]\nname = 'warm-up'\nduration = '5s'\nrate = '100/s'\njudged = false
    [[phase]]\nname = 'a'\nduration = '50s'\nrate = '100/s'
    [[rule]]\navailability = '99.9%'";

/// A run of which one request in a hundred seconds is another one, in one phase.
fn rejected(plan: &Plan, phase: usize, other: Sample) -> Evidence {
    run(plan, 50, move |second| {
        let other = Sample {
            phase,
            ..other.clone()
        };
        let well = Sample { phase: 1, ..well() };
        vec![(100, well), (usize::from(second % 5 == 0), other)]
    })
}

#[test]
fn who_is_kept_only_by_not_counting_rejections_does_not_pass() {
    let plan = plan(REJECTED);
    let passes = (Verdict::Pass, "availability-shown");
    let forbidden = answer(Outcome::ClientFault, "http-403");
    let evidence = rejected(&plan, 1, forbidden.clone());
    assert_eq!(
        shown(&plan, &evidence),
        (Verdict::Inconclusive, "requests-rejected")
    );
    let text = rule(&measured(&evidence, &plan)[0], 1)
        .reason
        .text(crate::lang::Lang::En);
    assert!(
        text.contains("10 of 5,010") && text.contains("http-403"),
        "{text}"
    );
    // Those of a phase that is not judged, and what the generator lacked, are not the service's.
    assert_eq!(shown(&plan, &rejected(&plan, 0, forbidden)), passes);
    let lacking = answer(Outcome::ClientFault, "too-many-open-files");
    assert_eq!(shown(&plan, &rejected(&plan, 1, lacking)), passes);
}

#[test]
fn a_rejection_that_breaks_nothing_does_not_forbid_a_pass() {
    let plan = plan(REJECTED);
    let evidence = run(&plan, 50, |second| {
        let phase = |sample| Sample { phase: 1, ..sample };
        let forbidden = answer(Outcome::ClientFault, "http-403");
        vec![
            (100, phase(well())),
            (usize::from(second == 9), phase(forbidden)),
        ]
    });
    assert_eq!(shown(&plan, &evidence).0, Verdict::Pass);
}

#[test]
fn only_phases_that_a_rule_is_about_are_looked_at() {
    let forbidden = answer(Outcome::ClientFault, "http-403");
    let faults = |text: &str| {
        let plan = plan(text);
        let of = ruled(&rejected(&plan, 0, forbidden.clone()), &plan);
        (of.counted(), of.outcomes[Outcome::ClientFault as usize])
    };
    assert_eq!(faults(REJECTED), (5_000, 0));
    let both = format!("{REJECTED}\n[[rule]]\navailability = '90%'\nphase = 'warm-up'");
    assert_eq!(faults(&both), (5_000, 10));
}
