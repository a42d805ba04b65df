//! The steps of a smoke test, and what is left behind.

use super::{
    page::{Page, Screen},
    rows::rows,
};
use crate::{
    views::{LeftBehind, Smoke, SmokeStep},
    words::{Lang, phrases},
};

phrases! {
    PASSED = "ok", "成功";
    WARNED = "warning", "警告";
    FAILED = "FAILED", "失敗";
    SKIPPED = "skipped", "省略";
    NOTHING_LEFT = "nothing is left behind", "テスト用イベントは残っていません";
    LEFT = "left behind", "削除できていないイベント";
    OTHERS = "left behind by an earlier run, and not touched", "過去の実行で残ったイベント (変更していません)";
    UNKNOWN = "if it was created; find its number by the first command", "作成されていれば、最初のコマンドで ID を確認";
}

/// The test for a person.
pub fn smoke(view: &Smoke, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let lang = view.lang.unwrap_or(Lang::En);
    page.heading(&paint, &view.url, "", view.taken_at);
    page.verbatim("");
    let header = match lang {
        Lang::En => ["step", "result", "took", "request", "seen"],
        Lang::Ja => ["項目", "結果", "時間", "リクエスト", "内容"],
    };
    let table = view.steps.iter().map(|step| row(step, lang)).collect();
    page.text += &rows(&header, table, screen.width);
    page.verbatim("");
    let style = match view.verdict.as_str() {
        "passed" => paint.good,
        "failed" => paint.bad,
        _ => paint.unsure,
    };
    page.prose("", &format!("{style}{}{style:#}", verdict(view, lang)));
    let created = view
        .steps
        .iter()
        .any(|step| step.step == "remove" && step.outcome == "passed");
    match &view.left_behind {
        Some(left) => {
            let bad = paint.bad;
            page.prose(
                "",
                &format!("{bad}{}:{bad:#} {}", LEFT.in_lang(lang), left.title),
            );
            command(&mut page, left, lang);
        }
        None if created => page.prose("", NOTHING_LEFT.in_lang(lang)),
        None => {}
    }
    for other in &view.others_left_behind {
        let unsure = paint.unsure;
        page.prose(
            "",
            &format!(
                "{unsure}{}:{unsure:#} {}",
                OTHERS.in_lang(lang),
                other.title
            ),
        );
        command(&mut page, other, lang);
    }
    page.text
}

fn command(page: &mut Page, left: &LeftBehind, lang: Lang) {
    if left.id.is_none() {
        page.prose("  ", UNKNOWN.in_lang(lang));
    }
    page.verbatim(&format!("  {}", left.command));
}

fn row(step: &SmokeStep, lang: Lang) -> Vec<String> {
    let result = match step.outcome.as_str() {
        "passed" => PASSED,
        "warned" => WARNED,
        "skipped" => SKIPPED,
        _ => FAILED,
    };
    vec![
        step.step.clone(),
        result.in_lang(lang).to_owned(),
        step.took_ms
            .map(|took| format!("{took:.0} ms"))
            .unwrap_or_default(),
        step.request.clone().unwrap_or_default(),
        step.seen.clone(),
    ]
}

fn verdict(view: &Smoke, lang: Lang) -> String {
    let count = |outcome: &str| {
        let steps = view.steps.iter();
        steps.filter(|step| step.outcome == outcome).count()
    };
    let (failed, skipped, warned) = (count("failed"), count("skipped"), count("warned"));
    let all = view.steps.len();
    let took: f64 = view.steps.iter().filter_map(|step| step.took_ms).sum();
    let seconds = took / 1_000.0;
    match (view.verdict.as_str(), lang) {
        ("failed", Lang::En) => format!("{failed} of {all} steps failed"),
        ("failed", Lang::Ja) => format!("{all} 項目中 {failed} 項目が失敗"),
        ("undetermined", Lang::En) => {
            format!(
                "could not tell: nothing failed, but {skipped} of {all} steps could not be tried"
            )
        }
        ("undetermined", Lang::Ja) => {
            format!("判定不可: 失敗はありませんが、{all} 項目中 {skipped} 項目を確認できていません")
        }
        (_, Lang::En) => {
            let more = match (warned, skipped) {
                (0, 0) => String::new(),
                (_, 0) => format!(", {warned} with a warning"),
                _ => format!(", {skipped} skipped"),
            };
            format!("the service works: {all} steps in {seconds:.1} s{more}")
        }
        (_, Lang::Ja) => {
            let more = match (warned, skipped) {
                (0, 0) => String::new(),
                (_, 0) => format!("、うち警告 {warned}"),
                _ => format!("、うち省略 {skipped}"),
            };
            format!("サービスは正常です ({all} 項目、{seconds:.1} 秒{more})")
        }
    }
}
