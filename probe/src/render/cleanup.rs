//! The checklist of the clean-up, with the marks of `cloudformation/teardown`, and the commands in their order.

use super::{
    not_seen::not_seen,
    page::{Page, Screen},
};
use crate::{
    views::{CleanupView, Left},
    words::{Lang, phrases},
};

phrases! {
    NONE = "none left", "残りなし";
    UNSEEN = "not seen", "確認不可";
    MARKS = "[x] gone, [!] is left and costs money, [-] is left and is free, [?] not seen", "[x] 削除済み、[!] 残っていて課金される、[-] 残っているが無料、[?] 確認不可";
    STEPS = "what to do, in this order (probe deletes nothing)", "実行手順 (この順序で。probe は何も削除しません)";
    NOTHING_COSTS = "nothing is left that costs", "課金されるものは残っていません";
    ALL_GONE = "nothing was found at all: if you expected something, check the prefix, the Region and the account", "何も見つかりませんでした。残っているはずの場合は、プレフィックス、リージョン、アカウントを確認してください";
}

/// The checklist for a person.
pub fn cleanup(view: &CleanupView, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (lang, strong, dim) = (view.lang(), paint.strong, paint.dim);
    let region = &view.region;
    page.heading(&paint, &view.prefix, &format!("{region} "), view.taken_at);
    page.verbatim("");
    for item in &view.items {
        let (style, mark) = match item.state.as_str() {
            "gone" => (paint.good, "x"),
            "costs" => (paint.bad, "!"),
            "free" => (paint.plain, "-"),
            _ => (paint.unsure, "?"),
        };
        let left = item.left.len();
        let count = match (item.state.as_str(), lang) {
            ("gone", _) => NONE.in_lang(lang).to_owned(),
            ("unknown", _) => UNSEEN.in_lang(lang).to_owned(),
            (_, Lang::En) => format!("{left} left"),
            (_, Lang::Ja) => format!("残り {left}"),
        };
        page.prose(
            &format!("{style}[{mark}]{style:#} "),
            &format!("{}: {count}", item.what),
        );
        for left in &item.left {
            page.prose("      ", &of_left(left, item.state == "costs", lang));
        }
    }
    page.prose("", &format!("{dim}{}{dim:#}", MARKS.in_lang(lang)));
    page.verbatim("");
    page.prose("", &total(view, &paint));
    if !view.steps.is_empty() {
        page.verbatim("");
        page.prose("", &format!("{strong}{}{strong:#}", STEPS.in_lang(lang)));
        for (number, step) in view.steps.iter().enumerate() {
            page.prose(&format!("{:>2}. ", number + 1), &step.title);
            for line in step.command.lines() {
                page.verbatim(&format!("    {}{line}{:#}", paint.command, paint.command));
            }
        }
    }
    for line in view.not_seen.iter().flat_map(|call| not_seen(call, &paint)) {
        page.prose("? ", &line);
    }
    page.text
}

fn of_left(left: &Left, costs: bool, lang: Lang) -> String {
    let usd = match (left.day_usd, lang) {
        _ if !costs => None,
        (Some(usd), _) if usd < 0.005 => None,
        (Some(usd), Lang::En) => Some(format!("{usd:.2} USD a day")),
        (Some(usd), Lang::Ja) => Some(format!("{usd:.2} USD/日")),
        (None, Lang::En) => Some("price not known".to_owned()),
        (None, Lang::Ja) => Some("単価不明".to_owned()),
    };
    let parts = [left.name.clone()]
        .into_iter()
        .chain(left.notes.iter().cloned())
        .chain(usd);
    parts.collect::<Vec<_>>().join(" · ")
}

fn total(view: &CleanupView, paint: &super::page::Paint) -> String {
    let (lang, bad, good) = (view.lang(), paint.bad, paint.good);
    let partly = !view.not_seen.is_empty() || view.incomplete;
    let least = if partly { "≥ " } else { "" };
    match (view.costs(), view.day_usd, lang) {
        (true, Some(usd), Lang::En) => {
            format!("{bad}what is left costs {least}{usd:.2} USD a day{bad:#}, traffic not counted")
        }
        (true, Some(usd), Lang::Ja) => {
            format!("{bad}残っているものの料金は 1 日 {least}{usd:.2} USD{bad:#} (通信量を除く)")
        }
        (true, None, Lang::En) => format!(
            "{bad}something is left that costs{bad:#}; the price file does not know this Region"
        ),
        (true, None, Lang::Ja) => {
            format!("{bad}課金されるものが残っています{bad:#} (このリージョンの単価は不明)")
        }
        (false, ..) if view.is_empty() => ALL_GONE.in_lang(lang).to_owned(),
        (false, ..) if !view.not_seen.is_empty() => match lang {
            Lang::En => format!(
                "{}nothing that costs was seen, but not everything was seen{:#}",
                paint.unsure, paint.unsure
            ),
            Lang::Ja => format!(
                "{}確認できた範囲に課金対象はありませんが、確認できなかった項目があります{:#}",
                paint.unsure, paint.unsure
            ),
        },
        (false, ..) => format!("{good}{}{good:#}", NOTHING_COSTS.in_lang(lang)),
    }
}
