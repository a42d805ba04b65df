//! What a report says in words: verdicts, rules, outcomes. The figures are formatted in `lang`.

use super::{Demand, End, Report, Ruling};
use crate::judge::Verdict;
use crate::judge::budget::{Budget, DAYS};
use crate::lang::{Lang, clock, count, percent, round_percent};
use crate::ledger::ENOUGH_RACES;

/// The verdict; the English word is the same everywhere, so that people of both languages mean the same.
pub(super) fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Pass => lang.pick("PASS", "PASS (合格)"),
        Verdict::Fail => lang.pick("FAIL", "FAIL (不合格)"),
        Verdict::Inconclusive => lang.pick("INCONCLUSIVE", "INCONCLUSIVE (判定不能)"),
    }
}

/// The verdict on one rule.
pub(super) fn ruled(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Pass => lang.pick("kept", "達成"),
        Verdict::Fail => lang.pick("missed", "未達"),
        Verdict::Inconclusive => lang.pick("unclear", "不明"),
    }
}

/// What a rule demands, with the requests that it means.
pub(super) fn rule(ruling: &Ruling, lang: Lang) -> String {
    let demand = match ruling.demand {
        Demand::Availability => {
            let share = round_percent(1.0 - ruling.allowed);
            lang.pick(
                format!("{share} answered well"),
                format!("{share} が正常に応答"),
            )
        }
        Demand::Slower { than_ms } => {
            let (share, limit) = (round_percent(ruling.allowed), count(than_ms as u64));
            lang.pick(
                format!("at most {share} later than {limit} ms"),
                format!("{limit} ms 超は {share} まで"),
            )
        }
    };
    let phase = ruling
        .phase
        .as_ref()
        .map(|name| lang.pick(format!("in phase {name}"), format!("フェーズ {name}")));
    let window = ruling.window_s.map(|length| {
        let length = clock(length);
        lang.pick(
            format!("in the worst {length}"),
            format!("最も悪い {length} の間"),
        )
    });
    [Some(demand), ruling.endpoint.clone(), phase, window]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(lang.pick(", ", "、"))
}

/// What the acknowledged operations of a sort are called.
pub(super) fn operation(name: &str, lang: Lang) -> &str {
    match name {
        "creates" => lang.pick("created", "作成"),
        "edits" => lang.pick("changed", "変更"),
        "deletes" => lang.pick("deleted", "削除"),
        "joins" => lang.pick("joined", "参加"),
        "waits" => lang.pick("waiting", "キャンセル待ち"),
        "leaves" => lang.pick("left", "取消"),
        "reads" => lang.pick("read at once", "直後の確認"),
        other => other,
    }
}

/// What the run costs of the error budget, a sentence each.
pub(super) fn budget(budget: &Budget, lang: Lang) -> Vec<String> {
    let (spent, burn) = (percent(budget.spent), budget.burn);
    let traffic = format!("{:.1}/s", budget.traffic);
    let mut said = vec![lang.pick(
        format!("this run spent {spent} of the error budget of {DAYS} days at {traffic}, at {burn:.1} times the even rate"),
        format!("{traffic} で {DAYS} 日間運用した場合のエラーバジェットの {spent} を消費しました (均等に使う場合の {burn:.1} 倍の速さ)"),
    )];
    for page in &budget.pages {
        let (burn, at) = (page.alert.burn, clock(page.at as f64));
        let [long, short] = [page.alert.long_s, page.alert.short_s].map(|time| clock(time as f64));
        said.push(lang.pick(
            format!("in operation somebody would have been called at {at}: {burn} times over {long} and {short}"),
            format!("運用中であれば {at} の時点で呼び出しになります ({long} と {short} で {burn} 倍)"),
        ));
    }
    said
}

/// How often everybody wanted the same seats at once, and whether that was often enough.
fn races(races: Option<usize>, lang: Lang) -> String {
    match races {
        None => String::new(),
        Some(races) if races < ENOUGH_RACES => lang.pick(
            format!("; but in only {races} races for seats everybody was answered, and {ENOUGH_RACES} are needed to show a missing lock"),
            format!("。ただし、全員が応答を得た同時申込テストは {races} 回だけで、排他制御の漏れを見つけるには {ENOUGH_RACES} 回必要です"),
        ),
        Some(races) => lang.pick(
            format!(", also after {races} races for seats"),
            format!("。同時申込テストも {races} 回行いました"),
        ),
    }
}

/// How much of what was acknowledged is there.
pub(super) fn ledger(report: &Report, lang: Lang) -> String {
    let broken = report.ledger.violations.len() as u64;
    match (broken, report.ledger.unseen, report.run.end) {
        (0, _, End::Killed) => lang.pick(
            "not compared with the service".to_owned(),
            "照合されていません".to_owned(),
        ),
        (0, 0, _) => {
            let all = lang.pick(
                "everything acknowledged is there",
                "受け付けた内容はすべて残っています",
            );
            format!("{all}{}", races(report.ledger.races, lang))
        }
        (0, _, _) => lang.pick(
            "not everything could be looked up".to_owned(),
            "一部は照合できませんでした".to_owned(),
        ),
        _ => lang.pick(
            format!("promises broken: {}", count(broken)),
            format!("食い違い {} 件", count(broken)),
        ),
    }
}
