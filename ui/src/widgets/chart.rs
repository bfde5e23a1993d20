//! A chart from its data, drawn and exported by one code path: what is seen is what is written.

mod rows;

use super::card::card;
use super::plot::{Axis, curve, label, plot};
use super::{Say, button, format};
use crate::context::{Action, Context};
use crate::theme::{self, Tokens};
use crate::wire::Pick;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{Bar, BarChart, LineStyle, VLine};
use kith_model::chart::{Chart, Mark};

/// Height of the field of a chart over numbers.
const FIELD: f32 = 190.0;

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
            if chart.categories.is_empty() { plane(ui, chart) } else { rows::show(ui, chart) };
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
    let write = |share: bool| if share { format::share } else { format::mark };
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
            let (low, high) = (ui.plot_bounds().min(), ui.plot_bounds().max());
            // A mark far to the right has its words at its left: there they are whole.
            let far = mark.at > low[0] + 0.6 * (high[0] - low[0]);
            let (words, side) = if far {
                (format!("{}  ", mark.label), Align2::RIGHT_TOP)
            } else {
                (format!("  {}", mark.label), Align2::LEFT_TOP)
            };
            ui.text(label(words, [mark.at, high[1]], side, ink.accent));
        }
    });
    drawn.response
}

/// A mark between two whole numbers is none.
fn whole_number(v: f64) -> String {
    if v.fract() == 0.0 { format!("{v:.0}") } else { String::new() }
}

/// Names of the series, over as many lines as it takes.
fn legend(ui: &mut Ui, chart: &Chart, t: &Tokens) {
    let high = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 16.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for (n, series) in chart.all_series().enumerate() {
            let mut job =
                LayoutJob::simple_singleline(series.name.clone(), theme::body(12.0), t.text_dim);
            job.wrap = TextWrapping::truncate_at_width(ui.max_rect().width() - 12.0);
            let galley = ui.painter().layout_job(job);
            // In one piece: a name is not torn from its dot.
            let size = vec2(galley.size().x + 12.0, galley.size().y.max(16.0));
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &series.name));
            ui.painter().circle_filled(
                pos2(rect.left() + 4.0, rect.center().y),
                3.5,
                t.category(n),
            );
            let at = pos2(rect.left() + 12.0, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, t.text_dim);
        }
    });
    ui.spacing_mut().interact_size.y = high;
}

/// About how high a chart is, its card included, in points.
pub fn height(chart: &Chart) -> f32 {
    let rows = chart.categories.len();
    if rows == 0 { 110.0 + FIELD } else { 120.0 + rows::ROW * rows as f32 }
}
