//! What a run says to GitHub Actions: the summary of the job, and an annotation where it is not a pass.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use super::{Report, markdown};
use crate::judge::Verdict;
use crate::lang::Lang;

/// Appends the report to the summary of the job.
pub fn summarise(report: &Report, lang: Lang, summary: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(summary)?;
    file.write_all(markdown::render(report, lang).as_bytes())
}

/// The workflow commands, one a line, which GitHub shows as annotations; nothing for a pass.
pub fn annotations(report: &Report, lang: Lang) -> String {
    let command = match report.verdict {
        Verdict::Pass => return String::new(),
        Verdict::Fail => "error",
        Verdict::Inconclusive => "warning",
    };
    let title = super::wording::verdict(report.verdict, lang);
    let title = property(&lang.pick(
        format!("Load test: {title}"),
        format!("負荷テスト: {title}"),
    ));
    report
        .reasons
        .iter()
        .map(|reason| format!("::{command} title={title}::{}\n", data(reason.text(lang))))
        .collect()
}

/// As GitHub wants what stands after the second pair of colons: a line break would end the command and begin another.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As it wants a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_within_its_command() {
        assert_eq!(data("99.9 %\r\n::error::x"), "99.9 %25%0D%0A::error::x");
        assert_eq!(property("a: b, c"), "a%3A b%2C c");
    }
}
