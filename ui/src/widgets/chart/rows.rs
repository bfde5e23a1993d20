//! Categories one below the other: bars of one chart stand on each other, lines are dots, and a
//! panel has bars of its own at the right.

use super::legend;
use crate::theme::{self, Tokens};
use crate::widgets::{fit, format};
use egui::accesskit::Role;
use egui::{
    Align2, Painter, Rangef, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, remap, vec2,
};
use kith_model::chart::{Chart, Mark};

/// Height of a category.
pub(super) const ROW: f32 = 20.0;

/// Room of the number behind the bars.
const NUMBER: f32 = 60.0;

/// Room of the numbers behind the bars of a panel.
const SHARES: f32 = 110.0;

/// The widest name takes no more than this share of the width.
const NAMES: f32 = 0.55;

/// Where the parts of a row stand, and on which scale.
struct Columns {
    names: f32,
    bars: Rangef,
    scale: (f64, f64),
    panel: Rangef,
    most: f64,
}

impl Columns {
    fn new(ui: &Ui, chart: &Chart, whole: Rect) -> Self {
        let font = theme::body(12.0);
        let widest = |name: &String| {
            ui.painter().layout_no_wrap(name.clone(), font.clone(), theme::of(ui).text).size().x
        };
        let widest = chart.categories.iter().map(widest).fold(60.0, f32::max) + 12.0;
        let names = widest.min(whole.width() * NAMES).round();
        let start = whole.left() + names;
        let (bars, panel) = match &chart.beside {
            None => (start..=whole.right() - NUMBER, whole.right()..=whole.right()),
            Some(_) => {
                let each = ((whole.right() - start - NUMBER - SHARES - 12.0) / 2.0).max(24.0);
                let second = start + each + NUMBER + 12.0;
                (start..=start + each, second..=second + each)
            }
        };
        let dots = chart.series.iter().filter(|s| s.mark == Mark::Line);
        let dots = dots.flat_map(|s| s.points.iter().map(|p| p[1]));
        let all = (0..chart.categories.len()).map(|row| total(chart, row)).chain(dots);
        let scale = all.fold((0.0_f64, 1e-9_f64), |(low, high), v| (low.min(v), high.max(v)));
        let share = chart.beside.as_ref().is_some_and(|p| p.axis.share);
        let values = chart.beside.iter().flat_map(|p| p.series.iter().flat_map(|s| &s.points));
        let most = if share { 1.0 } else { values.map(|p| p[1]).fold(1e-9, f64::max) };
        Self { names, bars: bars.into(), scale, panel: panel.into(), most }
    }
}

/// The bars of a category on each other.
fn total(chart: &Chart, row: usize) -> f64 {
    chart.series.iter().filter(|s| s.mark == Mark::Bar).map(|s| s.of_category(row)).sum()
}

/// Draws the chart.
pub(super) fn show(ui: &mut Ui, chart: &Chart) -> Response {
    let t = theme::of(ui);
    if chart.all_series().count() > 1 {
        legend(ui, chart, &t);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let head = if chart.beside.is_some() { ROW } else { 0.0 };
    let high = head + ROW * chart.categories.len() as f32;
    let (whole, mut response) =
        ui.allocate_exact_size(vec2(ui.available_width(), high), Sense::click());
    let name = format!("Chart {}", chart.title);
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsDocument, true, &name));
    let columns = Columns::new(ui, chart, whole);
    if let Some(beside) = &chart.beside {
        let y = whole.top() + ROW / 2.0 - 2.0;
        for (x, text) in [(columns.bars, &chart.y.label), (columns.panel, &beside.axis.label)] {
            let font = theme::body(12.0);
            fit(ui, pos2(x.min, y), x.max, text.as_str(), font, t.text_faint);
        }
    }
    for (row, category) in chart.categories.iter().enumerate() {
        let top = whole.top() + head + ROW * row as f32;
        let rect = Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), ROW));
        let under = response.hover_pos().is_some_and(|p| rect.contains(p));
        if under {
            ui.painter().rect_filled(rect, 2.0, t.hover.gamma_multiply(0.4));
        }
        let right = rect.left() + columns.names - 8.0;
        fit(ui, rect.left_center(), right, category, theme::body(12.0), t.text);
        bars(ui.painter(), chart, (row, rect), &columns, &t);
        panel(ui.painter(), chart, (row, rect), &columns, &t);
        if under {
            response = response.on_hover_text_at_pointer(said(chart, row, category));
        }
    }
    response
}

/// A category in words, its name in full.
fn said(chart: &Chart, row: usize, category: &str) -> String {
    let mut text = category.to_owned();
    let line = |name: &str, value: String| format!("\n{name}: {value}");
    for series in &chart.series {
        text.push_str(&line(&series.name, written(series.of_category(row), chart.y.share)));
    }
    if let Some(panel) = &chart.beside {
        for series in &panel.series {
            text.push_str(&line(&series.name, format::real(series.of_category(row))));
        }
    }
    text
}

/// Bars on each other, dots, and the sum at the right.
fn bars(
    painter: &Painter,
    chart: &Chart,
    (row, rect): (usize, Rect),
    columns: &Columns,
    t: &Tokens,
) {
    let (low, high) = columns.scale;
    let x = |v: f64| remap(v as f32, low as f32..=high as f32, columns.bars);
    let y = rect.shrink2(vec2(0.0, 4.0)).y_range();
    if low < 0.0 {
        painter.vline(x(0.0), rect.y_range(), Stroke::new(1.0, t.hairline_strong));
    }
    let several = chart.series.iter().filter(|s| s.mark == Mark::Bar).count() > 1;
    let mut from = 0.0;
    for (n, series) in chart.series.iter().enumerate() {
        let v = series.of_category(row);
        if series.mark == Mark::Line {
            painter.circle_filled(pos2(x(v), rect.center().y), 3.0, t.category(n));
            continue;
        }
        let (a, b) = (x(from), x(from + v));
        from += v;
        let color = if !several && v < 0.0 { t.below } else { t.category(n) };
        let bar = Rect::from_x_y_ranges(a.min(b)..=a.max(b).max(a.min(b) + 1.0), y);
        painter.rect_filled(bar, 1.0, color);
    }
    let text = written(from, chart.y.share);
    let at = pos2(columns.bars.max + NUMBER, rect.center().y);
    painter.text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text_dim);
}

/// The bars of a panel below each other, and their values at the right.
fn panel(
    painter: &Painter,
    chart: &Chart,
    (row, rect): (usize, Rect),
    columns: &Columns,
    t: &Tokens,
) {
    let Some(panel) = &chart.beside else { return };
    let Rangef { min, max } = columns.panel;
    for edge in [min, max] {
        painter.vline(edge, rect.y_range(), Stroke::new(1.0, t.hairline));
    }
    let high = (ROW - 6.0) / panel.series.len().max(1) as f32;
    let mut texts = Vec::new();
    for (n, series) in panel.series.iter().enumerate() {
        let v = series.of_category(row);
        let right = remap(v as f32, 0.0..=columns.most as f32, columns.panel).min(max);
        let top = rect.top() + 3.0 + high * n as f32;
        let bar = Rect::from_x_y_ranges(min..=right.max(min + 1.0), top..=top + high - 1.0);
        painter.rect_filled(bar, 1.0, t.category(chart.series.len() + n));
        texts.push(written(v, panel.axis.share));
    }
    let at = rect.right_center();
    painter.text(at, Align2::RIGHT_CENTER, texts.join(" · "), theme::mono(11.0), t.text_dim);
}

fn written(v: f64, share: bool) -> String {
    if share {
        format::share(v)
    } else if v >= 1.0 && v.fract() == 0.0 {
        format::count(v as u64)
    } else {
        format::real(v)
    }
}
