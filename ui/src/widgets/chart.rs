//! A chart from its data, drawn and exported by one code path: what is seen is what is written.

use super::card::card;
use super::plot::{Axis, curve, label, plot};
use super::{Say, button, fit, format};
use crate::context::{Action, Context};
use crate::theme::{self, Tokens};
use crate::wire::Pick;
use egui::accesskit::Role;
use egui::{Align2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{Bar, BarChart, LineStyle, VLine};
use kith_model::chart::{Chart, Mark};

/// Height of the field of a chart over numbers.
const FIELD: f32 = 190.0;

/// Height of a category.
const ROW: f32 = 20.0;

/// Offers a chart's picture and numbers on right click.
pub fn offer(response: &Response, cx: &mut Context<'_>, chart: impl FnOnce() -> Chart) {
    let mut wanted = None;
    response.context_menu(|ui| {
        if ui.button("Export picture…").clicked() {
            wanted = Some(Pick::ChartPicture);
            ui.close();
        }
        if ui.button("Export data…").clicked() {
            wanted = Some(Pick::ChartNumbers);
            ui.close();
        }
    });
    if let Some(ask) = wanted {
        cx.push(Action::ExportChart(Box::new(chart()), ask));
    }
}

/// A card with the chart, what it shows, and its exports.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, chart: &Chart) {
    card(ui, &chart.title, &chart.y.label, |ui| {
        if !chart.about.is_empty() {
            ui.dim(chart.about.clone());
        }
        let response =
            if chart.categories.is_empty() { plane(ui, chart) } else { categories(ui, chart) };
        offer(&response, cx, || chart.clone());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            for (text, ask) in [("Picture…", Pick::ChartPicture), ("Data…", Pick::ChartNumbers)]
            {
                let link = button::link(ui, text);
                if link.on_hover_text(format!("Export {}", chart.title)).clicked() {
                    cx.push(Action::ExportChart(Box::new(chart.clone()), ask));
                }
            }
        });
    });
}

/// Lines and bars over numbers.
fn plane(ui: &mut Ui, chart: &Chart) -> Response {
    let t = theme::of(ui);
    let values =
        |at: usize| chart.series.iter().flat_map(move |s| s.points.iter().map(move |p| p[at]));
    let bars = chart.series.iter().any(|s| s.mark == Mark::Bar);
    let write = |share: bool| if share { format::share } else { format::real };
    let least = values(0).fold(1.0, f64::min);
    let x = if chart.x.share && least >= 0.5 {
        Axis::upper(&chart.x.label, values(0))
    } else if chart.x.share {
        Axis::share(&chart.x.label)
    } else {
        Axis::around(&chart.x.label, values(0), false)
    };
    let whole = !chart.x.share && values(0).all(|x| x.fract() == 0.0);
    let x = x.written(if whole { whole_number } else { write(chart.x.share) });
    if chart.series.len() > 1 {
        legend(ui, chart, &t);
    }
    let y = if chart.y.share && !bars {
        Axis::upper(&chart.y.label, values(1))
    } else {
        Axis::around(&chart.y.label, values(1), bars)
    };
    let y =
        y.written(if bars { |v| format::short(v.max(0.0) as u64) } else { write(chart.y.share) });
    let shown = chart.clone();
    let ink = t.clone();
    let drawn = plot(ui, &format!("Chart {}", chart.title), FIELD, (x, y), move |ui| {
        for (n, series) in shown.series.into_iter().enumerate() {
            let color = ink.category(n);
            match series.mark {
                Mark::Line => ui.line(curve(&series.name, series.points, color)),
                Mark::Bar => {
                    let steps = series.points.windows(2).map(|w| w[1][0] - w[0][0]);
                    let wide = steps.fold(f64::INFINITY, f64::min);
                    let wide = if wide.is_finite() { wide * 0.9 } else { 0.8 };
                    let solid = Stroke::new(0.0, color);
                    let bar =
                        |p: &[f64; 2]| Bar::new(p[0], p[1]).width(wide).fill(color).stroke(solid);
                    let bars = series.points.iter().map(bar).collect();
                    ui.bar_chart(BarChart::new(series.name, bars).color(color));
                }
            }
        }
        for mark in shown.marks {
            let line = VLine::new(mark.label.clone(), mark.at).color(ink.accent).width(1.5);
            ui.vline(line.style(LineStyle::Solid).allow_hover(false));
            let top = ui.plot_bounds().max()[1];
            let words = format!("  {}", mark.label);
            ui.text(label(words, [mark.at, top], Align2::LEFT_TOP, ink.accent));
        }
    });
    drawn.response
}

/// Categories one below the other: bars of one chart stand on each other, lines are dots.
fn categories(ui: &mut Ui, chart: &Chart) -> Response {
    let t = theme::of(ui);
    let bars: Vec<usize> =
        (0..chart.series.len()).filter(|&n| chart.series[n].mark == Mark::Bar).collect();
    let value = |n: usize, row: usize| {
        let points = &chart.series[n].points;
        points.iter().find(|p| p[0] as usize == row).map_or(0.0, |p| p[1])
    };
    let total = |row: usize| bars.iter().map(|&n| value(n, row)).sum::<f64>();
    let rows = chart.categories.len();
    let dots = chart.series.iter().filter(|s| s.mark == Mark::Line);
    let all =
        || (0..rows).map(total).chain(dots.clone().flat_map(|s| s.points.iter().map(|p| p[1])));
    let (low, high) = (all().fold(0.0, f64::min), all().fold(1e-9, f64::max));
    if chart.series.len() > 1 {
        legend(ui, chart, &t);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let size = vec2(ui.available_width(), ROW * rows as f32);
    let (whole, response) = ui.allocate_exact_size(size, Sense::click());
    let name = format!("Chart {}", chart.title);
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsDocument, true, &name));
    let names = (whole.width() * 0.42).min(250.0);
    for (row, category) in chart.categories.iter().enumerate() {
        let top = whole.top() + ROW * row as f32;
        let rect = Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), ROW));
        let font = theme::body(12.0);
        fit(ui, rect.left_center(), rect.left() + names - 8.0, category, font, t.text);
        let field = Rect::from_min_max(
            pos2(rect.left() + names, rect.top() + 4.0),
            pos2(rect.right() - 60.0, rect.bottom() - 4.0),
        );
        let x = |v: f64| egui::remap(v as f32, low as f32..=high as f32, field.x_range());
        let mut from = 0.0;
        for (n, series) in chart.series.iter().enumerate() {
            let v = value(n, row);
            if series.mark == Mark::Line {
                ui.painter().circle_filled(pos2(x(v), field.center().y), 3.0, t.category(n));
                continue;
            }
            let (a, b) = (x(from), x(from + v));
            from += v;
            let color = if bars.len() == 1 && v < 0.0 { t.below } else { t.category(n) };
            let bar =
                Rect::from_x_y_ranges(a.min(b)..=a.max(b).max(a.min(b) + 1.0), field.y_range());
            ui.painter().rect_filled(bar, 1.0, color);
        }
        let text = if chart.y.share { format::share(from) } else { written(from) };
        let at = rect.right_center();
        ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text_dim);
        if response.hover_pos().is_some_and(|p| rect.contains(p)) {
            ui.painter().rect_filled(rect, 2.0, t.hover.gamma_multiply(0.4));
            let line = |(n, s): (usize, &kith_model::chart::ChartSeries)| {
                format!("{}: {}", s.name, written(value(n, row)))
            };
            let lines: Vec<String> = chart.series.iter().enumerate().map(line).collect();
            response.show_tooltip_text(format!("{category}\n{}", lines.join("\n")));
        }
    }
    response
}

/// A mark between two whole numbers is none.
fn whole_number(v: f64) -> String {
    if v.fract() == 0.0 { format!("{v:.0}") } else { String::new() }
}

fn written(v: f64) -> String {
    if v >= 1.0 && v.fract() == 0.0 { format::count(v as u64) } else { format::real(v) }
}

fn legend(ui: &mut Ui, chart: &Chart, t: &Tokens) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for (n, series) in chart.series.iter().enumerate() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let (dot, _) = ui.allocate_exact_size(vec2(8.0, 14.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 3.5, t.category(n));
                ui.faint(series.name.clone());
            });
        }
    });
}
