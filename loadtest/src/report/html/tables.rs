//! The tables of the page: endpoints and phases, requests worth a look, the generator.

use crate::endpoint::Endpoint;
use crate::lang::{Lang, clock, count, millis, percent};
use crate::report::{EndpointFigures, Example, Report};

/// A phase, or the whole run.
pub(super) struct Block {
    /// Its name.
    pub(super) name: String,
    /// When, and how fast.
    pub(super) note: String,
    /// All endpoints, and each of them.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// The phases; before them the whole run, where it has more than one.
pub(super) fn blocks(report: &Report, lang: Lang) -> Vec<Block> {
    report
        .phases
        .iter()
        .enumerate()
        .map(|(place, phase)| {
            let mut note = format!(
                "{}, {} – {}",
                phase.rate,
                clock(phase.from_s),
                clock(phase.to_s)
            );
            if !phase.judged {
                note.push_str(lang.pick(", not judged", "、判定対象外"));
            }
            let all = report.over(|cell| cell.phase == place);
            let mut rows = vec![row(lang.pick("all", "合計"), &all)];
            for endpoint in Endpoint::ALL {
                let figures =
                    report.over(|cell| cell.phase == place && cell.endpoint == endpoint.name());
                if figures.requests > 0 {
                    rows.push(row(endpoint.name(), &figures));
                }
            }
            Block {
                name: phase.name.clone(),
                note,
                rows,
            }
        })
        .collect()
}

fn row(name: &str, figures: &EndpointFigures) -> (String, Vec<String>) {
    let counts = [
        figures.requests,
        figures.refused(),
        figures.slow(),
        figures.failed(),
    ];
    let (response, service) = (&figures.response, &figures.service);
    let times = [
        response.p50_ms,
        response.p90_ms,
        response.p99_ms,
        response.max_ms,
        service.p99_ms,
    ];
    let cells = counts.map(count).into_iter().chain(times.map(millis));
    (name.to_owned(), cells.collect())
}

/// A request to look for in the logs.
pub(super) struct Trace<'a> {
    /// Where it went.
    pub(super) endpoint: &'static str,
    /// Why it is here.
    pub(super) why: String,
    /// How long it took, in milliseconds.
    pub(super) time: String,
    /// Its id.
    pub(super) id: &'a str,
}

/// Of each endpoint the slowest request, and the first one that failed.
pub(super) fn traces(report: &Report, lang: Lang) -> Vec<Trace<'_>> {
    let mut traces = vec![];
    for endpoint in Endpoint::ALL.map(Endpoint::name) {
        let cells = || report.cells.iter().filter(|cell| cell.endpoint == endpoint);
        let slowest = cells()
            .filter_map(|cell| cell.slowest.as_ref())
            .max_by(|one, other| one.response_ms.total_cmp(&other.response_ms));
        let failed = cells().find_map(|cell| cell.failed.as_ref());
        let mut add = |example: &'_ Example, why: String, id| {
            traces.push(Trace {
                endpoint,
                why,
                time: millis(example.response_ms),
                id,
            });
        };
        if let Some(example) = slowest {
            let why = lang.pick("slowest", "最も遅い");
            add(example, why.to_owned(), example.request_id.as_str());
        }
        if let Some(example) = failed {
            let cause = example.cause.as_deref().unwrap_or_default();
            let why = lang.pick(format!("failed: {cause}"), format!("失敗: {cause}"));
            add(example, why, example.request_id.as_str());
        }
    }
    traces
}

/// How the generator did: names, figures and, where there is one, the limit.
pub(super) fn generator(report: &Report, lang: Lang) -> Vec<(&'static str, String, String)> {
    let (it, health) = (&report.generator, &report.generator.health);
    let limit = |text: String| lang.pick(format!("limit {text}"), format!("上限 {text}"));
    let ms = |ms: f64| format!("{} ms", millis(ms));
    let none = String::new;
    let cpus = |cpus: f64| lang.pick(format!("{cpus:.2} CPU"), format!("CPU {cpus:.2} 個分"));
    let mut rows = vec![
        (lang.pick("sent", "送信"), count(it.sent), none()),
        (lang.pick("never sent", "未送信"), count(it.unsent), none()),
        (
            lang.pick("waited for a free user", "空き待ち"),
            count(it.queued),
            none(),
        ),
        (
            lang.pick("own delay, median", "生成側の遅れ 中央値"),
            ms(it.lateness_p50_ms),
            none(),
        ),
        (
            lang.pick("own delay, p99", "生成側の遅れ p99"),
            ms(it.lateness_p99_ms),
            limit(ms(it.lateness_limit_ms)),
        ),
        (
            lang.pick("own delay, longest", "生成側の遅れ 最大"),
            ms(it.lateness_max_ms),
            none(),
        ),
        (
            lang.pick("CPU used, mean", "CPU 使用 平均"),
            cpus(health.cpu),
            none(),
        ),
        (
            lang.pick("CPU used, busiest 5 s", "CPU 使用 最大 (5 秒)"),
            cpus(health.busiest_cpu),
            limit(cpus(health.cpus * report.plan.max_cpu)),
        ),
        (
            lang.pick("CPU waited for, worst 5 s", "CPU 待ち 最大 (5 秒)"),
            cpus(health.starved),
            none(),
        ),
        (
            lang.pick("machine in use, busiest 5 s", "マシン全体の使用率 最大"),
            percent(health.machine),
            none(),
        ),
        (
            lang.pick("open files at most", "オープンファイル 最大"),
            count(health.descriptors),
            limit(count(health.descriptors_allowed)),
        ),
    ];
    if let Some(ceiling) = &health.ceiling {
        let rate = count(ceiling.rate.round() as u64);
        let cost = format!("{:.0} µs", ceiling.cpu_us);
        rows.push((
            lang.pick("can do alone", "単独での上限"),
            format!("{rate}/s"),
            lang.pick(format!("{cost} CPU each"), format!("1 件あたり CPU {cost}")),
        ));
    }
    rows
}
