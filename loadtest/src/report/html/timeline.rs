//! What happened when: rate, latency and failures over one time axis, with phases as bands and events as markers.
//!
//! A further panel (the tasks that ran, say) is a further entry in the list of panels.

use super::chart::{Drawing, Ink, draw, px};
use super::panel::{Frame, Line, Panel, Scale};
use super::stretch::Stretch;
use crate::lang::{Lang, count};
use crate::report::Report;
use crate::report::scaling::{Count, Scaling};
use crate::witness::Measure;

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
    let mut panels = vec![
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
    ];
    if let Some(scaling) = &report.scaling {
        let to = stretches.last().map_or(0.0, |last| last.from + last.length);
        panels.extend(tasks(scaling, to, lang));
        panels.extend(cpu(scaling, lang));
    }
    panels
}

/// How many tasks there should be, and were, as steps.
fn tasks<'a>(scaling: &Scaling, to: f64, lang: Lang) -> Option<Panel<'a>> {
    let first = scaling.tasks.first()?;
    let line = |ink, of: fn(&Count) -> u32| {
        let mut points = vec![(first.at_s.max(0.0), f64::from(of(first)))];
        for count in &scaling.tasks[1..] {
            let before = points.last().map_or(0.0, |point| point.1);
            points.push((count.at_s, before));
            points.push((count.at_s, f64::from(of(count))));
        }
        points.push((to, points.last().map_or(0.0, |point| point.1)));
        // What was seen before the load and after it is not on the axis.
        points.retain(|point| (0.0..=to).contains(&point.0));
        Line {
            ink,
            parts: vec![points],
        }
    };
    let of = |count: &Count| count.desired.max(count.running);
    let most = scaling.tasks.iter().map(of).max().unwrap_or(1);
    Some(Panel {
        name: lang.pick("Tasks, desired and running", "タスク数 (必要数・実行中)"),
        height: 90.0,
        scale: Scale::Linear(1.15 * f64::from(most.max(2))),
        lines: vec![
            line(Ink::Quiet, |count| count.desired),
            line(Ink::Main, |count| count.running),
        ],
        limits: vec![],
        stacks: vec![],
        label: whole,
    })
}

/// How busy the tasks were, with what the policy keeps them at.
fn cpu<'a>(scaling: &Scaling, lang: Lang) -> Option<Panel<'a>> {
    let part: Vec<(f64, f64)> = scaling
        .metric(Measure::Cpu)
        .filter(|value| value.from_s >= 0.0)
        .flat_map(|it| [(it.from_s, it.value), (it.from_s + it.period_s, it.value)])
        .collect();
    if part.is_empty() {
        return None;
    }
    Some(Panel {
        name: lang.pick("CPU of the tasks, %", "タスクの CPU 使用率 (%)"),
        height: 80.0,
        scale: Scale::Linear(110.0),
        lines: vec![Line {
            ink: Ink::Main,
            parts: vec![part],
        }],
        limits: scaling.cpu_target.into_iter().collect(),
        stacks: vec![],
        label: rate,
    })
}

/// There are no half tasks.
fn whole(tasks: f64) -> String {
    if tasks.fract() == 0.0 {
        count(tasks as u64)
    } else {
        String::new()
    }
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
