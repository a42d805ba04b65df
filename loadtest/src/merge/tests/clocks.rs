//! Seconds are added up only where they are the same seconds.

use super::*;

#[test]
fn clocks_that_nobody_compared_or_somebody_set_are_gaps() {
    let (files, _) = run(false);
    let changed = |place: usize, change: &dyn Fn(&mut Line)| {
        let mut files = files.clone();
        let mut changed = vec![];
        for line in files[place].split_inclusive(|byte| *byte == b'\n') {
            let mut line: Line = serde_json::from_slice(line).unwrap();
            change(&mut line);
            line.write(&mut changed).unwrap();
        }
        files[place] = changed;
        read(&files).unwrap().gaps
    };
    let silent = changed(1, &|line| {
        if let Line::Run {
            part: Some(part), ..
        } = line
        {
            part.clock = None;
        }
    });
    assert_eq!(silent, [Gap::ClocksUnknown { workers: vec![2] }]);
    let ahead = changed(1, &|line| {
        if let Line::Run {
            part: Some(part), ..
        } = line
        {
            part.clock = Some(Offset {
                ahead_ms: -2_000.0,
                within_ms: 1.0,
            });
        }
    });
    let apart = Gap::ClocksApart {
        worker: 2,
        other: 10,
        apart_ms: 2_007.0,
    };
    assert_eq!(ahead, [apart]);
    let set = changed(1, &|line| {
        if let Line::End(aftermath) = line {
            let began_at = begins_at() + TimeDelta::milliseconds(1_500);
            aftermath.when = aftermath.when.map(|when| When { began_at, ..when });
        }
    });
    let late = Gap::BegunElsewhen {
        worker: 2,
        late_ms: 1_500.0,
    };
    assert_eq!(set, [late]);
}
