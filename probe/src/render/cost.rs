//! What a deployment costs: a table, what can be saved, and what is not in the sum.

use super::{
    not_seen::not_seen,
    page::{Page, Screen},
    rows::rows,
};
use crate::{
    prices,
    views::{CostLine, CostView, Lever, Step},
    words::{Lang, phrases},
};

phrases! {
    LEVERS = "what can be saved, and what surprises", "節約できる項目と落とし穴";
    ALONE = "each sum is that of one change alone: they overlap, so do not add them up", "金額はそれぞれ単独で実施した場合のもの (重複があるため足し合わせられない)";
    NOT_COUNTED = "not in the sum", "合計に含まれないもの";
    UNVERIFIED = "* the price was found in no list that could be read: the AWS Pricing Calculator has the last word", "* 公開情報で確認できていない単価。正確な金額は AWS Pricing Calculator で確認すること";
    NO_PRICE = "? the price file does not know what this costs", "? 単価ファイルに価格がない";
    NOTHING = "nothing that costs was found", "課金対象は見つかりませんでした";
}

/// The cost for a person.
pub fn cost(view: &CostView, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let (lang, strong, dim) = (view.lang(), paint.strong, paint.dim);
    let region = &view.region;
    page.heading(&paint, &view.prefix, &format!("{region} "), view.taken_at);
    let partly = !view.not_seen.is_empty() || view.lines.iter().any(|line| line.incomplete);
    let some = if partly { "≥ " } else { "" };
    page.prose("", &match (view.month_usd.zip(view.day_usd), lang) {
        (Some((month, day)), Lang::En) => format!("{strong}{some}{month:.1} USD{strong:#} a month of 730 hours, {day:.2} a day, with what is there now"),
        (Some((month, day)), Lang::Ja) => format!("{strong}月 {some}{month:.1} USD{strong:#} (730 時間)、1 日 {day:.2} USD (現在の構成のまま)"),
        (None, Lang::En) => format!("the price file knows {} only, and not {region}: here is what is billed", prices::regions().join(", ")),
        (None, Lang::Ja) => format!("単価ファイルにあるのは {} のみで、{region} の価格はありません。課金対象のみ表示します", prices::regions().join("、")),
    });
    page.verbatim("");
    if view.lines.is_empty() {
        page.prose("", NOTHING.in_lang(lang));
    } else {
        let header = match lang {
            Lang::En => ["what", "USD a month", "share", "amount"],
            Lang::Ja => ["項目", "USD/月", "割合", "数量"],
        };
        page.text += &rows(&header, view.lines.iter().map(row).collect(), screen.width);
        for (phrase, is) in [
            (UNVERIFIED, view.lines.iter().any(|line| line.unverified)),
            (
                NO_PRICE,
                view.month_usd.is_some() && view.lines.iter().any(|line| line.incomplete),
            ),
        ] {
            if is {
                let note = phrase.in_lang(lang);
                page.prose("", &format!("{dim}{note}{dim:#}"));
            }
        }
    }
    if !view.levers.is_empty() {
        page.verbatim("");
        page.prose("", &format!("{strong}{}{strong:#}", LEVERS.in_lang(lang)));
        let sums = view.levers.iter().filter_map(|it| it.saves_month_usd);
        if sums.count() > 1 {
            page.prose("", &format!("{dim}{}{dim:#}", ALONE.in_lang(lang)));
        }
    }
    for Lever {
        saves_month_usd,
        message,
        steps,
    } in &view.levers
    {
        let head = match saves_month_usd {
            Some(usd) => format!("{}{:>6}{:#} ", paint.good, format!("−{usd:.1}"), paint.good),
            None => format!("{:>6} ", "·"),
        };
        page.prose(&head, message);
        for Step { title, command } in steps {
            page.prose(&format!("       {strong}→{strong:#} "), title);
            page.verbatim(&format!(
                "         {}{command}{:#}",
                paint.command, paint.command
            ));
        }
    }
    page.verbatim("");
    page.prose(
        "",
        &format!("{strong}{}{strong:#}", NOT_COUNTED.in_lang(lang)),
    );
    for what in &view.not_counted {
        page.prose("  · ", what);
    }
    for line in view.not_seen.iter().flat_map(|call| not_seen(call, &paint)) {
        page.prose("? ", &line);
    }
    page.text
}

fn row(line: &CostLine) -> Vec<String> {
    let mark = match (line.incomplete, line.unverified) {
        (true, _) => "?",
        (false, true) => "*",
        (false, false) => "",
    };
    vec![
        line.what.clone(),
        line.month_usd
            .map_or("?".to_owned(), |usd| format!("{usd:>7.1}{mark}")),
        line.share_percent
            .map_or(String::new(), |share| format!("{share:>3.0} %")),
        line.amount.clone(),
    ]
}
