//! What is missing, and a generator that was late, spoil the run.

use super::*;

#[test]
fn a_whole_run_is_judged_and_one_with_a_hole_is_not() {
    let (files, _) = run(false);
    assert_eq!(verdict(files).0, Verdict::Pass);

    let missing = [&files[..2], &files[3..]].concat();
    let gap = Gap::WorkersMissing {
        workers: vec![3],
        of: WORKERS,
    };
    assert_eq!(read(&missing).unwrap().gaps, [gap]);
    let inconclusive = |code: &str| (Verdict::Inconclusive, vec![code.to_owned()]);
    assert_eq!(verdict(&missing), inconclusive("workers-missing"));

    let hole = third_without(files, 7);
    let gap = Gap::SecondsMissing {
        worker: 3,
        first: 7,
        count: 1,
    };
    let sum = read(&hole).unwrap();
    assert_eq!(sum.gaps, [gap]);
    // The seconds after it stay where they were.
    let offered: u64 = sum.evidence.seconds.iter().map(|it| it.offered).sum();
    assert_eq!(sum.evidence.seconds.len() as u64, SECONDS);
    assert!(offered < Tally::of(&plan(), Slots::ALL).requests());
    assert_eq!(verdict(&hole), inconclusive("seconds-missing"));

    let killed = third_killed(files, 5);
    let (verdict, codes) = verdict(&killed);
    assert_eq!(verdict, Verdict::Inconclusive);
    assert!(codes.contains(&"worker-killed".to_owned()), "{codes:?}");
    assert!(!codes.contains(&"seconds-missing".to_owned()), "{codes:?}");
}

#[test]
fn one_late_generator_of_ten_is_not_hidden_by_the_others() {
    let (files, whole) = run(true);
    let (verdict, codes) = verdict(files);
    assert_eq!(verdict, Verdict::Inconclusive);
    assert_eq!(codes, ["generator-late"]);
    let all = whole.total(crate::plan::rule::Scope::default()).lateness;
    assert!(all.value_at_percentile(99.0) < 100_000);
}
