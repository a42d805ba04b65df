//! The report as a page: one file that needs nothing else, not even a script, to be read.
//!
//! Every text in it may come from a service that wishes us ill. The template escapes it,
//! and its content security policy lets nothing run but the one script whose digest it names.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::workers::Row;
use super::{Report, meaning, wording};
use crate::judge::Verdict;
use crate::lang::{Lang, clock, count, millis, percent};
use crate::record::times::times;

mod chart;
mod curve;
mod forest;
mod panel;
mod stretch;
mod tables;
mod timeline;

use chart::{CAUSES, Drawing};
use forest::{Forest, forest};
use stretch::{Stretch, causes, stretches};
use tables::{Block, Trace, blocks, generator, traces};

const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");
/// The widths of the time chart in pixels: on a desk and on a phone, so that its letters are readable on both.
const WIDE: f64 = 1_000.0;
const NARROW: f64 = 360.0;
/// So many stretches are drawn at most, and as many rows does the table behind the chart have.
const STRETCHES: usize = 240;
/// So many broken promises are listed; the JSON report has all of them.
const LISTED: usize = 50;

/// The whole page.
pub fn render(report: &Report, lang: Lang) -> anyhow::Result<String> {
    let stretches = stretches(report, STRETCHES);
    let page = Page {
        report,
        lang,
        digest: STANDARD.encode(Sha256::digest(SCRIPT)),
        tiles: tiles(report, lang),
        forest: forest(report, lang),
        wide: timeline::timeline(report, &stretches, lang, WIDE)?,
        narrow: timeline::timeline(report, &stretches, lang, NARROW)?,
        causes: causes(report),
        curves: curves(report, lang)?,
        blocks: blocks(report, lang),
        traces: traces(report, lang),
        generator: generator(report, lang),
        workers: report.worker_rows(lang),
        stretches,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    lang: Lang,
    /// Of the script, as the content security policy wants it.
    digest: String,
    tiles: Vec<Tile>,
    forest: Forest,
    wide: Drawing,
    narrow: Drawing,
    stretches: Vec<Stretch>,
    /// Of failures, the most frequent first.
    causes: Vec<String>,
    curves: Vec<Curve>,
    blocks: Vec<Block>,
    traces: Vec<Trace<'a>>,
    generator: Vec<(&'static str, String, String)>,
    /// Of a shared run.
    workers: Vec<Row>,
}

/// One of the figures that come first.
struct Tile {
    name: &'static str,
    figure: String,
    unit: &'static str,
    note: String,
}

/// A distribution of times, as a drawing and as figures.
struct Curve {
    name: String,
    drawing: Drawing,
    rows: [(&'static str, [String; 5]); 2],
}

fn tiles(report: &Report, lang: Lang) -> Vec<Tile> {
    let availability = &report.availability;
    let split = |text: String| match text.strip_suffix(" %") {
        Some(number) => (number.to_owned(), "%"),
        None => (text, ""),
    };
    let (point, unit) = split(availability.point.map_or_else(|| "–".to_owned(), percent));
    let (low, high) = (percent(availability.low), percent(availability.high));
    let [failures, requests] = [availability.failures, availability.requests].map(count);
    let response = &report.latency.response;
    let slow = &report.latency.slow;
    vec![
        Tile {
            name: lang.pick("Availability", "可用性"),
            figure: point,
            unit,
            note: lang.pick(
                format!("95 % sure: {low} – {high}"),
                format!("信頼度 95 %: {low} – {high}"),
            ),
        },
        Tile {
            name: lang.pick("Requests", "リクエスト"),
            figure: requests,
            unit: "",
            note: lang.pick(format!("{failures} failed"), format!("失敗 {failures} 件")),
        },
        Tile {
            name: lang.pick("Response time p99", "応答時間 p99"),
            figure: millis(response.p99_ms),
            unit: "ms",
            note: lang.pick(
                format!("median {} ms", millis(response.p50_ms)),
                format!("中央値 {} ms", millis(response.p50_ms)),
            ),
        },
        Tile {
            name: lang.pick("Slow answers", "遅い応答"),
            figure: count(slow.requests),
            unit: lang.pick("", "件"),
            note: lang.pick(
                format!("limit {} ms", count(slow.limit_ms as u64)),
                format!("上限 {} ms", count(slow.limit_ms as u64)),
            ),
        },
    ]
}

/// The distribution over all judged requests, and that of each endpoint.
fn curves(report: &Report, lang: Lang) -> anyhow::Result<Vec<Curve>> {
    let all = lang.pick("All endpoints", "全エンドポイント").to_owned();
    let judged = |phase: usize| report.phases.get(phase).is_none_or(|phase| phase.judged);
    let mut names: Vec<Option<&str>> = vec![None];
    for endpoint in crate::endpoint::Endpoint::ALL {
        names.push(Some(endpoint.name()));
    }
    let mut curves = vec![];
    for name in names {
        let (mut response, mut service) = (times(), times());
        for cell in report.cells.iter().filter(|cell| judged(cell.phase)) {
            if name.is_none_or(|name| name == cell.endpoint) {
                // Cannot fail: every histogram resizes itself.
                let _ = response.add(&cell.response_hdr.0);
                let _ = service.add(&cell.service_hdr.0);
            }
        }
        if response.is_empty() {
            continue;
        }
        let row = |times: &crate::record::times::Times| {
            [50.0, 90.0, 99.0, 99.9, 100.0]
                .map(|at| millis(crate::record::times::percentile_ms(times, at)))
        };
        curves.push(Curve {
            name: name.map_or_else(|| all.clone(), str::to_owned),
            drawing: curve::curve(&response, &service)?,
            rows: [
                (lang.pick("response", "応答"), row(&response)),
                (lang.pick("service", "処理"), row(&service)),
            ],
        });
    }
    Ok(curves)
}

impl Page<'_> {
    fn sign(verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Pass => "✓",
            Verdict::Fail => "✕",
            Verdict::Inconclusive => "?",
        }
    }

    fn class(verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Inconclusive => "unclear",
        }
    }

    /// The class of the colour that a cause has in the time chart.
    fn ink(place: usize) -> String {
        format!("cause-{}", place % usize::from(CAUSES))
    }

    fn drawings(&self) -> [(&'static str, &Drawing); 2] {
        [("wide", &self.wide), ("narrow", &self.narrow)]
    }

    /// What the time chart shows, for those who do not see it.
    fn summary(&self) -> String {
        let top = |of: fn(&Stretch) -> f64| self.stretches.iter().map(of).fold(0.0, f64::max);
        let rate = per_second(&top(|stretch| stretch.achieved));
        let p99 = millis(top(|stretch| stretch.p99_ms.unwrap_or_default()));
        let failures = per_second(&top(|stretch| stretch.failures.iter().sum()));
        self.lang.pick(
            format!("At most {rate} answers and {failures} failures in a second; the worst p99 is {p99} ms. The table below has every value."),
            format!("応答は毎秒最大 {rate} 件、失敗は毎秒最大 {failures} 件、p99 の最大値は {p99} ms です。すべての値は下の表にあります。"),
        )
    }
}

fn per_second(rate: &f64) -> String {
    if rate.fract() == 0.0 {
        count(*rate as u64)
    } else {
        format!("{rate:.1}")
    }
}

fn some(ms: &Option<f64>) -> String {
    ms.map_or_else(|| "–".to_owned(), millis)
}

/// A number stays on the line of its per cent sign.
fn unbroken(text: &str) -> String {
    text.replace(" %", "\u{a0}%").replace(" ms", "\u{a0}ms")
}

/// A share as a width, in percent, however much of the budget is gone.
fn bounded(share: &f64) -> f64 {
    (100.0 * share).clamp(0.0, 100.0)
}

fn number(number: &usize) -> String {
    count(*number as u64)
}
