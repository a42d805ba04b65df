//! The forecast for people.

use comfy_table::{CellAlignment, Table, presets};

use super::{Forecast, RuleForecast};
use crate::lang::{Lang, count};
use crate::plan::units::Time;
use crate::plan::{Action, Arrivals};

/// The whole forecast.
pub fn render(forecast: &Forecast, lang: Lang) -> String {
    let sections = [
        head(forecast, lang),
        phases(forecast, lang),
        endpoints(forecast, lang),
        rules(forecast, lang),
    ];
    sections.join("\n")
}

fn head(forecast: &Forecast, lang: Lang) -> String {
    let plan = &forecast.plan;
    let (name, requests, peak) = (&plan.name, count(forecast.requests), forecast.peak);
    let (time, users) = (Time(plan.duration()), count(plan.users as u64));
    let arrivals = match plan.arrivals {
        Arrivals::Even => lang.pick("at equal distances", "等間隔"),
        Arrivals::Poisson => lang.pick("by chance (Poisson)", "ランダム (ポアソン)"),
    };
    let (slow, timeout) = (Time(plan.slow), Time(plan.timeout));
    lang.pick(
        format!("{name}: {requests} requests in {time}, up to {peak}/s, {arrivals}, seed {}\nat most {users} people wait at once; slow after {slow}, given up after {timeout}\n", plan.seed),
        format!("{name}: {time} で {requests} 件、最大 {peak}/s、到着は{arrivals}、シード {}\n同時に待つのは {users} 人まで。{slow} 超で遅延、{timeout} で打ち切り\n", plan.seed),
    )
}

fn phases(forecast: &Forecast, lang: Lang) -> String {
    let mut table = bare(vec![
        lang.pick("phase", "フェーズ"),
        lang.pick("begins", "開始"),
        lang.pick("takes", "時間"),
        lang.pick("rate", "レート"),
        lang.pick("requests", "件数"),
        lang.pick("judged", "判定"),
        lang.pick("fault", "障害"),
    ]);
    let plan = forecast.plan.phases.iter().zip(forecast.plan.begins());
    for ((phase, begin), expected) in plan.zip(&forecast.phases) {
        let fault = phase.fault.as_ref().map(|fault| {
            let what = match &fault.action {
                Action::Command(command) => command.clone(),
                Action::StopTask => lang
                    .pick("stop an ECS task", "ECS タスクを 1 つ停止")
                    .to_owned(),
            };
            let at = Time(fault.at);
            lang.pick(format!("after {at}: {what}"), format!("{at} 後: {what}"))
        });
        let judged = match phase.judged {
            true => lang.pick("yes", "対象"),
            false => lang.pick("no", "対象外"),
        };
        table.add_row(vec![
            phase.name.clone(),
            Time(begin).to_string(),
            Time(phase.duration).to_string(),
            phase.rate.to_string(),
            count(expected.requests),
            judged.to_owned(),
            fault.unwrap_or_default(),
        ]);
    }
    right(&mut table, [1, 2, 3, 4]);
    lines(&table)
}

fn endpoints(forecast: &Forecast, lang: Lang) -> String {
    let mut table = bare(vec![
        lang.pick("endpoint", "エンドポイント"),
        lang.pick("about requests", "おおよその件数"),
    ]);
    for (name, requests) in &forecast.endpoints {
        table.add_row(vec![(*name).to_owned(), count(requests.round() as u64)]);
    }
    right(&mut table, [1]);
    lines(&table)
}

fn rules(forecast: &Forecast, lang: Lang) -> String {
    let mut table = bare(vec![
        lang.pick("rule", "ルール"),
        lang.pick("requests", "件数"),
        lang.pick("needed with 0, 1, 3 misses", "必要件数 (違反 0、1、3 件)"),
        lang.pick("enough for a verdict?", "判定に足りるか"),
    ]);
    for (rule, expected) in forecast.plan.rules.iter().zip(&forecast.rules) {
        let needed: Vec<_> = expected.needed.values().map(|n| count(*n)).collect();
        table.add_row(vec![
            rule.text(&forecast.plan, lang),
            count(expected.requests),
            needed.join(" / "),
            enough(expected, lang),
        ]);
    }
    right(&mut table, [1]);
    lines(&table)
}

fn enough(rule: &RuleForecast, lang: Lang) -> String {
    match rule.may_miss {
        None if !rule.window_fits => lang
            .pick(
                "NO, the window is longer than the phases it is about: raise --duration or shorten it",
                "不足 (区間が対象のフェーズより長い): --duration を増やすか区間を短くしてください",
            )
            .to_owned(),
        Some(most) => {
            let most = count(most);
            lang.pick(
                format!("yes, with up to {most} misses that come singly"),
                format!("足りる (散発的な違反なら {most} 件まで)"),
            )
        }
        None => {
            let more = rule.needed.get(&0).copied().unwrap_or_default();
            let more = count(more.saturating_sub(rule.requests));
            lang.pick(
                format!("NO, {more} more are needed: raise --duration or --rate"),
                format!("不足 (あと {more} 件): --duration か --rate を増やしてください"),
            )
        }
    }
}

fn bare(header: Vec<&str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    table
}

fn right<const N: usize>(table: &mut Table, columns: [usize; N]) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn lines(table: &Table) -> String {
    table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}
