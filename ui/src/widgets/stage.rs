//! How every stage's page opens: its verdict and one primary action.

use super::card::{empty, failure};
use super::{Rank, Say, button, format};
use crate::context::{Action, Context};
use crate::icons;
use crate::route::Route;
use crate::theme::{self, GUTTER};
use crate::wire::Pick;
use egui::{Align, CornerRadius, Layout, Rect, Stroke, Ui, UiBuilder, pos2, vec2};
use kith_model::{Stage, StageState};

/// The next thing to do on a page whose result is up to date.
pub struct Next<'a> {
    /// Icon.
    pub icon: &'a str,
    /// Label.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// Title, verdict, primary action, progress, and why the last run failed.
pub fn header(ui: &mut Ui, cx: &mut Context<'_>, stage: Stage, next: Option<Next<'_>>) {
    let mut area = ui.available_rect_before_wrap();
    area.min += vec2(GUTTER, 20.0);
    area.max.x -= GUTTER;
    let t = theme::of(ui);
    let inner = ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.horizontal(|ui| {
            ui.set_height(28.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                primary(ui, cx, stage, next);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.title(stage.title()));
            });
        });
        let verdict = cx.data.stage(stage).map_or("", |s| s.verdict.as_str());
        ui.dim(verdict);
        if let Some(job) = cx.data.job_of(stage) {
            let left = job.left_ms.map(|ms| format!(" · {}", format::remaining(ms)));
            let text = format!("{}{}", job.doing, left.unwrap_or_default());
            progress(ui, job.done, &text);
        } else if let Some(error) = cx.data.stage(stage).and_then(|s| s.error.as_ref()) {
            ui.add_space(4.0);
            failure(ui, error);
        }
    });
    let bottom = inner.response.rect.bottom() + 16.0;
    let line = pos2(ui.max_rect().right(), bottom);
    ui.advance_cursor_after_rect(Rect::from_min_max(ui.max_rect().min, line));
    let _ = t;
}

fn primary(ui: &mut Ui, cx: &mut Context<'_>, stage: Stage, next: Option<Next<'_>>) {
    if let Some(job) = cx.data.job_of(stage) {
        let id = job.id;
        if button(ui, Rank::Plain, Some(icons::STOP), "Stop").clicked() {
            cx.push(Action::Cancel(id));
        }
        return;
    }
    match cx.data.state(stage) {
        StageState::Empty => {}
        StageState::Stale => {
            let has = cx.data.stage(stage).is_some_and(|s| s.has_result);
            let label = if has { "Bring up to date" } else { run_label(stage) };
            if button(ui, Rank::Primary, Some(icons::PLAY), label).clicked() {
                cx.push(Action::Run(stage));
            }
        }
        _ => {
            let next = next.or_else(|| onward(stage));
            if let Some(next) = next
                && button(ui, Rank::Primary, Some(next.icon), &next.label).clicked()
            {
                cx.push(next.action);
            }
        }
    }
}

/// What running a stage is called.
pub fn run_label(stage: Stage) -> &'static str {
    match stage {
        Stage::Sources => "Load files",
        Stage::Mapping => "Run the mapping",
        Stage::Quality => "Check quality",
        Stage::Identity => "Resolve identities",
        Stage::Features => "Compute features",
        Stage::Segments => "Find segments",
        Stage::Predict => "Train the model",
        Stage::Recommend => "Train the recommender",
        Stage::Rules => "Replay the rules",
        Stage::Export => "Export the bundle",
    }
}

fn onward(stage: Stage) -> Option<Next<'static>> {
    let at = Stage::ALL.iter().position(|s| *s == stage)?;
    let next = *Stage::ALL.get(at + 1)?;
    let action = Action::Go(Route::Stage(next));
    Some(Next { icon: icons::NEXT, label: format!("Go to {}", next.title()), action })
}

/// A thin bar and what is being done.
pub fn progress(ui: &mut Ui, done: f32, doing: &str) {
    let t = theme::of(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), 4.0), egui::Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::ProgressIndicator, true, doing)
    });
    ui.painter().rect_filled(rect, CornerRadius::same(2), t.hairline);
    let mut bar = rect;
    bar.set_width(rect.width() * done.clamp(0.0, 1.0));
    ui.painter().rect_filled(bar, CornerRadius::same(2), t.accent);
    ui.say(doing, theme::body(12.0), t.text_dim);
}

/// True when the stage has something to show; otherwise says what is missing and offers the one
/// button that provides it.
pub fn has_result(
    ui: &mut Ui,
    cx: &mut Context<'_>,
    stage: Stage,
    icon: &str,
    teach: &str,
) -> bool {
    let Some(status) = cx.data.stage(stage) else { return false };
    if status.has_result {
        return true;
    }
    let nothing = cx.data.state(Stage::Sources) == StageState::Empty;
    let title = format!("No {} yet", stage.title().to_lowercase());
    let busy = cx.data.job_of(stage).is_some();
    let offer = match (nothing, busy) {
        (_, true) => None,
        (true, _) => Some("Add files…"),
        (false, _) => Some(run_label(stage)),
    };
    if empty(ui, icon, &title, teach, offer) {
        cx.push(if nothing { Action::Pick(Pick::Files) } else { Action::Run(stage) });
    }
    false
}

/// Dims what follows while the stage's result is not of the present settings.
pub fn dim_when_old(ui: &mut Ui, cx: &Context<'_>, stage: Stage) {
    match cx.data.state(stage) {
        StageState::Running => ui.multiply_opacity(0.5),
        // It may stay so for long, and be read.
        StageState::Stale => ui.multiply_opacity(0.8),
        _ => {}
    }
}

/// A hairline across.
pub fn rule(ui: &mut Ui) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, t.hairline));
}
