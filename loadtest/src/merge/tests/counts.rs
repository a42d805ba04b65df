//! The workers and the load balancer must have counted alike.

use super::*;
use crate::merge::balancer;
use crate::witness::{Measure, Metric, Seen, Sighting};

/// What a load balancer counted, minute by minute from a minute before the run, and until when somebody looked.
fn watched(minutes: [f64; 3], until_s: f64) -> Vec<Sighting> {
    let sighting = |at_s, seen| Sighting {
        at_s,
        after_s: None,
        seen,
    };
    let metric = |(place, value): (usize, f64)| {
        let from_s = 60.0 * place as f64 - 60.0;
        let metric = Metric {
            of: Measure::Requests,
            from_s,
            period_s: 60.0,
            value,
        };
        sighting(from_s + 150.0, Seen::Metric(metric))
    };
    let begin = sighting(-100.0, Seen::Range(crate::witness::Range::default()));
    let metrics = minutes.into_iter().enumerate().map(metric);
    let end = sighting(until_s, Seen::End);
    [begin].into_iter().chain(metrics).chain([end]).collect()
}

#[test]
fn the_load_balancer_must_have_counted_as_many_requests() {
    let (files, _) = run(false);
    let sum = read(files).unwrap();
    // In the minute before, when the workers came, and in the one of the load; the one after is no part of it.
    let made = sum.aftermath.sent + 70;
    let before = 40.0;
    let gap = |counted: f64, until_s| {
        let minutes = [before, counted - before, 1_000.0];
        balancer::gap(&sum, &watched(minutes, until_s)).map(|gap| gap.code())
    };
    let made = made as f64;
    assert_eq!(gap(made, 400.0), None);
    assert_eq!(gap(made * 1.004, 400.0), None);
    assert_eq!(gap(made * 0.996, 400.0), None);
    assert_eq!(gap(made * 1.006, 400.0), Some("requests-differ"));
    assert_eq!(gap(made * 0.994, 400.0), Some("requests-differ"));
    assert_eq!(gap(made, 200.0), Some("requests-uncounted"));
    assert_eq!(
        balancer::gap(&sum, &[]).unwrap().code(),
        "requests-uncounted"
    );
    // A pass needs the count; a fail that is shown stands without it.
    let mut sum = sum;
    sum.gaps.extend(balancer::gap(&sum, &[]));
    let report = judged(sum).unwrap();
    assert_eq!(report.verdict, Verdict::Inconclusive);
    assert_eq!(report.reasons[0].code, "requests-uncounted");
}
