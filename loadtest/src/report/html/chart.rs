//! Charts as SVG within the page. plotters knows scales, ticks and series; what is here gives its drawings the page's colours.
//!
//! The drawing names no colour but an ink, and the style sheet of the page says what each ink is by day, by night and in print.

use std::ops::Range;

use anyhow::Context;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, ValueFormatter};
use plotters::prelude::*;

/// So many units of the drawing make a pixel: plotters knows only whole units, and a tenth of a pixel is fine enough.
const UNIT: i32 = 10;
/// The size of the letters, in pixels.
const LETTERS: f64 = 12.0;
/// What a letter takes of a line, in pixels, roughly: enough to tell whether a label fits.
const LETTER_WIDTH: f64 = 6.5;

/// What a line or an area is, and so which colour it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Labels.
    Text,
    /// The mesh and the axes.
    Grid,
    /// Every other phase.
    Band,
    /// A limit that a rule sets.
    Limit,
    /// Something that happened.
    Marker,
    /// What was intended, beside what was.
    Quiet,
    /// What most want to know, such as the slowest.
    Main,
    /// What stands beside it, such as the median.
    Other,
    /// The failures of a cause, from 0.
    Cause(u8),
}

/// How many causes have a colour of their own.
pub(super) const CAUSES: u8 = 5;

impl Ink {
    fn all() -> impl Iterator<Item = Self> {
        [
            Self::Text,
            Self::Grid,
            Self::Band,
            Self::Limit,
            Self::Marker,
            Self::Quiet,
            Self::Main,
            Self::Other,
        ]
        .into_iter()
        .chain((0..CAUSES).map(Self::Cause))
    }

    /// The name that the style sheet knows it by.
    pub(super) fn name(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Grid => "grid".to_owned(),
            Self::Band => "band".to_owned(),
            Self::Limit => "limit".to_owned(),
            Self::Marker => "marker".to_owned(),
            Self::Quiet => "quiet".to_owned(),
            Self::Main => "main".to_owned(),
            Self::Other => "other".to_owned(),
            Self::Cause(number) => format!("cause-{number}"),
        }
    }

    /// The colour that stands for it until the drawing is done.
    fn colour(self) -> RGBColor {
        let place = Self::all().position(|ink| ink == self).unwrap_or_default();
        RGBColor(1, 2, u8::try_from(place).unwrap_or_default())
    }

    /// A line of so many pixels.
    pub(super) fn line(self, pixels: f64) -> ShapeStyle {
        self.colour()
            .stroke_width((pixels * f64::from(UNIT)) as u32)
    }

    /// An area.
    pub(super) fn area(self) -> ShapeStyle {
        self.colour().filled()
    }
}

/// Pixels as units of the drawing.
pub(super) fn px(pixels: f64) -> i32 {
    (pixels * f64::from(UNIT)).round() as i32
}

/// Whether a label fits into so many pixels.
pub(super) fn fits(label: &str, pixels: f64) -> bool {
    let letters: usize = label
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum();
    letters as f64 * LETTER_WIDTH <= pixels
}

/// The style of labels.
pub(super) fn letters<'a>() -> TextStyle<'a> {
    // The backend divides by 1.24.
    ("sans-serif", LETTERS * f64::from(UNIT) * 1.24)
        .into_font()
        .color(&Ink::Text.colour())
}

/// A part of a drawing.
pub(super) type Area<'a, 'b> = DrawingArea<SVGBackend<'a>, Shift>;

/// A finished drawing.
pub(super) struct Drawing {
    /// The size of its coordinates, for the `viewBox`.
    pub(super) width: i32,
    /// Likewise.
    pub(super) height: i32,
    /// The elements; everything in it is escaped.
    pub(super) body: String,
}

/// Draws within so many pixels.
pub(super) fn draw(
    width: f64,
    height: f64,
    with: impl FnOnce(&Area<'_, '_>) -> anyhow::Result<()>,
) -> anyhow::Result<Drawing> {
    let mut text = String::new();
    let size = (px(width), px(height));
    {
        let root =
            SVGBackend::with_string(&mut text, (size.0 as u32, size.1 as u32)).into_drawing_area();
        with(&root)?;
        root.present().context("the chart cannot be drawn")?;
    }
    let body = text
        .split_once('>')
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
        .map_or("", |(body, _)| body);
    let mut body = body
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "");
    for ink in Ink::all() {
        let RGBColor(red, green, blue) = ink.colour();
        let (colour, name) = (format!("#{red:02X}{green:02X}{blue:02X}"), ink.name());
        for paint in ["fill", "stroke"] {
            body = body.replace(
                &format!("{paint}=\"{colour}\""),
                &format!("class=\"{paint}-{name}\""),
            );
        }
    }
    Ok(Drawing {
        width: size.0,
        height: size.1,
        body,
    })
}

/// A horizontal axis from 0 with ticks at chosen places.
pub(super) struct Along {
    /// Its end.
    pub(super) to: f64,
    /// Where the ticks are.
    pub(super) ticks: Vec<f64>,
}

impl Ranged for Along {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (value / self.to * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        0.0..self.to
    }
}

/// A chart with both axes.
pub(super) type Chart<'a, 'b, Y> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Along, Y>>;

/// Draws the labels along both axes, and the mesh.
pub(super) fn mesh<Y>(
    chart: &mut Chart<'_, '_, Y>,
    x: &dyn Fn(&f64) -> String,
    y: &dyn Fn(&f64) -> String,
) -> anyhow::Result<()>
where
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(Ink::Grid.line(1.0))
        .light_line_style(TRANSPARENT)
        .axis_style(Ink::Grid.line(1.0))
        .x_label_style(letters())
        .y_label_style(letters())
        .y_labels(5)
        .x_label_formatter(x)
        .y_label_formatter(y)
        .set_all_tick_mark_size(px(4.0))
        .draw()
        .context("the axes cannot be drawn")
}

/// Where a logarithmic axis from `low` to `high` gets labels: each power of ten, and on a short axis 2 and 5 times it too.
pub(super) fn decades(low: f64, high: f64) -> Vec<f64> {
    let steps: &[f64] = if high / low > 300.0 {
        &[1.0]
    } else {
        &[1.0, 2.0, 5.0]
    };
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    (first..=last)
        .flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)))
        .filter(|tick| (low..=high).contains(tick))
        .collect()
}
