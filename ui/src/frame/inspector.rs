//! The inspector: what is selected, why it is so, what it came from.

use crate::context::{Action, Context};
use crate::icons;
use crate::route::Route;
use crate::theme;
use crate::views::Views;
use crate::widgets::{Say, format, glyph, icon_button, person};
use egui::{Align, Layout, Margin, ScrollArea, Sense, Ui, pos2, vec2};
use kith_model::Stage;

/// Draws it.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, route: Route, views: &mut Views) {
    let title = match (cx.selection.person, route) {
        (Some(_), _) => "Person",
        (None, Route::Stage(stage)) => stage.title(),
        (None, Route::Welcome) => "",
    };
    bar(ui, title, |ui| {
        if cx.selection.person.is_some()
            && icon_button(ui, icons::CLOSE, "Deselect · Esc", false).clicked()
        {
            cx.push(Action::Person(None));
        }
    });
    ScrollArea::vertical()
        .id_salt("inspector")
        .auto_shrink([false, false])
        .content_margin(Margin { left: 16, right: 16, top: 4, bottom: 16 })
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            if let Some(profile) = cx.selection.person {
                person::show(ui, cx, profile);
            } else if let Route::Stage(stage) = route {
                views.inspect(ui, cx, stage);
                facts(ui, cx, stage);
            }
        });
}

/// A side panel's title with buttons at the right.
pub fn bar(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.add_space(16.0);
        ui.head(title);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            add(ui);
        });
    });
}

fn facts(ui: &mut Ui, cx: &mut Context<'_>, stage: Stage) {
    person::section(ui, "How it stands", true, |ui| {
        row(ui, cx, stage);
        if let Some(ms) = cx.data.stage(stage).and_then(|s| s.took_ms) {
            person::pair(ui, "Last run took", &format::millis(ms));
        }
    });
    if !stage.needs().is_empty() {
        person::section(ui, "Made from", true, |ui| {
            for need in stage.needs() {
                row(ui, cx, *need);
            }
        });
    }
    let users: Vec<Stage> = Stage::ALL.into_iter().filter(|s| s.needs().contains(&stage)).collect();
    if !users.is_empty() {
        person::section(ui, "Used by", true, |ui| {
            for user in users {
                row(ui, cx, user);
            }
        });
    }
}

fn row(ui: &mut Ui, cx: &mut Context<'_>, stage: Stage) {
    let t = theme::of(ui);
    let state = cx.data.state(stage);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
    let said = format!("{}, {}", stage.title(), glyph::name(state));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Link, true, &said));
    if response.hovered() {
        ui.painter().rect_filled(rect, 4.0, t.hover);
    }
    let at = pos2(rect.left() + 10.0, rect.center().y);
    glyph::paint(ui.painter(), &t, at, state, ui.input(|i| i.time));
    let at = pos2(rect.left() + 26.0, rect.center().y);
    let font = theme::body(13.0);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, stage.title(), font, t.text);
    let at = pos2(rect.right() - 4.0, rect.center().y);
    let headline = cx.data.stage(stage).map_or("", |s| s.headline.as_str());
    let text = if headline.is_empty() { glyph::name(state) } else { headline };
    ui.painter().text(at, egui::Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text_dim);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        cx.push(Action::Go(Route::Stage(stage)));
    }
}
