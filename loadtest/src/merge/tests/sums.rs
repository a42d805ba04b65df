//! Adding up is exact, and only what belongs together is added up.

use super::*;

#[test]
fn ten_workers_add_up_to_exactly_what_one_would_have_measured() {
    let (files, whole) = run(true);
    let sum = read(files).unwrap();
    assert_eq!(sum.gaps, []);
    for (phase, cells) in whole.cells.iter().enumerate() {
        for (endpoint, cell) in cells.iter().enumerate() {
            let added = &sum.evidence.cells[phase][endpoint];
            assert!(cell.requests() > 400);
            assert_eq!(added.outcomes, cell.outcomes);
            assert_eq!(added.causes, cell.causes);
            assert_eq!((&added.late, added.queued), (&cell.late, cell.queued));
            let slot = |cell: &crate::record::Cell| cell.slowest.as_ref().map(|it| it.slot);
            assert_eq!(slot(added), slot(cell));
            assert_eq!(added.response, cell.response);
            assert_eq!(added.service, cell.service);
            assert_eq!(added.first_byte, cell.first_byte);
            assert_eq!(added.lateness, cell.lateness);
        }
    }
    assert_eq!(sum.evidence.seconds.len(), whole.seconds.len());
    for (added, second) in sum.evidence.seconds.iter().zip(&whole.seconds) {
        let [added, second] = [added, second].map(|it| serde_json::to_value(it).unwrap());
        assert_eq!(added, second);
    }
    // What averages over machines hide: a tenth of the requests is slow, and all of them are one worker's.
    let all = sum.evidence.judged();
    assert!(all.failures() > 0 && all.response.value_at_percentile(95.0) > 300_000);
    assert_eq!(sum.aftermath.beside, BESIDE * u64::from(WORKERS));
    assert_eq!(sum.aftermath.cleaned, Cleaned::Deleted(30));
    assert_eq!(sum.aftermath.verified.races, Some(20 * WORKERS as usize));
}

#[test]
fn only_files_of_one_run_are_added_up() {
    let (files, _) = run(false);
    let twice = [files.as_slice(), &files[..1]].concat();
    assert!(refused(&twice).contains("is of worker 1/10 too"));
    let mut other = files.clone();
    let text = String::from_utf8(other[1].clone()).unwrap();
    other[1] = text.replace("\"seed\":7", "\"seed\":8").into_bytes();
    assert!(refused(&other).contains("the plan is another one"));
    let mut moved = files.clone();
    moved[1] = text
        .replacen("\"offered\":", "\"offered\":9", 1)
        .into_bytes();
    assert!(refused(&moved).contains("does not fit the plan"));
}
