//! Of ten workers the one that is unlike the others stands out.

use super::*;
use crate::report::Mark;

/// The workers that stand out, and by what.
fn marked(files: &[Vec<u8>]) -> Vec<(u32, Vec<Mark>)> {
    let workers = judged(read(files).unwrap()).unwrap().workers;
    assert_eq!(workers.len(), WORKERS as usize);
    let marked = workers.into_iter().filter(|it| !it.marks.is_empty());
    marked.map(|it| (it.worker, it.marks)).collect()
}

#[test]
fn the_slow_one_is_marked_and_its_figures_are_its_own() {
    let (files, whole) = run(false);
    assert_eq!(marked(files), [(SLOW, vec![Mark::Slow])]);
    let report = judged(read(files).unwrap()).unwrap();
    let all: Vec<_> = report.workers.iter().flat_map(|it| &it.did).collect();
    // Together they did what the run did, each its share, and every second of each is there.
    let requests: u64 = all.iter().map(|did| did.requests).sum();
    assert_eq!(
        requests,
        whole.total(crate::plan::rule::Scope::default()).counted()
    );
    let slow = all[SLOW as usize - 1];
    for (place, did) in all.iter().enumerate() {
        assert_eq!((did.seconds, did.seconds_missing), (SECONDS, 0));
        let ahead_ms = (place + 1) as f64;
        assert_eq!(did.clock.unwrap().ahead_ms, ahead_ms);
        assert!(*did == slow || did.response_p99_ms < 45.0);
        assert!(slow.response_p99_ms > 700.0 && slow.failures == 0);
    }
}

#[test]
fn the_late_one_that_met_faults_is_marked_for_each() {
    let marks = vec![Mark::Late, Mark::Slow, Mark::Failing];
    assert_eq!(marked(&run(true).0), [(SLOW, marks)]);
}

#[test]
fn what_is_not_there_is_marked_and_counted() {
    let (files, _) = run(false);
    let slow = (SLOW, vec![Mark::Slow]);
    let missing = [&files[..2], &files[3..]].concat();
    assert_eq!(marked(&missing), [(3, vec![Mark::Missing]), slow.clone()]);

    let killed = third_killed(files, 5);
    assert_eq!(marked(&killed), [(3, vec![Mark::Killed]), slow.clone()]);
    let workers = judged(read(&killed).unwrap()).unwrap().workers;
    let did = workers[2].did.clone().unwrap();
    assert_eq!((did.seconds, did.seconds_missing), (5, SECONDS - 5));

    let hole = third_without(files, 7);
    assert_eq!(marked(&hole), [(3, vec![Mark::SecondsMissing]), slow]);
}
