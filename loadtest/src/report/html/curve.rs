//! The distribution of times: how long the quickest half, nine of ten, 99 of 100 … took at most.
//!
//! The horizontal axis is logarithmic towards 100 %, so that every further nine of the percentile takes the same room.

use anyhow::Context;
use plotters::prelude::*;

use super::chart::{Along, Drawing, Ink, decades, draw, mesh, px};
use super::timeline::millis;
use crate::record::times::Times;

/// The size of a chart, in pixels.
const SIZE: (f64, f64) = (340.0, 190.0);
/// Points for each nine.
const STEPS: u32 = 16;
/// No more nines than this: 99.999 %.
const NINES: f64 = 5.0;

/// The curves of response and service times.
pub(super) fn curve(response: &Times, service: &Times) -> anyhow::Result<Drawing> {
    let nines = (response.len() as f64).log10().clamp(1.0, NINES);
    let high = response.max().max(service.max()) as f64 / 1_000.0;
    let low = response.min().min(service.min()) as f64 / 1_000.0;
    let (low, high) = ((low / 1.3).max(0.01), (high * 1.3).max(0.1));
    draw(SIZE.0, SIZE.1, |area| {
        let ticks = [0.5_f64, 0.9, 0.99, 0.999, 0.9999, 0.99999]
            .map(|share| -(1.0 - share).log10())
            .into_iter()
            .filter(|tick| *tick <= nines + 1e-9)
            .collect();
        let y = (low..high).log_scale().with_key_points(decades(low, high));
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(8.0))
            .margin_right(px(22.0))
            .y_label_area_size(px(48.0))
            .x_label_area_size(px(24.0))
            .build_cartesian_2d(Along { to: nines, ticks }, y)
            .context("the axes cannot be drawn")?;
        mesh(&mut chart, &|place| percentile(*place), &|ms| millis(*ms))?;
        for (ink, times) in [(Ink::Other, service), (Ink::Main, response)] {
            let last = (nines * f64::from(STEPS)).floor() as u32;
            let points = (0..=last).map(|step| {
                let place = f64::from(step) / f64::from(STEPS);
                let quantile = 1.0 - 10f64.powf(-place);
                let ms = times.value_at_quantile(quantile) as f64 / 1_000.0;
                (place, ms.max(low))
            });
            chart
                .draw_series(LineSeries::new(points, ink.line(1.8)))
                .context("a curve cannot be drawn")?;
        }
        Ok(())
    })
}

/// The percentile at this place of the axis: 50, 90, 99, 99.9 …
fn percentile(place: f64) -> String {
    let share = 100.0 * (1.0 - 10f64.powf(-place));
    let decimals = (place.round() as usize).saturating_sub(2);
    format!("p{share:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_named_as_people_do() {
        for (share, name) in [
            (0.5_f64, "p50"),
            (0.9, "p90"),
            (0.99, "p99"),
            (0.999, "p99.9"),
            (0.9999, "p99.99"),
        ] {
            assert_eq!(percentile(-(1.0 - share).log10()), name);
        }
    }
}
