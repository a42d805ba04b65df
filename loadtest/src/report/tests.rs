//! What people and programs get, as it was when somebody last looked at it and found it good.

use super::fixture::{HOSTILE, report};
use super::*;
use unicode_width::UnicodeWidthStr;

#[test]
fn every_form_comes_from_the_json_alone() {
    let report = report();
    let again = json::read(&json::render(&report).unwrap()).unwrap();
    assert_eq!(again.cells, report.cells);
    for form in [Format::Text, Format::Html, Format::Markdown, Format::Junit] {
        for lang in [Lang::En, Lang::Ja] {
            let render = |report| form.render(report, lang, None).unwrap();
            assert_eq!(render(&again), render(&report), "{form:?}");
        }
    }
}

#[test]
fn the_committed_schema_is_that_of_the_reports() {
    let committed = include_str!("../../report.schema.json");
    assert!(
        json::schema().unwrap() == committed,
        "renew it with `loadtest report --schema`"
    );
}

#[test]
fn markdown() {
    insta::assert_snapshot!("markdown.en", markdown::render(&report(), Lang::En));
    insta::assert_snapshot!("markdown.ja", markdown::render(&report(), Lang::Ja));
}

#[test]
fn junit() {
    insta::assert_snapshot!("junit", junit::render(&report(), Lang::En).unwrap());
}

#[test]
fn without_a_ledger_no_promise_counts_as_kept() {
    let mut report = report();
    report.ledger.violations.clear();
    report.ledger.compared = 0;
    let xml = junit::render(&report, Lang::En).unwrap();
    let ledger = xml
        .split("<testsuite ")
        .find(|suite| suite.starts_with("name=\"ledger\""));
    let ledger = ledger.unwrap();
    assert!(ledger.contains("errors=\"16\""), "{ledger}");
}

#[test]
fn too_few_races_for_seats_are_told_with_the_ledger() {
    let mut report = report();
    report.ledger.violations.clear();
    for (races, said) in [
        (
            Some(8),
            "in only 8 races for seats everybody was answered, and 9 are",
        ),
        (
            Some(9),
            "everything acknowledged is there, also after 9 races for seats",
        ),
        (None, "everything acknowledged is there ("),
    ] {
        report.ledger.races = races;
        let text = text::render(&report, Lang::En, None);
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn a_promise_that_junit_does_not_know_is_a_failure_too() {
    let mut report = report();
    report.ledger.violations[0].code = "another".to_owned();
    let xml = junit::render(&report, Lang::En).unwrap();
    assert!(
        xml.contains(
            "<testcase name=\"another\" classname=\"loadtest.ledger\">\n            <failure "
        ),
        "{xml}"
    );
}

#[test]
fn annotations() {
    let report = report();
    assert_eq!(
        github::annotations(&report, Lang::En),
        "::error title=Load test%3A FAIL::availability is at most 99.590 %25 (95 %25 confidence), the target is 99.9 %25\n"
    );
    assert_eq!(
        github::annotations(
            &Report {
                verdict: Verdict::Pass,
                ..report
            },
            Lang::En
        ),
        ""
    );
}

#[test]
fn a_terminal_of_80_columns_is_wide_enough() {
    for (name, lang) in [("text.en", Lang::En), ("text.ja", Lang::Ja)] {
        let text = text::render(&report(), lang, Some(80));
        for line in text.lines() {
            assert!(line.width() <= 80, "{}: {line}", line.width());
        }
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn the_page_says_the_same_in_words() {
    insta::assert_snapshot!(
        "html.en",
        words(&html::render(&report(), Lang::En).unwrap())
    );
    insta::assert_snapshot!(
        "html.ja",
        words(&html::render(&report(), Lang::Ja).unwrap())
    );
}

#[test]
fn a_hostile_service_puts_nothing_into_the_page() {
    let mut report = report();
    report.reasons[0].message = HOSTILE.to_owned();
    report.phases[1].name = HOSTILE.to_owned();
    report.markers[0].said.message = HOSTILE.to_owned();
    report.ledger.violations[0].message = HOSTILE.to_owned();
    report.manifest.service = Some(HOSTILE.to_owned());
    report.seconds[30].causes.insert(HOSTILE.to_owned(), 1);
    let page = html::render(&report, Lang::En).unwrap();
    assert!(page.matches("alert(1)").count() >= 8);
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("\"><script"));
}

#[test]
fn the_page_needs_nothing_else_and_every_chart_is_told_in_words() {
    let page = html::render(&report(), Lang::En).unwrap();
    for loads in ["src=", "url(", "@import", "<link rel=\"stylesheet"] {
        assert!(!page.contains(loads), "{loads}");
    }
    let charts = page.matches("role=\"img\"").count();
    assert_eq!(charts, 2 + 4);
    assert_eq!(page.matches("<title id=").count(), charts);
    assert_eq!(page.matches("<desc id=").count(), charts);
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    // No colour but the theme's is left in a drawing.
    assert!(!page.contains("=\"#0102"), "an ink without a name");
}

#[test]
fn a_run_without_a_second_or_a_request_has_a_report_too() {
    let mut report = report();
    report.seconds.clear();
    report.cells.clear();
    report.endpoints.clear();
    report.causes.clear();
    report.availability.point = None;
    for ruling in &mut report.rules {
        (ruling.share.point, ruling.share.low, ruling.share.high) = (None, 0.0, 1.0);
    }
    assert!(
        html::render(&report, Lang::En)
            .unwrap()
            .contains("Not a single second")
    );
    assert!(markdown::render(&report, Lang::En).contains("**–** available"));
    assert!(text::render(&report, Lang::En, None).contains("availability"));
}

#[test]
fn what_lies_beyond_the_last_second_is_not_drawn() {
    let mut report = report();
    let whole = html::render(&report, Lang::En).unwrap();
    // Stopped within the second phase: the third one never began, nor did what was to happen in it.
    report.seconds.truncate(20);
    report.markers[0].at_s = 50.0;
    let page = html::render(&report, Lang::En).unwrap();
    assert!(whole.contains(">\nsteady\n</text>") && whole.contains("class=\"stroke-marker\""));
    assert!(!page.contains(">\nsteady\n</text>") && !page.contains("class=\"stroke-marker\""));
}

/// The words of a page in their order: without drawings, style and script, a line for each row and each paragraph.
fn words(page: &str) -> String {
    let mut page = page.to_owned();
    for (from, to) in [
        ("<svg", "</svg>"),
        ("<style", "</style>"),
        ("<script", "</script>"),
    ] {
        while let Some(start) = page.find(from) {
            let end = start + page[start..].find(to).unwrap() + to.len();
            page.replace_range(start..end, "");
        }
    }
    for cell in ["</th>", "</td>", "</dt>", "</dd>", "</span>", "<br>"] {
        page = page.replace(cell, " ");
    }
    let mut words = String::new();
    for (place, part) in page.split('<').enumerate() {
        words.push_str(if place == 0 {
            part
        } else {
            part.split_once('>').unwrap().1
        });
    }
    words
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
