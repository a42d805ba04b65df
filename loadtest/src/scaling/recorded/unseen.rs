//! What nobody saw, or not well enough.

use std::time::Duration;

use super::{LOAD, expected, felt, judged, read, said};
use crate::judge::Verdict;
use crate::plan::scaling::Expected;
use crate::plan::units::Time;
use crate::scaling::judge;

#[test]
fn what_may_not_be_seen_is_a_gap_and_shows_nothing() {
    let scaling = judged("denied", &felt((185, 390), &[]), expected());
    assert_eq!(scaling.verdict(), Verdict::Inconclusive);
    assert!(
        scaling
            .expectations
            .iter()
            .all(|shown| shown.verdict == Verdict::Inconclusive)
    );
    assert_eq!(scaling.gaps[0].operation, "ecs:DescribeServices");
    assert_eq!(scaling.gaps[0].to_s, None);
    assert_eq!(scaling.named, []);
}

#[test]
fn a_scale_out_that_a_gap_hides_may_have_been_in_time() {
    let within = |seconds| {
        let expected = Expected {
            within: Time(Duration::from_secs(seconds)),
            back_within: None,
            ..expected()
        };
        let scaling = judged("throttled", &felt((185, 390), &[]), expected);
        scaling.expectations[0].verdict
    };
    // Four tasks were seen 422 s after the step, and the look before was 72 s after it.
    assert_eq!(within(60), Verdict::Fail);
    assert_eq!(within(240), Verdict::Inconclusive);
    assert_eq!(within(422), Verdict::Pass);
}

#[test]
fn what_a_gap_hides_is_not_missing() {
    let mut recording = read("suspended");
    let end = recording.sightings.pop().unwrap();
    let gap = r#"{"at_s": 302.0, "after_s": 297.0, "seen": "gap", "operation": "ecs:DescribeServices", "code": "Timeout", "message": ""}"#;
    recording.sightings.push(serde_json::from_str(gap).unwrap());
    recording.sightings.push(end);
    let felt = felt((185, 1_080), &[]);
    let scaling = judge(&recording.sightings, &felt, LOAD, Some(&expected()), 0.05);
    assert_eq!(scaling.verdict(), Verdict::Inconclusive);
}

#[test]
fn a_limit_between_two_looks_shows_nothing() {
    let within = |seconds| {
        let expected = Expected {
            within: Time(Duration::from_secs(seconds)),
            ..expected()
        };
        judged("healthy-20s", &felt((185, 390), &[]), expected).expectations[0].verdict
    };
    // Three and more ran between 192 and 197 seconds after the step.
    assert_eq!(within(191), Verdict::Fail);
    assert_eq!(within(194), Verdict::Inconclusive);
    assert_eq!(within(197), Verdict::Pass);
}

#[test]
fn a_run_that_ends_too_early_shows_nothing_of_the_way_back() {
    let mut recording = read("healthy-20s");
    recording
        .sightings
        .retain(|sighting| sighting.at_s < 1_500.0);
    let expected = expected();
    let felt = felt((185, 390), &[]);
    let scaling = judge(&recording.sightings, &felt, LOAD, Some(&expected), 0.05);
    assert_eq!(scaling.verdict(), Verdict::Inconclusive);
    assert_eq!(said(&scaling, Verdict::Fail), (vec![], vec![]));
}
