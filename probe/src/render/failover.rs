//! What a failover cost, in few lines.

use super::{
    moment::stamp,
    page::{Page, Screen},
};
use crate::{
    views::FailoverView,
    words::{Lang, phrases},
};

phrases! {
    COMPLETE = "RDS has finished and the service is calm", "RDS の処理が完了し、サービスも安定しています";
    INTERRUPTED = "interrupted: RDS goes on by itself, and this is what was measured until then", "中断しました。RDS の処理はそのまま続きます。以下は中断までの測定結果です";
    LIMIT = "the time was up before RDS had finished and the service was calm", "RDS の完了とサービスの安定を待つ間に制限時間に達しました";
    UNHARMED = "no request failed", "失敗したリクエストはありません";
    NOT_BACK = "the service has not come back", "サービスはまだ復旧していません";
    RDS = "what RDS said", "RDS のイベント";
}

/// The result for a person.
pub fn failover(view: &FailoverView, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let lang = view.lang.unwrap_or(Lang::En);
    let (strong, dim, bad, good) = (paint.strong, paint.dim, paint.bad, paint.good);
    let FailoverView {
        database,
        url,
        every_ms,
        outage,
        ..
    } = view;
    let at = stamp(view.ordered_at);
    page.prose("", &match lang {
        Lang::En => format!("{strong}failover of {database}{strong:#} {dim}ordered {at}; GET {url} every {every_ms} ms{dim:#}"),
        Lang::Ja => format!("{strong}{database} のフェイルオーバー{strong:#} {dim}実行時刻 {at}、GET {url} を {every_ms} ミリ秒間隔で送信{dim:#}"),
    });
    let (style, ended) = match view.ended.as_str() {
        "complete" => (paint.plain, COMPLETE),
        "interrupted" => (paint.unsure, INTERRUPTED),
        _ => (paint.unsure, LIMIT),
    };
    page.prose("", &format!("{style}{}{style:#}", ended.in_lang(lang)));
    page.verbatim("");
    match (
        outage
            .first_failure_seconds
            .zip(outage.last_failure_seconds),
        outage.seconds,
    ) {
        (None, _) => page.prose("", &format!("{good}{}{good:#}", UNHARMED.in_lang(lang))),
        (Some((first, last)), seconds) => {
            let exact = *every_ms as f64 / 1_000.0;
            page.prose(
                "",
                &match (seconds, lang) {
                    (Some(seconds), Lang::En) => {
                        format!("{strong}away for {seconds:.1} s{strong:#} (± {exact:.2} s)")
                    }
                    (Some(seconds), Lang::Ja) => {
                        format!("{strong}停止時間 {seconds:.1} 秒{strong:#} (± {exact:.2} 秒)")
                    }
                    (None, _) => format!("{bad}{}{bad:#}", NOT_BACK.in_lang(lang)),
                },
            );
            page.prose(
                "",
                &match lang {
                    Lang::En => {
                        format!("first failure {first:.1} s after the order, last {last:.1} s")
                    }
                    Lang::Ja => {
                        format!("最初の失敗は実行の {first:.1} 秒後、最後の失敗は {last:.1} 秒後")
                    }
                },
            );
        }
    }
    let (asked, failed) = (outage.asked, outage.failed);
    let reasons = outage
        .reasons
        .iter()
        .map(|(reason, count)| format!("{count} × {reason}"));
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    let reasons = if reasons.is_empty() {
        reasons
    } else {
        format!(": {reasons}")
    };
    page.prose(
        "",
        &match lang {
            Lang::En => format!("{failed} of {asked} requests failed{reasons}"),
            Lang::Ja => format!("{asked} リクエスト中 {failed} 件が失敗{reasons}"),
        },
    );
    if let (Some(before), Some(after)) = (&view.zone_before, &view.zone_after) {
        page.prose(
            "",
            &match lang {
                Lang::En => format!("zone: {before} → {after}"),
                Lang::Ja => format!("AZ: {before} → {after}"),
            },
        );
    }
    if !view.events.is_empty() {
        page.verbatim("");
        page.prose("", &format!("{strong}{}{strong:#}", RDS.in_lang(lang)));
        for said in &view.events {
            page.prose(&format!("  {dim}{}{dim:#} ", stamp(said.at)), &said.message);
        }
    }
    page.text
}
