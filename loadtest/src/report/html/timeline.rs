//! What happened when: rate, latency and failures over one time axis, with phases as bands and events as markers.
//!
//! A further panel (the tasks that ran, say) is a further entry in the list of panels.

use super::chart::{Drawing, Ink, draw, px};
use super::panel::{Frame, Line, Panel, Scale};
use super::stretch::Stretch;
use crate::lang::{Lang, count};
use crate::report::Report;

/// The chart over so many pixels.
pub(super) fn timeline(
    report: &Report,
    stretches: &[Stretch],
    lang: Lang,
    width: f64,
) -> anyhow::Result<Drawing> {
    let panels = panels(report, stretches, lang);
    let frames: Vec<Frame<'_>> = (0..panels.len())
        .map(|place| Frame {
            report,
            stretches,
            width,
            is_first: place == 0,
            is_last: place + 1 == panels.len(),
        })
        .collect();
    let framed = || frames.iter().zip(&panels);
    let height = framed().map(|(frame, panel)| frame.height(panel)).sum();
    draw(width, height, |root| {
        let mut rest = root.clone();
        for (frame, panel) in framed() {
            let (area, under) = rest.split_vertically(px(frame.height(panel)));
            frame.draw(&area, panel)?;
            rest = under;
        }
        Ok(())
    })
}

fn panels<'a>(report: &Report, stretches: &'a [Stretch], lang: Lang) -> Vec<Panel<'a>> {
    // A stretch without a value leaves a gap in its line.
    let line = |ink, of: fn(&Stretch) -> Option<f64>| {
        let parts = stretches.chunk_by(|one, next| of(one).is_some() && of(next).is_some());
        let point = |stretch: &Stretch| Some((stretch.middle(), of(stretch)?));
        let parts = parts.map(|part| part.iter().filter_map(point).collect());
        Line {
            ink,
            parts: parts.collect(),
        }
    };
    let top = |of: fn(&Stretch) -> f64| stretches.iter().map(of).fold(0.0, f64::max);
    let limits = report.limits_ms();
    let slowest = stretches
        .iter()
        .filter_map(|stretch| stretch.p99_ms)
        .chain(limits.iter().copied())
        .fold(1.0, f64::max);
    let quickest = stretches
        .iter()
        .filter_map(|stretch| stretch.p50_ms)
        .fold(slowest, f64::min);
    let failures = top(|stretch| stretch.failures.iter().sum());
    vec![
        Panel {
            name: lang.pick("Requests per second", "毎秒のリクエスト数"),
            height: 120.0,
            scale: Scale::Linear(1.1 * top(|stretch| stretch.offered.max(stretch.achieved))),
            lines: vec![
                line(Ink::Quiet, |stretch| Some(stretch.offered)),
                line(Ink::Main, |stretch| Some(stretch.achieved)),
            ],
            limits: vec![],
            stacks: vec![],
            label: rate,
        },
        Panel {
            name: lang.pick(
                "Response time from the intended start, ms",
                "予定時刻からの応答時間 (ms)",
            ),
            height: 150.0,
            scale: Scale::Logarithmic((quickest / 1.5).max(0.01), slowest * 1.5),
            lines: vec![
                line(Ink::Other, |stretch| stretch.p50_ms),
                line(Ink::Main, |stretch| stretch.p99_ms),
            ],
            limits,
            stacks: vec![],
            label: millis,
        },
        Panel {
            name: if failures > 0.0 {
                lang.pick("Failures per second, by cause", "毎秒の失敗数 (原因別)")
            } else {
                lang.pick("Failures per second: none", "毎秒の失敗数: なし")
            },
            height: if failures > 0.0 { 100.0 } else { 24.0 },
            scale: Scale::Linear((1.1 * failures).max(1.0)),
            lines: vec![],
            limits: vec![],
            stacks: stretches
                .iter()
                .map(|stretch| stretch.failures.as_slice())
                .collect(),
            label: if failures > 0.0 {
                rate
            } else {
                |_| String::new()
            },
        },
    ]
}

fn rate(rate: f64) -> String {
    super::per_second(&rate)
}

/// A tick of the axis, which is 1, 2 or 5 times a power of ten.
pub(super) fn millis(ms: f64) -> String {
    if ms < 1.0 {
        // Ten to a negative power is no exact number.
        format!("{ms:.3}").trim_end_matches('0').to_owned()
    } else {
        count(ms.round() as u64)
    }
}
