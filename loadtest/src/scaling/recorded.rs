//! The judge and the stopwatch on the timelines of `tests/timelines`, each to the interval of the looks.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Felt, Load, Scaling, judge};
use crate::judge::Verdict;
use crate::plan::scaling::{Connections, Expected};
use crate::plan::units::Time;
use crate::stopwatch::{Objective, Stage};
use crate::witness::Recording;

const LOAD: Load = Load {
    step_s: 180.0,
    drop_s: 1_080.0,
};
/// How often the timelines look at tasks and targets.
const LOOK_S: f64 = 5.0;

fn expected() -> Expected {
    Expected {
        tasks: 3,
        within: Time(Duration::from_secs(480)),
        back_within: Some(Time(Duration::from_secs(1_200))),
        most: None,
        at_most_for: Time(Duration::from_secs(60)),
        connections: None,
    }
}

/// 300 requests a second under load and 50 otherwise; of those from one time to the other half are late.
fn felt(late: (usize, usize), failed: &[usize]) -> Vec<Felt> {
    (0..2_280)
        .map(|second| {
            let counted = if (180..1_080).contains(&second) {
                300
            } else {
                50
            };
            let failed = failed.iter().filter(|it| **it == second).count() as u64;
            let late = u64::from((late.0..late.1).contains(&second)) * counted / 2;
            Felt {
                counted,
                missed: late + failed,
                failed,
            }
        })
        .collect()
}

fn read(name: &str) -> Recording {
    let path = format!(
        "{}/tests/timelines/{name}.ndjson",
        env!("CARGO_MANIFEST_DIR")
    );
    let recording = Recording::read(std::fs::read(path).unwrap().as_slice()).unwrap();
    assert!(recording.origin.source.starts_with("constructed"));
    recording
}

fn judged(name: &str, felt: &[Felt], expected: Expected) -> Scaling {
    judge(&read(name).sightings, felt, LOAD, Some(&expected), 0.05)
}

/// The codes of the expectations with this verdict, and the names of the failures.
fn said(scaling: &Scaling, verdict: Verdict) -> (Vec<&'static str>, Vec<&'static str>) {
    let of = scaling.expectations.iter();
    let of = of.filter(|shown| shown.verdict == verdict);
    let named = scaling.named.iter().map(|named| named.failure.code());
    (of.map(super::Shown::code).collect(), named.collect())
}

fn stages(scaling: &Scaling) -> BTreeMap<&'static str, (f64, f64)> {
    let name = |stage| match stage {
        Stage::Metric => "metric",
        Stage::Alarm => "alarm",
        Stage::Decided => "decided",
        Stage::Pending => "pending",
        Stage::Running => "running",
        Stage::Healthy => "healthy",
        Stage::Restored => "restored",
    };
    let rounded = |seconds: f64| (10.0 * seconds).round() / 10.0;
    let stages = scaling.stopwatch.stages.iter();
    stages
        .map(|it| {
            let moment = it.moment;
            (name(it.stage), (rounded(moment.at_s), moment.within_s))
        })
        .collect()
}

#[test]
fn a_healthy_scale_out_passes_and_every_stage_has_its_time() {
    let scaling = judged("healthy-20s", &felt((185, 390), &[]), expected());
    assert_eq!(scaling.verdict(), Verdict::Pass);
    assert_eq!(
        said(&scaling, Verdict::Pass),
        (
            vec![
                "scaled-out",
                "scaled-in",
                "scale-in-dropped-nothing",
                "stayed-below-maximum",
                "room-left"
            ],
            vec![]
        )
    );
    let expected = [
        ("metric", (52.0, 20.0)),
        ("alarm", (82.4, 1.0)),
        ("decided", (86.1, 1.0)),
        ("pending", (87.0, LOOK_S)),
        ("running", (112.0, LOOK_S)),
        ("healthy", (122.0, LOOK_S)),
        ("restored", (210.0, 5.0)),
    ];
    assert_eq!(stages(&scaling), BTreeMap::from(expected));
    let watch = &scaling.stopwatch;
    assert_eq!(watch.objective, Objective::Restored);
    assert_eq!((watch.tasks_before, watch.tasks_most), (Some(1), Some(4)));
    // Half of 300/s from second 185 to second 390.
    assert_eq!((watch.requests, watch.missed), (63_000, 30_750));
    let published = watch.published.unwrap();
    assert_eq!((published.decided_s, published.running_s), (86.0, 109.0));
}

#[test]
fn a_scale_out_by_one_minute_metrics_stands_beside_the_figures_for_those() {
    let scaling = judged("healthy-60s", &felt((185, 580), &[]), expected());
    assert_eq!(scaling.verdict(), Verdict::Pass);
    assert_eq!(scaling.named, []);
    let stages = stages(&scaling);
    assert_eq!(stages["decided"], (363.0, 1.0));
    assert_eq!(stages["running"], (387.0, LOOK_S));
    assert_eq!(stages["restored"], (400.0, 5.0));
    let published = scaling.stopwatch.published.unwrap();
    assert_eq!((published.decided_s, published.running_s), (363.0, 386.0));
}

#[test]
fn each_failure_is_named_with_what_was_seen_of_it() {
    let whole = (185, 1_080);
    for (name, late, missed, failure, evidence) in [
        (
            "cpu-cannot-see",
            whole,
            "not-scaled-out",
            "cpu-cannot-see",
            "CPUUtilization 41 % at most, target 60 %",
        ),
        (
            "stuck-at-maximum",
            whole,
            "held-at-maximum",
            "stuck-at-maximum",
            "AlreadyAtMaxCapacity",
        ),
        (
            "suspended",
            whole,
            "not-scaled-out",
            "suspended",
            "DynamicScalingOutSuspended true",
        ),
        (
            "cooldown",
            whole,
            "not-scaled-out",
            "cooldown",
            "ScaleOutCooldown 300 s, 310 s between the two",
        ),
        (
            "no-capacity",
            whole,
            "not-scaled-out",
            "no-capacity",
            "Capacity is unavailable at this time",
        ),
        (
            "deployment-blocks-scale-in",
            (185, 390),
            "not-scaled-in",
            "deployment-blocks-scale-in",
            "a deployment is IN_PROGRESS, desired 4",
        ),
        (
            "alarm-without-data",
            whole,
            "not-scaled-out",
            "alarm-without-data",
            "INSUFFICIENT_DATA",
        ),
    ] {
        // The cooldown lets four tasks come in time only where three are enough.
        let tasks = if name == "cooldown" { 4 } else { 3 };
        let expected = Expected {
            tasks,
            ..expected()
        };
        let scaling = judged(name, &felt(late, &[]), expected);
        assert_eq!(scaling.verdict(), Verdict::Fail, "{name}");
        let (missed_now, named) = said(&scaling, Verdict::Fail);
        assert!(missed_now.contains(&missed), "{name}: {missed_now:?}");
        assert_eq!(named, [failure], "{name}");
        let saw = &scaling.named[0].evidence;
        assert!(saw.iter().any(|it| it.saw.contains(evidence)), "{saw:?}");
    }
}

#[test]
fn pools_that_together_want_more_than_the_database_has_are_counted() {
    let connections = Connections { pool: 10, most: 81 };
    let expected = Expected {
        connections: Some(connections),
        ..expected()
    };
    let scaling = judged("too-many-connections", &felt((185, 1_080), &[]), expected);
    let (missed, named) = said(&scaling, Verdict::Fail);
    assert!(missed.contains(&"connections-exceeded"), "{missed:?}");
    assert_eq!(named, ["too-many-connections"]);
    let saw = &scaling.named[0].evidence[0].saw;
    assert_eq!(saw, "running 10 × pool 10 = 100 > max_connections 81");
}

#[test]
fn requests_that_fail_while_tasks_go_are_a_fail_and_others_are_not() {
    let of = |seconds: &[usize]| {
        let scaling = judged("scale-in-drops", &felt((185, 390), seconds), expected());
        said(&scaling, Verdict::Fail).0
    };
    assert_eq!(of(&[1_990, 2_020, 2_055]), ["scale-in-dropped-requests"]);
    // Before the decision, and long after the last task went.
    assert_eq!(of(&[1_500, 2_100]), Vec::<&str>::new());
}

#[test]
fn more_tasks_than_may_be_are_a_fail() {
    let scaling = judged("above-maximum", &felt((0, 0), &[]), expected());
    let (missed, _) = said(&scaling, Verdict::Fail);
    assert!(missed.contains(&"above-maximum"), "{missed:?}");
}

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

#[test]
fn a_plan_without_expectations_gets_the_times_and_no_verdict_of_scaling() {
    let felt = felt((185, 390), &[]);
    let scaling = judge(&read("healthy-20s").sightings, &felt, LOAD, None, 0.05);
    assert!(scaling.expectations.is_empty());
    assert_eq!(stages(&scaling).len(), 7);
}
