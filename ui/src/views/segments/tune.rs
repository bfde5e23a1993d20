//! Settings of the segments, the inertia as it falls, and the curve over k.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::plot::{Axis, curve, ghost, label, plot};
use crate::widgets::setting::{Draft, Touch, broken, setting, slide};
use crate::widgets::{Rank, Say, button, chart, format, layout};
use egui::{Align2, ComboBox, Popup, PopupCloseBehavior, ScrollArea, Ui};
use egui_plot::{MarkerShape, PlotPoints, Points, VLine};
use kith_model::chart::{Chart, ChartAxis};
use kith_model::segments::{Scaling, SegmentParams, SegmentsSummary};
use kith_model::{Command, Stage};

/// Settings being edited.
#[derive(Default)]
pub struct Tune {
    draft: Draft<SegmentParams>,
}

const SCALINGS: [(Scaling, &str, &str); 4] = [
    (Scaling::LogStandard, "Log, then standard", "log1p of skewed features, then standard"),
    (Scaling::Standard, "Standard", "(x − mean) / standard deviation"),
    (Scaling::Robust, "Robust", "(x − median) / interquartile range"),
    (Scaling::MinMax, "Min-max", "(x − min) / (max − min)"),
];

impl Tune {
    /// Draws the settings and the live inertia.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary) {
        let Some(document) = cx.data.document.read() else { return };
        let draft = self.draft.edit(&document.segments);
        let touch = card(ui, "Settings", "apply on release", |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let touch = numbers(ui, draft);
            touch.max(choices(ui, cx, draft, summary))
        });
        if touch == Touch::Done && draft.clone().check().is_ok() && *draft != document.segments {
            let params = draft.clone();
            cx.push(Action::ApplyAndRun(Command::SetSegments { params }, Stage::Segments));
        }
        inertia(ui, cx, summary);
    }
}

fn numbers(ui: &mut Ui, draft: &mut SegmentParams) -> Touch {
    let rules = draft.clone().check().err().unwrap_or_default();
    let about = "How many groups. See the curve over k below";
    let k = setting(ui, "Segments (k)", about, broken(&rules, "k"), |ui| {
        slide(ui, &mut draft.k, 2..=12, 0)
    });
    let about = "Each restart begins from other centres; the lowest inertia wins";
    let restarts = setting(ui, "Restarts", about, broken(&rules, "restarts"), |ui| {
        slide(ui, &mut draft.restarts, 1..=20, 0)
    });
    let about = "Stop after so many iterations per restart, converged or not";
    let rule = broken(&rules, "max_iterations");
    let iterations = setting(ui, "Iterations at most", about, rule, |ui| {
        slide(ui, &mut draft.max_iterations, 1..=300, 0)
    });
    k.max(restarts).max(iterations)
}

fn choices(
    ui: &mut Ui,
    cx: &Context<'_>,
    draft: &mut SegmentParams,
    summary: &SegmentsSummary,
) -> Touch {
    let mut touch = Touch::None;
    let title = |s: Scaling| SCALINGS.iter().find(|(x, _, _)| *x == s).map_or("", |x| x.1);
    let about = "How features are brought to a common scale before distances are taken";
    setting(ui, "Scaling", about, None, |ui| {
        let width = ui.available_width();
        let combo = ComboBox::from_id_salt("scaling").width(width);
        combo.selected_text(title(draft.scaling)).show_ui(ui, |ui| {
            for (scaling, name, about) in SCALINGS {
                let line = ui.selectable_label(draft.scaling == scaling, name);
                if line.on_hover_text(about).clicked() {
                    draft.scaling = scaling;
                    touch = Touch::Done;
                }
            }
        });
    });
    let used = if draft.features.is_empty() { &summary.features } else { &draft.features };
    let label = format!("{} features", used.len());
    let used = used.clone();
    setting(ui, "Features", "What people are grouped by", None, |ui| {
        let response = button(ui, Rank::Plain, Some(icons::FEATURES), &label);
        Popup::menu(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name("Features")
            .show(|ui| {
                ui.set_min_width(240.0);
                if pick_features(ui, cx, draft, &used) {
                    touch = Touch::Done;
                }
            });
    });
    touch
}

fn pick_features(
    ui: &mut Ui,
    cx: &Context<'_>,
    draft: &mut SegmentParams,
    used: &[String],
) -> bool {
    let Some(all) = cx.data.features.read().and_then(Option::as_ref) else {
        ui.faint("Fetching features…");
        return false;
    };
    let mut changed = false;
    ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
        for feature in &all.features {
            let mut on = used.contains(&feature.name);
            let response = ui.checkbox(&mut on, feature.label.as_str());
            if response.on_hover_text(&feature.description).changed() {
                let chosen = |name: &String| {
                    if *name == feature.name { on } else { used.contains(name) }
                };
                draft.features =
                    all.features.iter().map(|f| f.name.clone()).filter(chosen).collect();
                changed = true;
            }
        }
    });
    if button::link(ui, "Use the default choice").clicked() {
        draft.features.clear();
        changed = true;
    }
    changed
}

fn inertia(ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary) {
    let t = theme::of(ui);
    let live = cx.live.get(Stage::Segments, "inertia");
    let running = cx.data.job_of(Stage::Segments).is_some();
    let landed: Vec<[f64; 2]> =
        summary.inertia.iter().enumerate().map(|(i, y)| [i as f64, *y]).collect();
    let (now, before) = match live {
        Some(series) if running && !series.points.is_empty() => (series.points.clone(), landed),
        Some(series) => (landed, series.previous.clone()),
        None => (landed, Vec::new()),
    };
    let caption = now.last().map_or(String::new(), |p| format::real(p[1]));
    let axes = (ChartAxis::new("iteration"), ChartAxis::new("inertia"));
    let lines = [("inertia", now.clone()), ("previous run", before.clone())];
    let written = Chart::lines("inertia", "Inertia by iteration", axes, lines);
    let drawn = card(ui, "Inertia", &caption, |ui| {
        let both = || now.iter().chain(&before);
        let x = Axis::around("iteration", both().map(|p| p[0]), true)
            .written(|v| if v.fract() == 0.0 { format!("{v:.0}") } else { String::new() });
        let y = Axis::around("inertia", both().map(|p| p[1]), false)
            .written(|v| format::short(v.max(0.0) as u64));
        plot(ui, "Inertia by iteration", 120.0, (x, y), move |ui| {
            if !before.is_empty() {
                ui.line(ghost("previous run", before, &t));
            }
            ui.line(curve("inertia", now, t.accent));
        })
        .response
    });
    chart::offer(&drawn, cx, || written);
}

/// Inertia and silhouette over k: where the curve bends, and where groups stand apart.
pub fn elbow(ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary) {
    let t = theme::of(ui);
    if summary.elbow.is_empty() {
        return;
    }
    let k = summary.segments.len() as f64;
    let inertia: Vec<[f64; 2]> =
        summary.elbow.iter().map(|p| [f64::from(p.k), p.inertia]).collect();
    let silhouette: Vec<[f64; 2]> =
        summary.elbow.iter().map(|p| [f64::from(p.k), p.silhouette]).collect();
    let write_k = |v: f64| if v.fract() == 0.0 { format!("{v:.0}") } else { String::new() };
    layout::columns(ui, [0.5, 0.5], |parts| {
        let both = [
            ("Inertia over k", "look for the bend", "inertia", inertia, t.accent),
            (
                "Silhouette over k",
                "higher stands further apart",
                "silhouette",
                silhouette,
                t.category(1),
            ),
        ];
        for (part, (title, caption, name, points, color)) in parts.iter_mut().zip(both) {
            let axes = (ChartAxis::new("segments (k)"), ChartAxis::new(name));
            let written = Chart::lines(name, title, axes, [(name, points.clone())]);
            let drawn = card(part, title, caption, |ui| {
                let x = Axis::around("segments (k)", points.iter().map(|p| p[0]), false)
                    .written(write_k);
                let y = Axis::around(name, points.iter().map(|p| p[1]), false);
                let here = points.iter().find(|p| p[0] == k).copied();
                let ink = t.text_faint;
                plot(ui, title, 150.0, (x, y), move |ui| {
                    ui.vline(VLine::new("", k).color(ink).width(1.0).allow_hover(false));
                    ui.points(
                        Points::new(name, PlotPoints::from(points.clone()))
                            .shape(MarkerShape::Circle)
                            .radius(3.0)
                            .color(color),
                    );
                    ui.line(curve(name, points, color).allow_hover(false));
                    if let Some(at) = here {
                        let text = format!("k = {k:.0}: {}", format::real(at[1]));
                        ui.text(label(text, at, Align2::LEFT_BOTTOM, color));
                    }
                })
                .response
            });
            chart::offer(&drawn, cx, || written);
        }
    });
}
