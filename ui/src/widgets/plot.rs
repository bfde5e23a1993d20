//! Plots over egui_plot: thin axes with units, labels beside the curves instead of legends,
//! values under the pointer.

use super::format;
use crate::theme::{self, Tokens};
use egui::{Align2, Color32, RichText, Ui};
use egui_plot::{
    AxisHints, GridMark, HoverPosition, Line, LineStyle, Plot, PlotPoint, PlotPoints, PlotResponse,
    PlotUi, Text,
};
use std::ops::RangeInclusive;

/// One axis.
pub struct Axis<'a> {
    /// What it measures, with its unit.
    pub label: &'a str,
    /// Least and greatest value shown.
    pub range: RangeInclusive<f64>,
    /// How values are written.
    pub write: fn(f64) -> String,
}

impl<'a> Axis<'a> {
    /// An axis for shares of one.
    pub fn share(label: &'a str) -> Self {
        Self { label, range: 0.0..=1.0, write: format::share }
    }

    /// An axis that holds every value, with a little air; `zero` makes it begin there.
    pub fn around(label: &'a str, values: impl Iterator<Item = f64>, zero: bool) -> Self {
        let (mut low, mut high) = values
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if zero {
            low = low.min(0.0);
        }
        let air = ((high - low) * 0.06).max(1e-9);
        let low = if zero && low == 0.0 { 0.0 } else { low - air };
        Self { label, range: low..=high + air, write: format::real }
    }

    /// An axis for shares of one that need not begin at zero: curves only.
    pub fn upper(label: &'a str, values: impl Iterator<Item = f64>) -> Self {
        let least = values.filter(|v| v.is_finite()).fold(1.0, f64::min);
        let low = ((least * 20.0 - 0.5).floor() / 20.0).clamp(0.0, 0.9);
        Self { label, range: low..=1.0 + (1.0 - low) * 0.04, write: format::share }
    }

    /// Values written so.
    #[must_use]
    pub fn written(mut self, write: fn(f64) -> String) -> Self {
        self.write = write;
        self
    }
}

/// A plot of a fixed frame; nothing can be dragged out of sight.
pub fn plot<'a, R>(
    ui: &mut Ui,
    name: &str,
    height: f32,
    axes: (Axis<'a>, Axis<'a>),
    add: impl FnOnce(&mut PlotUi<'a>) -> R + 'a,
) -> PlotResponse<R> {
    let (x, y) = axes;
    let t = theme::of(ui);
    let free = height == 0.0;
    // A little air below: else the lowest mark of one axis is written over the first of the other.
    let (low, high) = (*y.range.start(), *y.range.end());
    let range_y = low - (high - low) * 0.04..=high;
    // And at the right: the last number stays inside the card.
    let (first, last) = (*x.range.start(), *x.range.end());
    let range_x = first..=last + (last - first) * 0.04;
    // Numbers of the axis need about this many points each not to touch.
    let marks = (ui.available_width() / 64.0).clamp(2.0, 6.0) as u32;
    let (write_x, write_y) = (x.write, y.write);
    let (label_x, label_y) = (x.label.to_owned(), y.label.to_owned());
    let hint = |axis: AxisHints<'a>, write: fn(f64) -> String| {
        axis.formatter(move |mark, _| write(mark.value))
            .tick_label_color(t.text_faint)
            .tick_label_font(theme::mono(12.0))
            .label_spacing(egui::Rangef::new(1.0, 2.0))
    };
    let caption = RichText::new(x.label).font(theme::body(12.0)).color(t.text_faint);
    let plot = Plot::new(name)
        .height(if free { ui.available_height() } else { height })
        .default_x_bounds(*range_x.start(), *range_x.end())
        .default_y_bounds(*range_y.start(), *range_y.end())
        .custom_x_axes(vec![hint(AxisHints::new_x(), write_x).label(caption)])
        .custom_y_axes(vec![hint(AxisHints::new_y(), write_y).min_thickness(40.0)])
        .show_background(false)
        .grid_color(t.hairline)
        .show_crosshair(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .set_margin_fraction(egui::vec2(0.0, 0.0))
        .x_grid_spacer(move |input| ticks(input.bounds, marks))
        .y_grid_spacer(|input| ticks(input.bounds, 4))
        .cursor_color(t.hairline_strong)
        .label_formatter(move |at| match at {
            HoverPosition::NearDataPoint { plot_name, position, .. } => Some(format!(
                "{plot_name}\n{label_x} {}\n{label_y} {}",
                write_x(position.x),
                write_y(position.y)
            )),
            HoverPosition::Elsewhere { .. } => None,
        });
    let response = plot.show(ui, move |ui| {
        ui.set_plot_bounds_x(range_x);
        ui.set_plot_bounds_y(range_y);
        add(ui)
    });
    response.response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::GraphicsDocument, true, name)
    });
    response
}

/// About `wanted` marks at round numbers inside the bounds.
fn ticks((low, high): (f64, f64), wanted: u32) -> Vec<GridMark> {
    let rough = (high - low) / f64::from(wanted);
    if rough.is_nan() || rough <= 0.0 || !rough.is_finite() {
        return Vec::new();
    }
    let size = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|m| m * size)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(10.0 * size);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    // One size for all: every mark is drawn and written equally.
    let mark = |n: i64| GridMark { value: n as f64 * step, step_size: high - low };
    (first..=last).map(mark).collect()
}

/// A curve.
pub fn curve<'a>(name: &str, points: Vec<[f64; 2]>, color: Color32) -> Line<'a> {
    Line::new(name, PlotPoints::from(points)).color(color).width(2.0)
}

/// A curve of an earlier run or of no skill: thin and pale.
pub fn ghost<'a>(name: &str, points: Vec<[f64; 2]>, t: &Tokens) -> Line<'a> {
    Line::new(name, PlotPoints::from(points))
        .color(t.text_faint.gamma_multiply(0.6))
        .width(1.5)
        .style(LineStyle::dashed_dense())
}

/// A label beside a curve.
pub fn label(text: impl Into<String>, at: [f64; 2], anchor: Align2, color: Color32) -> Text {
    let rich = RichText::new(text).font(theme::medium(12.0)).color(color);
    Text::new("", PlotPoint::new(at[0], at[1]), rich).anchor(anchor).allow_hover(false)
}
