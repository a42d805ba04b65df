//! What is wrong with what was looked at, with the commands that mend it.

use super::{
    page::{Page, Paint},
    wrap::FIRM,
};
use crate::{
    views::Concern,
    words::{Lang, phrases},
};

phrases! {
    NOTHING = "nothing is wrong with what was seen", "確認できた範囲に問題はありません";
    WRONG = "what to look after", "対処が必要な点";
}

/// Writes the concerns, the worst first; that there are none is said too.
pub(super) fn write(page: &mut Page, concerns: &[Concern], lang: Lang, paint: &Paint) {
    let (good, strong, dim) = (paint.good, paint.strong, paint.dim);
    page.verbatim("");
    if concerns.is_empty() {
        let nothing = NOTHING.in_lang(lang);
        page.prose("", &format!("{good}{nothing}{good:#}"));
        return;
    }
    let title = WRONG.in_lang(lang);
    page.prose("", &format!("{strong}{title}{strong:#}"));
    for concern in concerns {
        let (style, mark) = match concern.severity.as_str() {
            "critical" => (paint.bad, "✗"),
            "warning" => (paint.unsure, "!"),
            _ => (paint.plain, "·"),
        };
        let more = concern.explain.as_ref();
        let more = more.map(|id| format!(" {dim}· probe{FIRM}explain{FIRM}{id}{dim:#}"));
        page.prose(
            &format!("{style}{mark}{style:#} "),
            &format!("{}{}", concern.message, more.unwrap_or_default()),
        );
        for step in &concern.steps {
            page.prose(&format!("  {strong}→{strong:#} "), &step.title);
            let command = paint.command;
            for line in step.command.lines() {
                page.verbatim(&format!("    {command}{line}{command:#}"));
            }
        }
    }
}
