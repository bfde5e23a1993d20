//! Cards, figures, chips, and what to say when there is nothing.

use super::{Rank, Say, button};
use crate::icons;
use crate::theme::{self, RADIUS};
use egui::{
    Align, Color32, CornerRadius, Frame, Layout, Margin, Response, Sense, Stroke, Ui, vec2,
};
use kith_api::ApiError;

/// A bordered part of a page with a heading and, at the right, a caption: unit or protocol.
pub fn card<R>(ui: &mut Ui, title: &str, caption: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let t = theme::of(ui);
    Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.hairline))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::same(15))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 8.0;
            if !title.is_empty() {
                ui.horizontal(|ui| {
                    ui.spacing_mut().interact_size.y = 20.0;
                    ui.set_height(20.0);
                    ui.head(title);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.faint(caption);
                    });
                });
            }
            add(ui)
        })
        .inner
}

/// A figure with its name; exact value and meaning on hover.
pub fn stat(ui: &mut Ui, name: &str, value: &str, about: &str) -> Response {
    let t = theme::of(ui);
    let response = ui
        .vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.say(value, theme::semibold(20.0), t.text);
            ui.faint(name);
        })
        .response;
    response.on_hover_text(about)
}

/// A row of figures, evenly spread.
pub fn stats(ui: &mut Ui, figures: &[(&str, String, &str)]) {
    let t = theme::of(ui);
    Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.hairline))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(15, 12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.columns(figures.len().max(1), |parts| {
                for (part, (name, value, about)) in parts.iter_mut().zip(figures) {
                    stat(part, name, value, about);
                }
            });
        });
}

/// A small label.
pub fn chip(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let t = theme::of(ui);
    let text = ui.painter().layout_no_wrap(text.to_owned(), theme::medium(12.0), color);
    let (rect, response) = ui.allocate_exact_size(text.size() + vec2(12.0, 4.0), Sense::hover());
    let fill = t.raised.lerp_to_gamma(color, 0.12);
    ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
    ui.painter().galley(rect.min + vec2(6.0, 2.0), text, color);
    response
}

/// Nothing here yet: what belongs here, and the one button that provides it. True when clicked.
pub fn empty(ui: &mut Ui, icon: &str, title: &str, teach: &str, offer: Option<&str>) -> bool {
    let t = theme::of(ui);
    let mut clicked = false;
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.22).clamp(24.0, 160.0));
        ui.icon(icon, 40.0, t.text_faint);
        ui.say(title, theme::semibold(15.0), t.text);
        ui.scope(|ui| {
            ui.set_max_width(440.0);
            ui.dim(teach);
        });
        ui.add_space(8.0);
        if let Some(label) = offer {
            clicked = button(ui, Rank::Primary, None, label).clicked();
        }
    });
    clicked
}

/// An error: what, where, what to do.
pub fn failure(ui: &mut Ui, error: &ApiError) -> Response {
    let t = theme::of(ui);
    banner(ui, t.error_soft, t.error, icons::ERROR, |ui| {
        ui.add(egui::Label::new(
            egui::RichText::new(&error.message).font(theme::medium(13.0)).color(t.text),
        ));
        if let Some(place) = &error.place {
            ui.say(place.clone(), theme::mono(12.0), t.text_dim);
        }
        if let Some(hint) = &error.hint {
            ui.dim(hint.clone());
        }
    })
}

/// Something to look at, in words.
pub fn notice(ui: &mut Ui, text: &str) -> Response {
    let t = theme::of(ui);
    banner(ui, t.warn_soft, t.warn, icons::WARNING, |ui| {
        ui.add(egui::Label::new(egui::RichText::new(text).font(theme::body(13.0)).color(t.text)));
    })
}

fn banner(
    ui: &mut Ui,
    fill: Color32,
    ink: Color32,
    icon: &str,
    add: impl FnOnce(&mut Ui),
) -> Response {
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, ink.gamma_multiply(0.35)))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.icon(icon, 16.0, ink);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    add(ui);
                });
            });
        })
        .response
}
