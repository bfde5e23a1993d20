//! People as points, coloured by segment; a click selects the person and the segment.

use crate::context::{Action, Context};
use crate::theme::{self, Tokens};
use crate::widgets::card::card;
use crate::widgets::{Say, format};
use egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, vec2};
use egui_plot::{HoverPosition, MarkerShape, Plot, PlotPoint, PlotPoints, Points};
use kith_model::ProfileId;
use kith_model::segments::{Scatter, SegmentsSummary};

/// Draws the scatter of two principal components.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary) {
    let [first, second] = summary.explained;
    let caption =
        format!("two principal components, {} of the variance", format::share(first + second));
    card(ui, "People", &caption, |ui| match cx.data.scatter.read() {
        Some(scatter) if !scatter.x.is_empty() => points(ui, cx, summary, scatter),
        Some(_) => {
            ui.dim("No points to draw");
        }
        None => {
            ui.set_min_height(436.0);
            ui.faint("Fetching points…");
        }
    });
}

fn points(ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary, scatter: &Scatter) {
    let t = theme::of(ui);
    let names: Vec<String> = summary.segments.iter().map(|s| s.name.clone()).collect();
    let chosen = cx.selection.segment;
    let k = summary.segments.len().max(1);
    let mut groups: Vec<Vec<[f64; 2]>> = vec![Vec::new(); k];
    for ((x, y), segment) in scatter.x.iter().zip(&scatter.y).zip(&scatter.segment) {
        if let Some(group) = groups.get_mut(*segment as usize) {
            group.push([f64::from(*x), f64::from(*y)]);
        }
    }
    let plot = Plot::new("scatter")
        .height(464.0)
        .show_axes([false, false])
        .show_grid([true, true])
        .grid_color(t.hairline)
        .show_background(false)
        .allow_scroll(false)
        .cursor_color(Color32::TRANSPARENT)
        .set_margin_fraction(egui::vec2(0.02, 0.02))
        .label_formatter(|at| match at {
            HoverPosition::NearDataPoint { plot_name, .. } => Some((*plot_name).to_owned()),
            HoverPosition::Elsewhere { .. } => None,
        });
    let response = plot.show(ui, |ui| {
        for (i, group) in groups.iter().enumerate() {
            let faded = chosen.is_some_and(|c| c as usize != i);
            let color = t.category(i).gamma_multiply(if faded { 0.12 } else { 0.7 });
            let name = names.get(i).map_or("", String::as_str);
            let points = Points::new(name, PlotPoints::from(group.clone()))
                .shape(MarkerShape::Circle)
                .radius(if faded { 1.5 } else { 2.0 })
                .color(color);
            ui.points(points);
        }
        ui.response().clicked().then(|| ui.pointer_coordinate()).flatten()
    });
    for (i, group) in groups.iter().enumerate() {
        let faded = chosen.is_some_and(|c| c as usize != i);
        if let (Some([x, y]), false) = (middle(group), faded) {
            let at = response.transform.position_from_point(&PlotPoint::new(x, y));
            let name = format::cut(names.get(i).map_or("", String::as_str), 26);
            plate(&ui.painter_at(response.response.rect), at, name, t.category(i), &t);
        }
    }
    if let Some(at) = response.inner
        && let Some(i) = nearest(scatter, at)
    {
        cx.push(Action::Segment(Some(scatter.segment[i])));
        cx.push(Action::Person(Some(ProfileId(scatter.profile[i]))));
    }
    response.response.widget_info(|| {
        let name = "People by segment";
        egui::WidgetInfo::labeled(egui::accesskit::Role::GraphicsDocument, true, name)
    });
}

/// A name over the points, on a plate so that it can be read.
fn plate(painter: &Painter, at: Pos2, name: String, color: Color32, t: &Tokens) {
    let text = painter.layout_no_wrap(name, theme::medium(12.0), t.text);
    let rect = Rect::from_center_size(at, text.size() + vec2(12.0, 4.0));
    let stroke = Stroke::new(1.0, color);
    painter.rect(rect, 4.0, t.raised.gamma_multiply(0.88), stroke, StrokeKind::Inside);
    painter.galley(rect.min + vec2(6.0, 2.0), text, t.text);
}

/// The median point: where a label stands well.
fn middle(group: &[[f64; 2]]) -> Option<[f64; 2]> {
    let median = |axis: usize| {
        let mut values: Vec<f64> = group.iter().map(|p| p[axis]).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    Some([median(0)?, median(1)?])
}

fn nearest(scatter: &Scatter, at: PlotPoint) -> Option<usize> {
    let far = |i: &usize| {
        let (dx, dy) = (f64::from(scatter.x[*i]) - at.x, f64::from(scatter.y[*i]) - at.y);
        dx * dx + dy * dy
    };
    (0..scatter.x.len()).min_by(|a, b| far(a).total_cmp(&far(b)))
}
