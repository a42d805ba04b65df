//! The report as JUnit XML, for CI systems that list tests.
//!
//! One test case for each rule and one for each promise of the ledger, and one for the run itself.
//! What was missed is a failure. What is unclear is an *error*, and the run is one where no figure can be trusted:
//! a case that counts as skipped turns a job green, and INCONCLUSIVE is no pass.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{Report, wording};
use crate::judge::Verdict;
use crate::lang::{Lang, percent, round_percent};

/// What the ledger holds the service to: the codes of the promises and what is promised.
const PROMISES: [(&str, &str); 16] = [
    ("overbooked", "no event has more participants than seats"),
    ("double-booking", "nobody is booked twice on an event"),
    ("lost-booking", "every acknowledged booking is there"),
    (
        "unwanted-booking",
        "no refused or returned booking is there",
    ),
    (
        "miscounted",
        "the service counts the participants that it shows",
    ),
    ("lost-event", "every acknowledged event is there"),
    ("undead-event", "every deleted event is gone"),
    ("unknown-event", "no event was created twice"),
    ("lost-edit", "every acknowledged edit is there"),
    (
        "lost-place",
        "every acknowledged place on a waitlist is there",
    ),
    ("not-promoted", "nobody waits while a seat is free"),
    ("queue-jumped", "who waited longest gets the seat"),
    ("wrongly-refused", "nobody is refused while seats are free"),
    ("other-history", "the history leads to what the event shows"),
    ("list-differs", "the list says what the events say"),
    (
        "unread-write",
        "what was acknowledged can be read right after",
    ),
];

/// The whole report; test cases have English names, because CI systems compare them between runs.
pub fn render(report: &Report, lang: Lang) -> Result<String, quick_junit::SerializeError> {
    let mut document = Document::new("loadtest");
    document.set_timestamp(report.run.started_at);
    document.set_time(Duration::try_from_secs_f64(report.run.duration_s).unwrap_or_default());
    for suite in [run(report, lang), rules(report, lang), ledger(report, lang)] {
        document.add_test_suite(suite);
    }
    document.to_string()
}

fn suite(name: &str, report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.set_timestamp(report.run.started_at);
    suite.add_property(("run", report.run.id.as_str()));
    suite.add_property(("host", report.run.host.as_str()));
    suite.add_property(("seed", report.run.seed.to_string().as_str()));
    suite
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("loadtest.{class}"));
    case
}

/// The verdict as a whole: whatever makes a run worthless belongs to no rule.
fn run(report: &Report, lang: Lang) -> TestSuite {
    let message = report
        .reasons
        .iter()
        .map(|reason| reason.text(lang))
        .collect::<Vec<_>>()
        .join("; ");
    let mut suite = suite("run", report);
    let mut case = case("the verdict", "run", status(report.verdict, &message));
    case.set_time(Duration::try_from_secs_f64(report.run.duration_s).unwrap_or_default());
    suite.add_test_case(case);
    suite
}

fn rules(report: &Report, lang: Lang) -> TestSuite {
    let mut suite = suite("rules", report);
    for ruling in &report.rules {
        let share = &ruling.share;
        let (low, high) = (percent(share.low), percent(share.high));
        let point = share.point.map_or_else(|| "–".to_owned(), percent);
        let allowed = round_percent(ruling.allowed);
        let message = lang.pick(
            format!(
                "missed by {point} of {} requests (95 % sure: {low} – {high}), {allowed} allowed",
                share.requests
            ),
            format!(
                "{} 件のうち {point} が違反 (信頼度 95 % で {low} – {high})、許容 {allowed}",
                share.requests
            ),
        );
        let name = wording::rule(ruling, Lang::En);
        suite.add_test_case(case(&name, "rules", status(ruling.verdict, &message)));
    }
    suite
}

fn ledger(report: &Report, lang: Lang) -> TestSuite {
    let mut suite = suite("ledger", report);
    let unverified = report.ledger.unseen > 0 || report.ledger.compared == 0;
    for (code, promise) in PROMISES {
        let mut broken = report
            .ledger
            .violations
            .iter()
            .filter(|violation| violation.code == code);
        let (verdict, message) = match broken.next() {
            Some(first) => {
                let others = broken.count();
                let text = first.text(lang);
                let more = lang.pick(
                    format!("; and {others} more"),
                    format!("、ほか {others} 件"),
                );
                let more = if others > 0 { more } else { String::new() };
                (Verdict::Fail, format!("{text}{more}"))
            }
            None if unverified => (Verdict::Inconclusive, wording::ledger(report, lang)),
            None => (Verdict::Pass, String::new()),
        };
        suite.add_test_case(case(promise, "ledger", status(verdict, &message)));
    }
    // A report of a later version may know more promises; none of them goes unsaid.
    for violation in &report.ledger.violations {
        if PROMISES.iter().all(|(code, _)| *code != violation.code) {
            let status = status(Verdict::Fail, violation.text(lang));
            suite.add_test_case(case(&violation.code, "ledger", status));
        }
    }
    suite
}

fn status(verdict: Verdict, message: &str) -> TestCaseStatus {
    let kind = match verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Fail => NonSuccessKind::Failure,
        Verdict::Inconclusive => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    status.set_type(wording::verdict(verdict, Lang::En));
    status
}
