//! A service against its objective: the windows, the budget, and the alerts.

use super::{
    moment::{grouped, span},
    not_seen::not_seen,
    page::{Page, Paint, Screen},
    rows::rows,
    status::share,
};
use crate::{
    views::{Budget, BurnAlert, Slo, Window, WindowTimes},
    words::{Lang, phrases},
};

phrases! {
    NO_BALANCER = "no load balancer sends requests to the service, so nobody counts them", "サービスに転送するロードバランサーがないため、リクエストは計測されていません";
    NO_REQUESTS = "no requests in 30 days: there is nothing to measure", "30 日間リクエストがないため、測定できません";
    QUIET = "nothing would go off", "発報されるアラートなし";
    KEPT = "kept", "達成";
    MISSED = "missed", "未達";
    NONE = "no requests", "リクエストなし";
    PAGES = "would page", "呼び出し";
    FILES = "would open a ticket", "チケット起票";
    STILL = "quiet", "発報なし";
    SLOWEST = "≤: of several days the percentiles are those of the slowest day", "≤: 複数日のパーセンタイルは、最も遅い日の値です";
}

/// The windows that are shown; those of five and thirty minutes stand with their alerts.
const SHOWN: [&str; 4] = ["1h", "6h", "3d", "30d"];

/// The objective for a person.
pub fn slo(view: &Slo, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let lang = view.lang();
    page.heading_of(&paint, &view.target, view.taken_at);
    let (objective, days) = (view.objective_percent, view.period_days);
    page.prose(
        "",
        &match lang {
            Lang::En => format!("objective: {objective} % of the requests of {days} days succeed"),
            Lang::Ja => format!("目標: {days} 日間のリクエストの {objective} % が成功"),
        },
    );
    if view.has_load_balancer == Some(false) {
        page.prose("", NO_BALANCER.in_lang(lang));
    } else if !view.is_asked() && view.not_seen.is_empty() {
        page.prose("", NO_REQUESTS.in_lang(lang));
    } else {
        measured(view, &mut page, &paint, screen);
    }
    for line in view.not_seen.iter().flat_map(|call| not_seen(call, &paint)) {
        page.prose("? ", &line);
    }
    page.text
}

fn measured(view: &Slo, page: &mut Page, paint: &Paint, screen: Screen) {
    let lang = view.lang();
    let windows = view.windows.iter();
    let shown: Vec<&Window> = windows
        .filter(|window| SHOWN.contains(&window.name.as_str()))
        .collect();
    if !shown.is_empty() {
        page.verbatim("");
        let header = match lang {
            Lang::En => [
                "window",
                "available",
                "requests",
                "failed",
                "burn",
                "p50",
                "p95",
                "p99",
                "counted",
                "objective",
            ],
            Lang::Ja => [
                "期間",
                "可用性",
                "リクエスト",
                "失敗",
                "バーンレート",
                "p50",
                "p95",
                "p99",
                "計測あり",
                "目標",
            ],
        };
        let table = shown.iter().map(|window| row(window, lang)).collect();
        page.text += &rows(&header, table, screen.width);
        if shown
            .iter()
            .any(|window| window.answer_times.is_some_and(|times| times.at_most))
        {
            let dim = paint.dim;
            page.prose("", &format!("{dim}{}{dim:#}", SLOWEST.in_lang(lang)));
        }
    }
    page.verbatim("");
    if let Some(left) = &view.budget {
        page.prose("", &budget(left, paint, lang));
    }
    if view.alerts.is_empty() {
        return;
    }
    let (good, bad) = (paint.good, paint.bad);
    let firing = view.alerts.iter().filter(|alert| alert.goes_off);
    let firing: Vec<String> = firing.map(|alert| firing_of(alert, lang)).collect();
    match firing.as_slice() {
        [] => page.prose("", &format!("{good}{}{good:#}", QUIET.in_lang(lang))),
        firing => {
            for line in firing {
                page.prose("", &format!("{bad}{line}{bad:#}"));
            }
        }
    }
    page.verbatim("");
    let header = match lang {
        Lang::En => ["alert", "goes off above", "burns now", "state"],
        Lang::Ja => ["アラート", "発報条件", "現在のバーンレート", "状態"],
    };
    let alerts = view.alerts.iter().map(|alert| alert_row(alert, lang));
    page.text += &rows(&header, alerts.collect(), screen.width);
}

fn row(window: &Window, lang: Lang) -> Vec<String> {
    let times = window.answer_times;
    let time = |of: fn(&WindowTimes) -> Option<f64>| {
        let Some((times, value)) = times.and_then(|times| Some((times, of(&times)?))) else {
            return String::new();
        };
        let limit = if times.at_most { "≤" } else { "" };
        format!("{limit}{}", duration(value))
    };
    let burn = window.burn_rate.map_or("-".to_owned(), rate);
    vec![
        window.name.clone(),
        window
            .percent
            .map_or("-".to_owned(), |percent| format!("{} %", share(percent))),
        grouped(window.requests),
        grouped(window.failed),
        burn,
        time(|times| times.p50_ms),
        time(|times| times.p95_ms),
        time(|times| times.p99_ms),
        format!("{} %", window.counted_percent.floor()),
        verdict(window, lang),
    ]
}

fn verdict(window: &Window, lang: Lang) -> String {
    match (
        window.kept.as_deref(),
        window.low_percent,
        window.high_percent,
    ) {
        (Some("yes"), ..) => KEPT.in_lang(lang).to_owned(),
        (Some("no"), ..) => MISSED.in_lang(lang).to_owned(),
        (Some(_), Some(low), Some(high)) => {
            let (low, high) = (share(low), share(high));
            match lang {
                Lang::En => format!("too few requests to tell: {low} to {high} %"),
                Lang::Ja => format!("リクエスト数が少なく判定不可: {low}～{high} %"),
            }
        }
        _ => NONE.in_lang(lang).to_owned(),
    }
}

fn budget(budget: &Budget, paint: &Paint, lang: Lang) -> String {
    let (failed, left) = (grouped(budget.failed), budget.left_percent);
    let allowed = budget.allowed;
    // Fewer than ten may be a fraction that tells.
    let allowed = match allowed {
        0.0..10.0 => format!("{allowed:.2}"),
        _ => grouped(allowed.round() as u64),
    };
    let style = if left > 0.0 { paint.good } else { paint.bad };
    let mut line = match lang {
        Lang::En if left > 0.0 => format!(
            "error budget: {style}{} % left{style:#}, {failed} of {allowed} failures used",
            left.floor()
        ),
        Lang::Ja if left > 0.0 => format!(
            "エラーバジェット: {style}残り {} %{style:#} ({allowed} 件中 {failed} 件を消費)",
            left.floor()
        ),
        Lang::En => {
            format!("error budget: {style}used up{style:#}: {failed} failed, {allowed} may fail")
        }
        Lang::Ja => format!(
            "エラーバジェット: {style}枯渇{style:#} (許容 {allowed} 件に対して失敗 {failed} 件)"
        ),
    };
    if let Some(seconds) = budget.lasts_seconds {
        let lasts = span(seconds, lang);
        line += &match lang {
            Lang::En => format!("; as fast as in the last hour, the rest lasts {lasts}"),
            Lang::Ja => format!("。直近 1 時間のペースでは残り {lasts}で枯渇"),
        };
    }
    line
}

fn firing_of(alert: &BurnAlert, lang: Lang) -> String {
    let (long, short, above) = (&alert.long, &alert.short, alert.burn_rate);
    match (lang, alert.severity == "page") {
        (Lang::En, true) => {
            format!("would page: burns more than {above} times too fast over {long} and {short}")
        }
        (Lang::En, false) => format!(
            "would open a ticket: burns more than {above} times too fast over {long} and {short}"
        ),
        (Lang::Ja, true) => {
            format!("呼び出し対象: {long} と {short} のバーンレートがともに {above} を超過")
        }
        (Lang::Ja, false) => {
            format!("チケット対象: {long} と {short} のバーンレートがともに {above} を超過")
        }
    }
}

fn alert_row(alert: &BurnAlert, lang: Lang) -> Vec<String> {
    let now = |burn: Option<f64>| burn.map_or("-".to_owned(), rate);
    let pages = alert.severity == "page";
    let state = match (alert.goes_off, alert.long_burn_rate) {
        (true, _) if pages => PAGES,
        (true, _) => FILES,
        (false, Some(_)) => STILL,
        (false, None) => NONE,
    };
    let mut state = state.in_lang(lang).to_owned();
    if alert.jumpy {
        state += match lang {
            Lang::En => " (so few requests that one failure exceeds it)",
            Lang::Ja => " (リクエストが少なく、失敗 1 件で超過)",
        };
    }
    vec![
        alert.severity.clone(),
        format!("{} ({} + {})", alert.burn_rate, alert.long, alert.short),
        format!(
            "{} + {}",
            now(alert.long_burn_rate),
            now(alert.short_burn_rate)
        ),
        state,
    ]
}

/// A burn rate to the place that tells.
fn rate(burn: f64) -> String {
    match burn {
        0.0 => "0".to_owned(),
        0.0..0.1 => "<0.1".to_owned(),
        _ => format!("{burn:.1}"),
    }
}

/// Milliseconds, and seconds where they are many.
fn duration(milliseconds: f64) -> String {
    match milliseconds {
        0.0..10.0 => format!("{milliseconds:.1} ms"),
        0.0..1_000.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_places_that_tell() {
        for (burn, text) in [(0.0, "0"), (0.04, "<0.1"), (14.44, "14.4")] {
            assert_eq!(rate(burn), text);
        }
        for (time, text) in [(1.25, "1.2 ms"), (85.4, "85 ms"), (1_250.0, "1.2 s")] {
            assert_eq!(duration(time), text);
        }
    }
}
