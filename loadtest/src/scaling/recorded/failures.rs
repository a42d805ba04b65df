//! The failures that have a name.

use super::{expected, felt, judged, said};
use crate::judge::Verdict;
use crate::lang::Lang;
use crate::plan::scaling::{Connections, Expected};

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
            "cpu-cannot-see",
            whole,
            "not-scaled-out",
            "cpu-cannot-see",
            "DatabaseConnections 80",
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
    let saw = &scaling.named[0].evidence[1].saw;
    assert_eq!(saw, "DatabaseConnections 81");
}

#[test]
fn who_never_had_more_tasks_is_not_told_to_have_kept_them() {
    let scaling = judged("suspended", &felt((185, 1_080), &[]), expected());
    let back = &scaling.expectations[1];
    assert_eq!(back.verdict, Verdict::Inconclusive);
    assert_eq!(
        back.text(Lang::En),
        "scaling: never more than 1 tasks ran, so nothing is shown of the way back"
    );
}
