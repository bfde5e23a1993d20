//! The threshold: what it costs, live from the curve the engine computed.

use super::standing::{self, nearest};
use crate::context::{Action, Context};
use crate::theme::{self, Tokens};
use crate::widgets::card::card;
use crate::widgets::plot::{Axis, curve, ghost, label, plot};
use crate::widgets::setting::{Draft, Touch, broken, setting, slide};
use crate::widgets::waterfall::weight_of;
use crate::widgets::{Say, button, chart, format, layout, stage};
use egui::accesskit::Role;
use egui::{Align2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{LineStyle, VLine};
use kith_model::chart::{Chart, ChartAxis, ChartMark, Mark};
use kith_model::identity::{IdentityParams, IdentitySummary, ThresholdPoint, WeightBin};
use kith_model::{Command, Stage};

/// Settings being edited.
#[derive(Default)]
pub struct Tune {
    draft: Draft<IdentityParams>,
}

impl Tune {
    /// Draws histogram, curves and the sliders.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &IdentitySummary) {
        let Some(document) = cx.data.document.read() else { return };
        let draft = self.draft.edit(&document.identity);
        let threshold = draft.threshold.unwrap_or(summary.proposed_threshold);
        let review_from = draft.review_from;
        layout::columns(ui, [0.5, 0.5], |[left, right]| {
            left.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Identity);
                card(ui, "Match weights", "candidate pairs", |ui| {
                    let drawn = weights(ui, &summary.histogram, (review_from, threshold));
                    chart::offer(&drawn, cx, || histogram(summary, threshold));
                });
            });
            card(right, "Threshold", "what moving it would cost", |ui| {
                preview(ui, cx, summary, threshold);
                self.controls(ui, cx, summary);
            });
        });
    }

    fn controls(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &IdentitySummary) {
        let Some(document) = cx.data.document.read() else { return };
        let draft = self.draft.edit(&document.identity);
        let rules = draft.clone().check().err().unwrap_or_default();
        let mut value = draft.threshold.unwrap_or(summary.proposed_threshold);
        let mut touch = Touch::None;
        layout::columns(ui, [0.5, 0.5], |[left, right]| {
            let about = "Match probability from which two records are taken for one person";
            let rule = broken(&rules, "threshold");
            let moved = setting(left, "Same person from", about, rule, |ui| {
                slide(ui, &mut value, 0.01..=0.99, 2)
            });
            if moved != Touch::None {
                draft.threshold = Some(value);
            }
            let about = "Pairs from this probability up to the threshold wait for a person's word";
            let rule = broken(&rules, "review_from");
            let review = setting(right, "Review from", about, rule, |ui| {
                slide(ui, &mut draft.review_from, 0.0..=0.99, 2)
            });
            touch = moved.max(review);
        });
        let proposed = format!("Use the proposed {:.2}", summary.proposed_threshold);
        if document.identity.threshold.is_some() && button::link(ui, &proposed).clicked() {
            draft.threshold = None;
            touch = Touch::Done;
        }
        if touch == Touch::Done && draft.clone().check().is_ok() && *draft != document.identity {
            let params = draft.clone();
            cx.push(Action::ApplyAndRun(Command::SetIdentity { params }, Stage::Identity));
        }
    }
}

fn preview(ui: &mut Ui, cx: &mut Context<'_>, summary: &IdentitySummary, threshold: f64) {
    let desk = cx.data.review_desk.read();
    let t = theme::of(ui);
    let known = summary.curve.iter().any(|p| p.precision.is_some());
    if let Some(point) = nearest(&summary.curve, threshold, |p| p.threshold) {
        let said = desk.and_then(|d| nearest(&d.labelled, threshold, |p| p.threshold));
        let found = standing::quality(point, said, desk.map_or(0, |d| d.labels));
        standing::figures(ui, point, &found);
        ui.faint(found.from);
    }
    let about = if known { "against the known truth" } else { "expected by the model" };
    let name = "Precision and recall by threshold";
    let (precision, recall) = curves(&summary.curve, known);
    let both = precision.iter().chain(&recall).map(|p| p[1]);
    let axes = (Axis::share("match probability"), Axis::upper("share", both));
    let expected = if known { Some(curves(&summary.curve, false)) } else { None };
    let t2 = t.clone();
    let lines = [("precision", precision.clone()), ("recall", recall.clone())];
    let ends = ["match probability", "share"].map(ChartAxis::share);
    let written = Chart::lines("quality-by-threshold", name, ends.into(), lines).about(about);
    let drawn = plot(ui, name, 172.0, axes, move |ui| {
        if let Some((p, r)) = expected {
            ui.line(ghost("expected precision", p, &t2));
            ui.line(ghost("expected recall", r, &t2));
        }
        tag(ui, &precision, "precision", t2.category(0), 0.6);
        tag(ui, &recall, "recall", t2.category(1), 0.03);
        ui.line(curve("precision", precision, t2.category(0)));
        ui.line(curve("recall", recall, t2.category(1)));
        let line = VLine::new("threshold", threshold).color(t2.accent).width(1.5);
        ui.vline(line.style(LineStyle::Solid).allow_hover(false));
    })
    .response
    .on_hover_text(about);
    chart::offer(&drawn, cx, || written);
}

fn tag(
    ui: &mut egui_plot::PlotUi<'_>,
    points: &[[f64; 2]],
    text: &str,
    ink: egui::Color32,
    x: f64,
) {
    let Some(at) = points.iter().find(|p| p[0] >= x) else { return };
    // Above the curve a label near the top would be cut.
    let bounds = ui.plot_bounds();
    let high = at[1] > bounds.max()[1] - bounds.height() * 0.15;
    let anchor = if high { Align2::LEFT_TOP } else { Align2::LEFT_BOTTOM };
    ui.text(label(text, [at[0], at[1]], anchor, ink));
}

fn curves(points: &[ThresholdPoint], truth: bool) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    points
        .iter()
        .map(|p| {
            let precision = if truth { p.precision } else { Some(p.expected_precision) };
            let recall = if truth { p.recall } else { Some(p.expected_recall) };
            (
                [p.threshold, precision.unwrap_or(f64::NAN)],
                [p.threshold, recall.unwrap_or(f64::NAN)],
            )
        })
        .filter(|(p, r)| p[1].is_finite() && r[1].is_finite())
        .unzip()
}

/// Pairs by match weight, on a square-root scale so that the small middle can be seen.
fn weights(ui: &mut Ui, bins: &[WeightBin], marks: (f64, f64)) -> Response {
    let t = theme::of(ui);
    let size = vec2(ui.available_width(), 258.0);
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    let name = "Histogram of match weights";
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsDocument, true, name));
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return response };
    let field = Rect::from_min_max(rect.min + vec2(0.0, 26.0), rect.max - vec2(0.0, 34.0));
    let (low, high) = (first.from, last.to);
    let x = |w: f64| {
        let w = w.clamp(low, high);
        egui::remap(w as f32, low as f32..=high as f32, field.x_range())
    };
    let most = bins.iter().map(|b| b.pairs).max().unwrap_or(1).max(1) as f32;
    let height = |n: u64| (n as f32 / most).sqrt() * field.height();
    let (review, threshold) = (weight_of(marks.0), weight_of(marks.1));
    let band = Rect::from_x_y_ranges(x(review)..=x(threshold), field.y_range());
    ui.painter().rect_filled(band, 0.0, t.warn_soft);
    for bin in bins.iter().filter(|b| b.pairs > 0) {
        let middle = f64::midpoint(bin.from, bin.to);
        let color = if middle >= threshold {
            t.accent
        } else if middle >= review {
            t.warn
        } else {
            t.text_faint
        };
        let top = field.bottom() - height(bin.pairs).max(1.0);
        let (a, b) = (x(bin.from), x(bin.to));
        let gap = if b - a > 3.0 { 1.0 } else { 0.0 };
        let bar = Rect::from_min_max(pos2(a, top), pos2(b - gap, field.bottom()));
        ui.painter().rect_filled(bar, 0.0, color);
        if response.hover_pos().is_some_and(|p| (a..b).contains(&p.x)) {
            response = response.on_hover_text_at_pointer(format!(
                "{} pairs\nmatch weight {} to {}",
                format::count(bin.pairs),
                format::signed(bin.from),
                format::signed(bin.to)
            ));
        }
    }
    axis(ui, rect, field, (low, high), &t);
    let y = rect.top() + 10.0;
    for (w, text, anchor, ink) in [
        (low, "different people", Align2::LEFT_CENTER, t.text_dim),
        (high, "same person", Align2::RIGHT_CENTER, t.accent),
    ] {
        ui.painter().text(pos2(x(w), y), anchor, text, theme::medium(12.0), ink);
    }
    let ink = Stroke::new(1.5, t.accent);
    ui.painter().vline(x(threshold), field.top() - 4.0..=field.bottom(), ink);
    response
}

/// The histogram as it leaves the window.
fn histogram(summary: &IdentitySummary, threshold: f64) -> Chart {
    let points =
        summary.histogram.iter().map(|b| [f64::midpoint(b.from, b.to), b.pairs as f64]).collect();
    let axes = (ChartAxis::new("match weight, bits"), ChartAxis::new("candidate pairs"));
    let mut chart = Chart::lines("match-weights", "Match weights", axes, [("pairs", points)]);
    chart.series.iter_mut().for_each(|s| s.mark = Mark::Bar);
    chart.marks.push(ChartMark { label: "threshold".to_owned(), at: weight_of(threshold) });
    chart
}

fn axis(ui: &Ui, rect: Rect, field: Rect, range: (f64, f64), t: &Tokens) {
    ui.painter().hline(field.x_range(), field.bottom(), Stroke::new(1.0, t.hairline_strong));
    let step = if range.1 - range.0 > 45.0 { 20 } else { 10 };
    let first = (range.0 / f64::from(step)).ceil() as i32 * step;
    for w in (first..=range.1 as i32).step_by(step as usize) {
        let x = egui::remap(w as f32, range.0 as f32..=range.1 as f32, field.x_range());
        ui.painter().vline(
            x,
            field.bottom()..=field.bottom() + 3.0,
            Stroke::new(1.0, t.hairline_strong),
        );
        let at = pos2(x, field.bottom() + 11.0);
        let text = format!("{}{}", if w < 0 { "−" } else { "" }, w.abs());
        ui.painter().text(at, Align2::CENTER_CENTER, text, theme::mono(12.0), t.text_faint);
    }
    let at = pos2(rect.center().x, rect.bottom() - 6.0);
    let words = "match weight, bits (heights on a square-root scale)";
    ui.painter().text(at, Align2::CENTER_CENTER, words, theme::body(12.0), t.text_faint);
}
