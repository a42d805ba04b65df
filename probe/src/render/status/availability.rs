//! The requests of the last hour against the objective.

use crate::{
    render::{
        moment::{grouped, span},
        page::Paint,
    },
    views::Availability,
    words::{Lang, phrases},
};

phrases! {
    NO_REQUESTS = "no requests in the last hour", "直近 1 時間のリクエストなし";
}

pub(super) fn availability(seen: &Availability, lang: Lang, paint: &Paint) -> String {
    let (Some(percent), Some(burn)) = (seen.percent, seen.burn_rate) else {
        return NO_REQUESTS.in_lang(lang).to_owned();
    };
    let objective = seen.objective_percent;
    // A burn rate above 1 is an availability below the objective.
    let style = if burn <= 1.0 + 1e-9 {
        paint.good
    } else {
        paint.bad
    };
    let (all, failed) = (grouped(seen.requests), grouped(seen.failed));
    let percent = share(percent);
    let mut parts = vec![match lang {
        Lang::En => format!(
            "{style}{percent} %{style:#} of {all} requests in the last hour (objective {objective} %)"
        ),
        Lang::Ja => format!(
            "{style}{percent} %{style:#} (直近 1 時間、{all} リクエスト、目標 {objective} %)"
        ),
    }];
    if seen.failed > 0 {
        let (task, balancer) = (
            grouped(seen.failed_by_task),
            grouped(seen.failed_by_balancer),
        );
        parts.push(match lang {
            Lang::En => {
                format!("{failed} failed: {task} by tasks, {balancer} by the load balancer")
            }
            Lang::Ja => {
                format!("失敗 {failed} 件: タスク {task} 件、ロードバランサー {balancer} 件")
            }
        });
    }
    let lasts = seen.budget_lasts_seconds.map(|seconds| span(seconds, lang));
    parts.push(match (lang, lasts) {
        (Lang::En, None) => format!("burn rate {burn:.1}"),
        (Lang::Ja, None) => format!("バーンレート {burn:.1}"),
        (Lang::En, Some(lasts)) => {
            format!("burn rate {burn:.1}: uses up the budget of 30 days in {lasts}")
        }
        (Lang::Ja, Some(lasts)) => {
            format!("バーンレート {burn:.1}: 30 日分のエラーバジェットを {lasts}で使い切るペース")
        }
    });
    parts.join(" · ")
}

/// Percent to three places, never rounded up: 99.9996 is not yet 100.
pub(in crate::render) fn share(percent: f64) -> String {
    let cut = (percent * 1_000.0 + 1e-6).floor() / 1_000.0;
    format!("{cut}")
}
