//! The rail: the pipeline as a line of stages, each with its state and one number.

use super::Shell;
use crate::context::{Action, Context};
use crate::icons;
use crate::route::{Route, digit};
use crate::theme;
use crate::widgets::{backdrop, fit, glyph, icon_button};
use egui::accesskit::Role;
use egui::{CursorIcon, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use kith_model::Stage;

const STEP: f32 = 48.0;

/// Draws it.
pub fn show(ui: &mut Ui, shell: &Shell, cx: &mut Context<'_>, folded: bool) {
    let t = theme::of(ui);
    let rect = ui.max_rect();
    let axis = rect.left() + 24.0;
    let step = STEP.min((rect.height() - 56.0) / Stage::ALL.len() as f32);
    let first = rect.top() + 12.0 + step / 2.0;
    let last = first + step * (Stage::ALL.len() as f32 - 1.0);
    ui.painter().vline(axis, first..=last, Stroke::new(1.5, t.hairline_strong));
    for (i, stage) in Stage::ALL.into_iter().enumerate() {
        let y = first + step * i as f32;
        let row = Rect::from_min_max(
            pos2(rect.left() + 6.0, y - step / 2.0 + 1.0),
            pos2(rect.right() - 7.0, y + step / 2.0 - 1.0),
        );
        entry(ui, cx, stage, row, shell.route == Route::Stage(stage), folded);
    }
    let foot =
        Rect::from_min_size(pos2(rect.left() + 10.0, rect.bottom() - 36.0), vec2(28.0, 28.0));
    let mut foot = ui.new_child(egui::UiBuilder::new().max_rect(foot));
    let (icon, name) = if folded {
        (icons::RIGHT, "Unfold the rail · Ctrl+B")
    } else {
        (icons::LEFT, "Fold the rail · Ctrl+B")
    };
    if icon_button(&mut foot, icon, name, false).clicked() {
        cx.push(Action::Fold);
    }
}

fn entry(ui: &Ui, cx: &mut Context<'_>, stage: Stage, row: Rect, here: bool, folded: bool) {
    let t = theme::of(ui);
    let state = cx.data.state(stage);
    let headline = cx.data.stage(stage).map(|s| s.headline.clone()).unwrap_or_default();
    let response = ui.interact(row, ui.scope_id().with(stage), Sense::click());
    let said = format!("{}, {}, {headline}", stage.title(), glyph::name(state));
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, here, &said));
    let fill = backdrop(ui, row, 6, here, &response);
    if response.has_focus() {
        let ring = Stroke::new(1.5, t.accent);
        ui.painter().rect_stroke(row, 6.0, ring, egui::StrokeKind::Inside);
    }
    let at = pos2(row.left() + 18.0, row.center().y);
    ui.painter().circle_filled(at, 9.0, if here { t.surface.blend(fill) } else { t.surface });
    glyph::paint(ui.painter(), &t, at, state, ui.input(|i| i.time));
    if !folded {
        let end = row.right() - 8.0;
        let x = row.left() + 36.0;
        let (font, ink) =
            if here { (theme::semibold(13.0), t.text) } else { (theme::medium(13.0), t.text) };
        let (top, low) = if headline.is_empty() {
            (row.center().y, None)
        } else {
            (row.center().y - 8.0, Some(row.center().y + 9.0))
        };
        fit(ui, pos2(x, top), end, stage.title(), font, ink);
        if let Some(y) = low {
            fit(ui, pos2(x, y), end, &headline, theme::mono(12.0), t.text_dim);
        }
    }
    let tip = format!("{} · {} · Ctrl+{}", stage.title(), glyph::name(state), digit(stage));
    let tip = if headline.is_empty() { tip } else { format!("{tip}\n{headline}") };
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip);
    if response.clicked() {
        cx.push(Action::Go(Route::Stage(stage)));
    }
}
