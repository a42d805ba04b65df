//! One of the charts that stand above each other on the time axis.

use anyhow::Context;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::{Along, Area, CAUSES, Chart, Ink, decades, fits, letters, mesh, px};
use super::stretch::Stretch;
use crate::lang::clock;
use crate::report::{Marker, Phase, Report};

/// Room for the labels of the vertical axis, in pixels.
pub(super) const LEFT: f64 = 52.0;
/// Room to the right of the axes.
pub(super) const RIGHT: f64 = 14.0;
/// Room for a panel's name above it.
const NAME: f64 = 26.0;
/// Room for the names of the phases, above the first panel.
const PHASES: f64 = 18.0;
/// Room for the labels of the time axis.
const BOTTOM: f64 = 26.0;
/// Between two ticks of the time axis, in pixels, at least.
const TICKS: f64 = 64.0;
/// What people count time in, in seconds.
const STEPS: [f64; 16] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0,
    14_400.0, 28_800.0,
];

/// How a panel shows its values.
pub(super) enum Scale {
    /// From 0 to this.
    Linear(f64),
    /// From one to the other.
    Logarithmic(f64, f64),
}

/// Values over time.
pub(super) struct Line {
    /// How it is drawn.
    pub(super) ink: Ink,
    /// Times with values; between two parts there is a gap.
    pub(super) parts: Vec<Vec<(f64, f64)>>,
}

/// What one panel shows.
pub(super) struct Panel<'a> {
    /// Its name.
    pub(super) name: &'static str,
    /// Of its axes, in pixels.
    pub(super) height: f64,
    /// The vertical axis.
    pub(super) scale: Scale,
    /// Values over time.
    pub(super) lines: Vec<Line>,
    /// What rules set.
    pub(super) limits: Vec<f64>,
    /// Values on top of each other, for each stretch.
    pub(super) stacks: Vec<&'a [f64]>,
    /// How a value is written.
    pub(super) label: fn(f64) -> String,
}

/// Where a panel stands.
pub(super) struct Frame<'a> {
    /// Whose phases and markers are shown behind it.
    pub(super) report: &'a Report,
    /// The time axis.
    pub(super) stretches: &'a [Stretch],
    /// Of the whole drawing, in pixels.
    pub(super) width: f64,
    /// Whether it is the uppermost, which names the phases.
    pub(super) is_first: bool,
    /// Whether it is the lowest, which has the labels of the time axis.
    pub(super) is_last: bool,
}

impl Frame<'_> {
    /// Draws the panel.
    pub(super) fn draw(&self, area: &Area<'_, '_>, panel: &Panel<'_>) -> anyhow::Result<()> {
        area.draw(&Text::new(panel.name, (px(2.0), px(8.0)), letters()))
            .context("a name cannot be drawn")?;
        let mut builder = ChartBuilder::on(area);
        builder
            .margin_top(px(self.above()))
            .margin_right(px(RIGHT))
            .y_label_area_size(px(LEFT))
            .x_label_area_size(if self.is_last { px(BOTTOM) } else { 0 });
        let x = Along {
            to: self.to(),
            ticks: self.ticks(),
        };
        let unfit = "the axes cannot be drawn";
        match panel.scale {
            Scale::Linear(to) => {
                let chart = builder.build_cartesian_2d(x, 0.0..to).context(unfit)?;
                self.fill(chart, panel, (0.0, to))
            }
            Scale::Logarithmic(from, to) => {
                let y = (from..to).log_scale().with_key_points(decades(from, to));
                let chart = builder.build_cartesian_2d(x, y).context(unfit)?;
                self.fill(chart, panel, (from, to))
            }
        }
    }

    fn fill<Y>(
        &self,
        mut chart: Chart<'_, '_, Y>,
        panel: &Panel<'_>,
        (low, high): (f64, f64),
    ) -> anyhow::Result<()>
    where
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let begun = |phase: &&Phase| phase.from_s < self.to();
        for phase in self.report.phases.iter().skip(1).step_by(2).filter(begun) {
            let corners = [(phase.from_s, high), (phase.to_s.min(self.to()), low)];
            chart.draw_series([Rectangle::new(corners, Ink::Band.area())])?;
        }
        mesh(&mut chart, &|second| clock(*second), &|value| {
            (panel.label)(*value)
        })?;
        for (stretch, stack) in self.stretches.iter().zip(&panel.stacks) {
            let mut below = 0.0;
            for (place, value) in (0..CAUSES).cycle().zip(stack.iter()) {
                let above = below + value;
                if *value > 0.0 {
                    let corners = [
                        (stretch.from, above),
                        (stretch.from + stretch.length, below),
                    ];
                    chart.draw_series([Rectangle::new(corners, Ink::Cause(place).area())])?;
                }
                below = above;
            }
        }
        for Line { ink, parts } in &panel.lines {
            for part in parts {
                let line = LineSeries::new(part.iter().copied(), ink.line(1.8));
                chart.draw_series(line)?;
            }
        }
        let across = |limit| [(0.0, limit), (self.to(), limit)];
        for limit in &panel.limits {
            chart.draw_series([PathElement::new(across(*limit), Ink::Limit.line(1.5))])?;
        }
        let seen = |marker: &&Marker| (0.0..=self.to()).contains(&marker.at_s);
        for marker in self.report.markers.iter().filter(seen) {
            let path = [(marker.at_s, low), (marker.at_s, high)];
            chart.draw_series([PathElement::new(path, Ink::Marker.line(1.5))])?;
        }
        if self.is_first {
            self.name_phases(&mut chart, high)?;
        }
        Ok(())
    }

    /// Above the axes: the name of each phase, or its number where the name does not fit.
    fn name_phases<Y>(&self, chart: &mut Chart<'_, '_, Y>, high: f64) -> anyhow::Result<()>
    where
        Y: Ranged<ValueType = f64>,
    {
        let scale = (self.width - LEFT - RIGHT) / self.to();
        for (place, phase) in self.report.phases.iter().enumerate() {
            let to = phase.to_s.min(self.to());
            let room = (to - phase.from_s) * scale;
            let number = (place + 1).to_string();
            let names = [&phase.name, &number];
            let Some(name) = names.into_iter().find(|name| fits(name, room)) else {
                continue;
            };
            let style = letters().pos(Pos::new(HPos::Center, VPos::Bottom));
            let middle = (f64::midpoint(phase.from_s, to), high);
            let label = EmptyElement::at(middle) + Text::new(name.clone(), (0, px(-4.0)), style);
            chart.draw_series([label])?;
        }
        Ok(())
    }

    /// What the panel needs of the drawing's height, in pixels.
    pub(super) fn height(&self, panel: &Panel<'_>) -> f64 {
        self.above() + panel.height + if self.is_last { BOTTOM } else { 0.0 }
    }

    fn above(&self) -> f64 {
        NAME + if self.is_first { PHASES } else { 0.0 }
    }

    fn to(&self) -> f64 {
        self.stretches
            .last()
            .map_or(1.0, |last| last.from + last.length)
    }

    fn ticks(&self) -> Vec<f64> {
        let most = ((self.width - LEFT - RIGHT) / TICKS).max(2.0);
        let step = STEPS
            .into_iter()
            .find(|step| self.to() / step <= most)
            .unwrap_or(86_400.0);
        (0..)
            .map(|tick| f64::from(tick) * step)
            .take_while(|tick| *tick <= self.to())
            .collect()
    }
}
