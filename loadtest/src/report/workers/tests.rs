//! One slow worker, one that was killed and one without results, as people see them.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::lang::Lang;
use crate::report::fixture::report;
use crate::report::{Report, html, json, markdown, text};

/// Four workers: the second is slow, the third was killed, of the fourth there is nothing.
fn shared() -> Report {
    let did = |response_p99_ms, seconds| Did {
        sent: 1_070,
        requests: 1_068,
        failures: 2,
        response_p50_ms: 6.2,
        response_p99_ms,
        lateness_p99_ms: 1.9,
        health: Health {
            cpus: 1.0,
            busiest_cpu: 0.127,
            ..Health::default()
        },
        clock: Some(Offset {
            ahead_ms: -3.4,
            within_ms: 1.2,
        }),
        seconds,
        seconds_missing: 60 - seconds,
    };
    let worker = |worker, marks, did| Worker { worker, marks, did };
    Report {
        workers: vec![
            worker(1, vec![], Some(did(38.2, 60))),
            worker(2, vec![Mark::Slow], Some(did(1_204.0, 60))),
            worker(3, vec![Mark::Killed], Some(did(40.5, 22))),
            worker(4, vec![Mark::Missing], None),
        ],
        ..report()
    }
}

#[test]
fn one_that_is_unlike_the_others_stands_out_in_every_form() {
    let report = shared();
    let page = html::render(&report, Lang::En).unwrap();
    let table = page.split("<table class=\"workers\">").nth(1).unwrap();
    let table = table.split("</table>").next().unwrap();
    let rows: Vec<&str> = table.split("<tr").skip(2).collect();
    let is_odd: Vec<bool> = rows
        .iter()
        .map(|row| row.contains("class=\"odd\""))
        .collect();
    assert_eq!(is_odd, [false, true, true, true]);
    assert!(rows[1].contains("class=\"stands-out\" style=\"--bar:100%\">1,204<"));
    assert!(rows[0].contains("<td style=\"--bar:3.1"), "{}", rows[0]);
    assert!(rows[2].contains("class=\"stands-out\">22/60<"));
    assert!(rows[3].contains("no results"));

    let table = markdown::render(&report, Lang::En);
    assert!(table.contains("| 1/4 |  | 1,068 | 2 | 38.2 | 1.90 | 12.7 % | -3 ± 2 | 60 |"));
    assert!(table.contains("| **2/4** | **slow** | 1,068 | 2 | **1,204** |"));
    let said = "Standing out: worker 2 (slow), 3 (killed), 4 (no results).";
    assert!(table.contains(said), "{table}");
}

#[test]
fn the_table_fits_80_columns_in_both_languages() {
    for (name, lang) in [("workers.en", Lang::En), ("workers.ja", Lang::Ja)] {
        let whole = text::render(&shared(), lang, Some(80));
        for line in whole.lines() {
            assert!(line.width() <= 80, "{}: {line}", line.width());
        }
        let first = lang.pick(" worker ", " ワーカー ");
        let lines = whole.lines().skip_while(|line| !line.starts_with(first));
        let table: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
        insta::assert_snapshot!(name, table.join("\n"));
    }
}

#[test]
fn a_run_of_one_machine_has_no_table_and_its_json_no_workers() {
    let alone = report();
    let json = json::render(&alone).unwrap();
    assert!(!json.contains("\"workers\""));
    assert!(
        !html::render(&alone, Lang::En)
            .unwrap()
            .contains("id=\"workers\"")
    );
    let shared = shared();
    let again = json::read(&json::render(&shared).unwrap()).unwrap();
    assert_eq!(again.workers, shared.workers);
}
