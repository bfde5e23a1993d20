//! Training: what was learned and how, iteration by iteration; whether it is kept for later runs.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::{Rank, Say, button, chart, fit, format, layout, stage};
use crate::wire::Pick;
use egui::{Align2, ComboBox, Sense, Stroke, Ui, vec2};
use kith_model::chart::{Chart, ChartAxis};
use kith_model::identity::{ComparisonParams, IdentitySummary, MatchField};
use kith_model::training::m_series;
use kith_model::{Command, Stage};

/// What is looked at.
#[derive(Default)]
pub struct Training {
    field: Option<MatchField>,
}

impl Training {
    /// Draws what is in force, how it was learned, and the parameters.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, s: &IdentitySummary) {
        egui::ScrollArea::vertical().id_salt("training").auto_shrink([false, false]).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 12.0;
                kept(ui, cx, s);
                stage::dim_when_old(ui, cx, Stage::Identity);
                self.learning(ui, cx, s);
                parameters(ui, s);
            },
        );
    }

    /// How learning went: while it goes on from the live series, else from the last run.
    fn learning(&mut self, ui: &mut Ui, cx: &mut Context<'_>, s: &IdentitySummary) {
        let runs = cx.data.job_of(Stage::Identity).is_some();
        let live = runs.then(|| whole_gain(cx)).flatten();
        let gain =
            live.or_else(|| (!s.training.sessions.is_empty()).then(|| s.training.gain_chart()));
        let fields: Vec<MatchField> = s.training.fields.iter().map(|f| f.field).collect();
        let Some(field) = self.field.filter(|f| fields.contains(f)).or(fields.first().copied())
        else {
            if let Some(gain) = gain {
                chart::show(ui, cx, &gain);
            }
            return;
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let label = ui.dim("How it was learned, iteration by iteration; m of");
            let combo = ComboBox::from_id_salt("trained field").width(160.0);
            let combo = combo.selected_text(field.label()).show_ui(ui, |ui| {
                for one in fields {
                    if ui.selectable_label(one == field, one.label()).clicked() {
                        self.field = Some(one);
                    }
                }
            });
            combo.response.labelled_by(label.id);
        });
        layout::columns(ui, [0.5, 0.5], |[left, right]| {
            if let Some(gain) = gain {
                chart::show(left, cx, &gain);
            }
            let live = runs.then(|| live_m(cx, s, field)).flatten();
            if let Some(drawn) = live.or_else(|| s.training.m_chart(field)) {
                chart::show(right, cx, &drawn);
            }
        });
    }
}

/// The summed log-likelihood of the run at work.
fn whole_gain(cx: &Context<'_>) -> Option<Chart> {
    let series = cx.live.get(Stage::Identity, "log_likelihood")?;
    let axes = (ChartAxis::new("iteration"), ChartAxis::new("log-likelihood, nats"));
    let lines = [("all sessions", series.points.clone())];
    Some(Chart::lines("training", "Training now", axes, lines).about("The run at work"))
}

/// m of a field's levels in the run at work.
fn live_m(cx: &Context<'_>, s: &IdentitySummary, field: MatchField) -> Option<Chart> {
    let mut drawn = s.training.m_chart(field)?;
    for (level, line) in drawn.series.iter_mut().enumerate() {
        line.points.clone_from(&cx.live.get(Stage::Identity, &m_series(field, level))?.points);
    }
    Some(drawn.about("The run at work"))
}

/// What the parameters in force rest on, and whether later runs keep them.
fn kept(ui: &mut Ui, cx: &mut Context<'_>, s: &IdentitySummary) {
    let Some(document) = cx.data.document.read() else { return };
    card(ui, "Training", &trained_on(s), |ui| {
        match &document.training {
            Some(training) => {
                let since = format::moment(&training.at);
                ui.dim(format!(
                    "Frozen {since}: later runs use these parameters, prior and threshold, \
                     learned on {}",
                    format::plural(training.records, "record", "records")
                ));
            }
            None => {
                ui.dim(
                    "Every full run learns anew; freeze the training to have later runs, and \
                     other projects, match by the same parameters, prior and threshold",
                );
            }
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            if document.training.is_some() {
                if button(ui, Rank::Plain, None, "Thaw").clicked() {
                    let thaw = Command::SetTraining { training: None };
                    cx.push(Action::ApplyAndRun(thaw, Stage::Identity));
                }
            } else if button(ui, Rank::Plain, None, "Freeze").clicked() {
                cx.push(Action::Freeze);
            }
            if button(ui, Rank::Ghost, Some(icons::FILE), "Save model…").clicked() {
                cx.push(Action::Pick(Pick::ModelToWrite));
            }
            if button(ui, Rank::Ghost, Some(icons::FOLDER), "Use a model…").clicked() {
                cx.push(Action::Pick(Pick::ModelToTake));
            }
        });
        if document.truth.is_some() && document.training.is_none() {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                let on = document.identity.learn_truth;
                if button::switch(ui, on, "Learn from the known truth too") {
                    let mut params = document.identity.clone();
                    params.learn_truth = !on;
                    let change = Command::SetIdentity { params };
                    cx.push(Action::ApplyAndRun(change, Stage::Identity));
                }
                ui.dim("Learn from the known truth too; it is then no independent measure");
            });
        }
    });
}

/// What the parameters rest on, in a few words.
fn trained_on(s: &IdentitySummary) -> String {
    let records = format::plural(s.trained_on, "record", "records");
    let answers = format::plural(s.answers, "answer", "answers");
    let learned = match (s.trained_on, s.answers) {
        (0, _) => String::new(),
        (_, 0) => format!("learned on {records} · "),
        _ if s.frozen => format!("learned on {records} · "),
        _ => format!("learned on {records} and {answers} · "),
    };
    if s.frozen {
        return learned + "frozen";
    }
    let iterations = format::plural(s.iterations.into(), "iteration", "iterations");
    format!("{learned}{iterations} of EM")
}

fn parameters(ui: &mut Ui, s: &IdentitySummary) {
    let prior = format!(
        "one random pair in {} matches",
        format::count((1.0 / s.prior.max(1e-12)).round() as u64)
    );
    card(ui, "What agreement is worth", &prior, |ui| {
        let levels_of = s.comparisons.iter().flat_map(|c| &c.levels);
        let most = levels_of.map(|l| l.weight.abs()).fold(1.0, f64::max);
        level_heads(ui);
        for comparison in &s.comparisons {
            levels(ui, comparison, most);
        }
    });
}

const AT: [f32; 3] = [0.58, 0.67, 0.72];

fn level_heads(ui: &mut Ui) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    let x = |share: f32| rect.left() + rect.width() * share;
    for (at, anchor, text) in [
        (rect.left(), Align2::LEFT_CENTER, "Field and level"),
        (x(AT[0]), Align2::RIGHT_CENTER, "m"),
        (x(AT[1]), Align2::RIGHT_CENTER, "u"),
        (x(0.86), Align2::CENTER_CENTER, "match weight, log2(m/u)"),
    ] {
        let at = egui::pos2(at, rect.center().y);
        ui.painter().text(at, anchor, text, theme::medium(12.0), t.text_faint);
    }
}

fn levels(ui: &mut Ui, comparison: &ComparisonParams, most: f64) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    for (i, level) in comparison.levels.iter().enumerate() {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        if i == 0 {
            ui.painter().hline(rect.x_range(), rect.top(), Stroke::new(1.0, t.hairline));
            let at = rect.left_center();
            let label = comparison.field.label();
            ui.painter().text(at, Align2::LEFT_CENTER, label, theme::medium(13.0), t.text);
        }
        let x = |share: f32| egui::pos2(rect.left() + rect.width() * share, rect.center().y);
        let at = rect.left_center() + vec2(110.0, 0.0);
        let right = x(AT[0]).x - 52.0;
        fit(ui, at, right, level.label.as_str(), theme::body(13.0), t.text_dim);
        let mono = theme::mono(12.0);
        let m = format::chance(level.m);
        ui.painter().text(x(AT[0]), Align2::RIGHT_CENTER, m, mono.clone(), t.text);
        let u = format::chance(level.u);
        ui.painter().text(x(AT[1]), Align2::RIGHT_CENTER, u, mono.clone(), t.text);
        let middle = x(0.84).x;
        let reach = (level.weight / most) as f32 * rect.width() * 0.11;
        ui.painter().vline(middle, rect.y_range(), Stroke::new(1.0, t.hairline_strong));
        let color = if level.weight < 0.0 { t.below } else { t.above };
        let bar = egui::Rect::from_x_y_ranges(
            middle.min(middle + reach)..=middle.max(middle + reach),
            rect.top() + 5.0..=rect.bottom() - 5.0,
        );
        ui.painter().rect_filled(bar, 1.0, color);
        let text = format::signed(level.weight);
        let at = rect.right_center();
        ui.painter().text(at, Align2::RIGHT_CENTER, text, mono, t.text);
        response.on_hover_text(format!(
            "{}: {}\nAmong matches {} of pairs reach this level, among others {}",
            comparison.field.label(),
            level.label,
            format::share(level.m),
            format::share(level.u)
        ));
    }
}
