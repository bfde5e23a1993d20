//! Features: how each is distributed, its SQL, and people by lifecycle.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, stats};
use crate::widgets::{Say, bars, fit, format, layout, person, row, stage};
use egui::accesskit::Role;
use egui::{Align2, CornerRadius, CursorIcon, Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use kith_model::Stage;
use kith_model::features::{FeatureInfo, FeaturesSummary};

/// The page; it remembers nothing.
#[derive(Default)]
pub struct FeaturesView;

impl FeaturesView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        stage::header(ui, cx, Stage::Features, None);
        let teach = "One row of numbers per person, as of one day: no model sees its own future. \
                     The SQL of each feature is shown";
        if !stage::has_result(ui, cx, Stage::Features, icons::FEATURES, teach) {
            return;
        }
        let Some(summary) = cx.data.features.read().and_then(Option::as_ref) else { return };
        layout::scroll(ui, "features", |ui| {
            stage::dim_when_old(ui, cx, Stage::Features);
            stats(
                ui,
                &[
                    ("as of", summary.as_of.clone(), "No feature looks at or beyond this day"),
                    ("people", format::count(summary.people), "Those without orders included"),
                    ("buyers", format::count(summary.buyers), "People with at least one order"),
                    ("features", summary.features.len().to_string(), "Columns of feat.customer"),
                ],
            );
            lifecycle(ui, summary);
            card(ui, "Features", "click for the SQL", |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                heads(ui);
                let mut family = "";
                for feature in &summary.features {
                    if feature.family != family {
                        family = &feature.family;
                        ui.add_space(8.0);
                        ui.faint(family);
                    }
                    line(ui, cx, feature);
                }
            });
        });
    }

    /// The selected feature.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &Context<'_>) {
        let t = theme::of(ui);
        let summary = cx.data.features.peek().and_then(Option::as_ref);
        let mut all = summary.into_iter().flat_map(|s| &s.features);
        let Some(feature) = all.find(|f| Some(&f.name) == cx.selection.feature.as_ref()) else {
            ui.dim("Pick a feature to see how it is computed");
            return;
        };
        ui.say(feature.label.clone(), theme::semibold(15.0), t.text);
        ui.dim(feature.description.clone());
        let width = ui.available_width();
        bars::mini(ui, width, &feature.histogram, &format!("Distribution of {}", feature.label));
        for (name, value) in [
            ("Unit", feature.unit.clone()),
            ("Least", format::real(feature.min)),
            ("Median", format::real(feature.median)),
            ("Mean", format::real(feature.mean)),
            ("Std deviation", format::real(feature.sd)),
            ("Greatest", format::real(feature.max)),
            ("Missing", format::plural(feature.missing, "person", "people")),
        ] {
            person::pair(ui, name, &value);
        }
        super::quality::sql(ui, &feature.sql);
    }
}

fn lifecycle(ui: &mut Ui, summary: &FeaturesSummary) {
    let t = theme::of(ui);
    let total: u64 = summary.lifecycle.iter().map(|(_, n)| n).sum();
    card(ui, "Lifecycle", "people", |ui| {
        let size = vec2(ui.available_width(), 52.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::GraphicsDocument, true, "People by lifecycle stage")
        });
        let mut x = rect.left();
        let last = summary.lifecycle.len().saturating_sub(1).max(1) as f32;
        for (i, (name, n)) in summary.lifecycle.iter().enumerate() {
            let width = rect.width() * *n as f32 / total.max(1) as f32;
            let bar =
                Rect::from_min_max(pos2(x, rect.top()), pos2(x + width - 2.0, rect.top() + 14.0));
            x += width;
            ui.painter().rect_filled(
                bar,
                CornerRadius::same(2),
                t.sequence(0.2 + 0.7 * i as f32 / last),
            );
            let at = pos2(bar.left(), rect.top() + 26.0);
            fit(ui, at, x - 4.0, name, theme::medium(12.0), t.text);
            let at = pos2(bar.left(), rect.top() + 42.0);
            let share = format::share(*n as f64 / total.max(1) as f64);
            let text = if width > 108.0 {
                format!("{} · {share}", format::count(*n))
            } else {
                format::count(*n)
            };
            fit(ui, at, x - 4.0, text, theme::mono(12.0), t.text_dim);
        }
    });
}

/// Where numbers stand, from the right.
const ENDS: [(&str, f32); 4] =
    [("median", 304.0), ("mean", 204.0), ("max", 104.0), ("missing", 0.0)];

fn heads(ui: &mut Ui) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    for (name, end) in ENDS {
        let at = pos2(rect.right() - 8.0 - end, rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, name, theme::medium(12.0), t.text_faint);
    }
}

fn line(ui: &mut Ui, cx: &mut Context<'_>, feature: &FeatureInfo) {
    let t = theme::of(ui);
    let here = cx.selection.feature.as_ref() == Some(&feature.name);
    let said = &feature.label;
    let (rect, response) = row(ui, 32.0, here, said);
    let plot = Rect::from_min_size(rect.min + vec2(8.0, 6.0), vec2(96.0, 20.0));
    bars::paint_histogram(ui.painter(), plot, &feature.histogram, t.text_faint);
    let end = rect.right() - 390.0;
    let at = rect.left_center() + vec2(120.0, 0.0);
    let label = fit(ui, at, end, said, theme::medium(13.0), t.text);
    let at = pos2(label.right() + 8.0, rect.center().y);
    fit(ui, at, end, &feature.unit, theme::body(12.0), t.text_faint);
    let missing =
        if feature.missing == 0 { "–".to_owned() } else { format::count(feature.missing) };
    let values = [
        format::real(feature.median),
        format::real(feature.mean),
        format::real(feature.max),
        missing,
    ];
    for ((_, end), value) in ENDS.into_iter().zip(values) {
        let at = pos2(rect.right() - 8.0 - end, rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, value, theme::mono(12.0), t.text);
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    if response.on_hover_text(&feature.description).clicked() {
        cx.push(Action::Feature(Some(feature.name.clone())));
        cx.push(Action::Person(None));
    }
}
