//! The judge and the stopwatch on the timelines of `tests/timelines`, each to the interval of the looks.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Felt, Load, Scaling, judge};
use crate::judge::Verdict;
use crate::plan::scaling::Expected;
use crate::plan::units::Time;
use crate::stopwatch::{Objective, Stage};
use crate::witness::{Recording, Seen};

mod failures;
mod unseen;

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
fn a_plan_without_expectations_gets_the_times_and_no_verdict_of_scaling() {
    let felt = felt((185, 390), &[]);
    let scaling = judge(&read("healthy-20s").sightings, &felt, LOAD, None, 0.05);
    assert!(scaling.expectations.is_empty());
    assert_eq!(stages(&scaling).len(), 7);
}

#[test]
fn a_task_first_seen_pending_when_another_runs_is_not_the_first() {
    let mut seen = read("healthy-20s").sightings;
    for sighting in &mut seen {
        if let Seen::Tasks(tasks) = &mut sighting.seen
            && sighting.at_s < 292.0
        {
            tasks.pending = 0;
        }
    }
    let scaling = judge(&seen, &felt((185, 390), &[]), LOAD, None, 0.05);
    let stages = stages(&scaling);
    assert_eq!(stages["running"], (112.0, LOOK_S));
    assert_eq!(stages.get("pending"), None);
}
