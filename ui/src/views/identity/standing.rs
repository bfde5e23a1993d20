//! Where the review stands, and what a threshold would do: live while it is dragged.

use crate::context::{Action, Context};
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::setting::slide;
use crate::widgets::{Say, button, format};
use egui::text::{LayoutJob, TextFormat};
use egui::{CornerRadius, Label, Response, Sense, Ui, vec2};
use kith_model::identity::{IdentitySummary, ThresholdPoint};
use kith_model::review_desk::{Estimate, LabelledPoint, ReviewDesk};
use kith_model::{Command, Stage};

/// The point of a curve nearest to a threshold.
pub fn nearest<T>(curve: &[T], threshold: f64, at: impl Fn(&T) -> f64) -> Option<&T> {
    let far = |p: &T| (at(p) - threshold).abs();
    curve.iter().min_by(|a, b| far(a).total_cmp(&far(b)))
}

/// Precision, recall and F1 at a threshold, and where they come from.
pub struct Quality {
    /// Precision, recall, F1: value, and its ends where it is an estimate from answers.
    pub figures: [Estimate; 3],
    /// e.g. `against the known truth`.
    pub from: String,
    /// The ends say something.
    pub interval: bool,
}

fn f1(p: f64, r: f64) -> f64 {
    if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
}

/// Quality at a threshold: from the truth where there is one, else from answers, else by the
/// model's own probabilities.
pub fn quality(point: &ThresholdPoint, labelled: Option<&LabelledPoint>, labels: u64) -> Quality {
    let plain = |value: f64| Estimate { value, low: value, high: value };
    if let (Some(p), Some(r)) = (point.precision, point.recall) {
        let figures = [p, r, f1(p, r)].map(plain);
        return Quality { figures, from: "against the known truth".into(), interval: false };
    }
    if let Some(said) = labelled {
        let figures = [said.precision, said.recall, said.f1];
        let from = format!("from {} answers, 95 % interval", format::count(labels));
        return Quality { figures, from, interval: true };
    }
    let (p, r) = (point.expected_precision, point.expected_recall);
    let figures = [p, r, f1(p, r)].map(plain);
    Quality {
        figures,
        from: "by the model's own word: nobody has answered yet".into(),
        interval: false,
    }
}

/// The threshold being tried.
#[derive(Default)]
pub struct Trial {
    at: Option<f64>,
}

impl Trial {
    /// Draws slider and figures; the curve is here already, so that dragging is instant.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &IdentitySummary) {
        let desk = cx.data.review_desk.read().map(|d| &**d);
        let mut at = self.at.unwrap_or(summary.threshold);
        let Some(point) = nearest(&summary.curve, at, |p| p.threshold) else { return };
        let labelled = desk.and_then(|d| nearest(&d.labelled, at, |p| p.threshold));
        let found = quality(point, labelled, desk.map_or(0, |d| d.labels));
        card(ui, "If the threshold were", &found.from, |ui| {
            ui.horizontal(|ui| {
                slide(ui, &mut at, 0.01..=0.99, 2);
            });
            figures(ui, point, &found);
            let moved = (at - summary.threshold).abs() > 0.004;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 16.0;
                if !moved {
                    ui.faint(format!("In force now: {:.2}", summary.threshold));
                } else if button::link(ui, &format!("Use {at:.2}")).clicked()
                    && let Some(document) = cx.data.document.read()
                {
                    let mut params = document.identity.clone();
                    params.threshold = Some(at);
                    params.review_from = params.review_from.min(at);
                    cx.push(Action::ApplyAndRun(Command::SetIdentity { params }, Stage::Identity));
                    self.at = None;
                    return;
                }
                if moved && button::link(ui, "Back").clicked() {
                    self.at = None;
                }
            });
            if moved || self.at.is_some() {
                self.at = Some(at);
            }
        });
    }
}

/// Precision, recall, F1, people and links, over as many lines as it takes.
pub fn figures(ui: &mut Ui, point: &ThresholdPoint, found: &Quality) {
    ui.scope(|ui| lines(ui, point, found));
}

fn lines(ui: &mut Ui, point: &ThresholdPoint, found: &Quality) {
    ui.spacing_mut().interact_size.y = 18.0;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(16.0, 4.0);
        for (estimate, name) in found.figures.iter().zip(["precision", "recall", "F1"]) {
            let value = if found.interval {
                let (low, high) = (format::unit(estimate.low), format::unit(estimate.high));
                format!("{} ({low} to {high})", format::unit(estimate.value))
            } else {
                format::unit(estimate.value)
            };
            figure(ui, &value, name).on_hover_text(format!("{name} {}", found.from));
        }
        let about = "Clusters at this threshold, single records included";
        figure(ui, &format::count(point.people), "people").on_hover_text(about);
        let about = "Pairs at or above this threshold";
        figure(ui, &format::count(point.links), "links").on_hover_text(about);
    });
}

/// A number and its name, as one piece of text.
fn figure(ui: &mut Ui, value: &str, name: &str) -> Response {
    let t = theme::of(ui);
    let mut job = LayoutJob::default();
    job.append(value, 0.0, TextFormat::simple(theme::mono(13.0), t.text));
    job.append(name, 5.0, TextFormat::simple(theme::body(12.0), t.text_faint));
    ui.add(Label::new(job).extend())
}

/// What is done, what remains, who agrees with whom.
pub fn progress(ui: &mut Ui, desk: &ReviewDesk) {
    let t = theme::of(ui);
    card(ui, "Progress", &remaining(desk), |ui| {
        let all = desk.decided() + desk.waiting;
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
        let said = format!("{} of {all} decided", desk.decided());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::accesskit::Role::ProgressIndicator, true, &said)
        });
        ui.painter().rect_filled(rect, CornerRadius::same(4), t.sunken);
        let mut x = rect.left();
        for (n, ink) in [(desk.same, t.ok), (desk.different, t.above), (desk.unsure, t.text_faint)]
        {
            let mut part = rect;
            part.min.x = x;
            part.set_width(rect.width() * n as f32 / all.max(1) as f32);
            x = part.right();
            ui.painter().rect_filled(part, CornerRadius::same(4), ink);
        }
        response.on_hover_text(said);
        ui.dim(format!(
            "{} same, {} different, {} unsure · {} wait, {} of them hold nine tenths of the {} \
             record pairs expected to be wrong",
            format::count(desk.same),
            format::count(desk.different),
            format::count(desk.unsure),
            format::count(desk.waiting),
            format::count(desk.matters),
            format::real(desk.at_stake),
        ));
        if desk.by_hand > 0 {
            let pairs = format::plural(desk.by_hand, "pair", "pairs");
            ui.faint(format!("{pairs} more by merges and splits, which teach nothing"));
        }
        agreement(ui, desk);
    });
}

/// How long it will take, from what it took so far.
fn remaining(desk: &ReviewDesk) -> String {
    match (desk.seconds_each, desk.seconds_left()) {
        (Some(each), Some(left)) => {
            let minutes = (left / 60.0).ceil().max(1.0);
            format!("about {minutes:.0} min for what matters, at {each:.1} s a decision")
        }
        _ => "no pace measured yet".to_owned(),
    }
}

fn agreement(ui: &mut Ui, desk: &ReviewDesk) {
    let mut said = Vec::new();
    if let Some(share) = desk.model.share() {
        said.push(format!(
            "{} of {} answers agree with the model",
            format::share(share),
            format::count(desk.model.of)
        ));
    }
    for pair in &desk.between {
        let share = pair.agreement.share().unwrap_or(1.0);
        let [a, b] = &pair.who;
        said.push(format!(
            "{a} and {b} agree on {} of {}",
            format::share(share),
            pair.agreement.of
        ));
    }
    if !desk.disputed.is_empty() {
        said.push(format::plural(
            desk.disputed.len() as u64,
            "pair in dispute",
            "pairs in dispute",
        ));
    }
    if !said.is_empty() {
        ui.dim(said.join(" · "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point() -> ThresholdPoint {
        ThresholdPoint {
            threshold: 0.5,
            links: 1,
            people: 1,
            expected_precision: 0.5,
            expected_recall: 0.5,
            precision: None,
            recall: None,
        }
    }

    #[test]
    fn the_truth_comes_before_answers_and_answers_before_the_model() {
        let said = LabelledPoint {
            precision: Estimate { value: 0.8, low: 0.7, high: 0.9 },
            ..LabelledPoint::default()
        };
        let model = quality(&point(), None, 0);
        assert!(!model.interval && model.from.starts_with("by the model"));
        let labelled = quality(&point(), Some(&said), 12);
        assert!(labelled.interval && labelled.from.contains("12 answers"));
        let known = ThresholdPoint { precision: Some(1.0), recall: Some(0.5), ..point() };
        let truth = quality(&known, Some(&said), 12);
        assert!(!truth.interval && (truth.figures[2].value - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn what_remains_is_told_only_from_a_measured_pace() {
        let mut desk = ReviewDesk { matters: 40, ..ReviewDesk::default() };
        assert_eq!(remaining(&desk), "no pace measured yet");
        desk.seconds_each = Some(3.0);
        assert_eq!(remaining(&desk), "about 2 min for what matters, at 3.0 s a decision");
    }
}
