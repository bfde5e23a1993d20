//! Buttons, painted here so that they are the same everywhere.

use crate::theme::{self, RADIUS, Tokens};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// The one thing to do here.
    Primary,
    /// One of several.
    Plain,
    /// Hardly there until pointed at.
    Ghost,
}

/// A button with an optional icon.
pub fn button(ui: &mut Ui, rank: Rank, icon: Option<&str>, label: &str) -> Response {
    let t = theme::of(ui);
    let enabled = ui.is_enabled();
    let text = ui.painter().layout_no_wrap(label.to_owned(), theme::medium(13.0), t.text);
    let mark = if icon.is_some() { 22.0 } else { 0.0 };
    let size = vec2(text.size().x + mark + 24.0, 28.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, label));
    if ui.is_rect_visible(rect) {
        let (fill, border, ink) = colours(&t, rank, &response, enabled);
        frame(ui, rect, fill, border, &response);
        let mut x = rect.left() + 12.0;
        if let Some(icon) = icon {
            let at = egui::pos2(x + 7.0, rect.center().y);
            ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(15.0), ink);
            x += mark;
        }
        let at = egui::pos2(x, rect.center().y - text.size().y / 2.0);
        ui.painter().galley_with_override_text_color(at, text, ink);
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn colours(
    t: &Tokens,
    rank: Rank,
    response: &Response,
    enabled: bool,
) -> (Color32, Color32, Color32) {
    let down = response.is_pointer_button_down_on();
    let over = response.hovered();
    if !enabled {
        let fill = if rank == Rank::Ghost { Color32::TRANSPARENT } else { t.surface };
        return (fill, if rank == Rank::Ghost { fill } else { t.hairline }, t.text_faint);
    }
    match rank {
        Rank::Primary => {
            let fill = if over || down { t.accent_hover } else { t.accent };
            (fill, fill, t.on_accent)
        }
        Rank::Plain => {
            let fill = if down {
                t.pressed
            } else if over {
                t.hover
            } else {
                t.raised
            };
            (fill, t.hairline_strong, t.text)
        }
        Rank::Ghost => {
            let fill = if down {
                t.pressed
            } else if over {
                t.hover
            } else {
                Color32::TRANSPARENT
            };
            (fill, Color32::TRANSPARENT, if over { t.text } else { t.text_dim })
        }
    }
}

fn frame(ui: &Ui, rect: Rect, fill: Color32, border: Color32, response: &Response) {
    let t = theme::of(ui);
    let radius = CornerRadius::same(RADIUS);
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, border), StrokeKind::Inside);
    if response.has_focus() {
        let ring = Stroke::new(1.5, t.accent);
        ui.painter().rect_stroke(rect.expand(2.0), CornerRadius::same(8), ring, StrokeKind::Inside);
    }
}

/// A square button that is only an icon; `name` is its tooltip and its name for screen readers.
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str, on: bool) -> Response {
    let t = theme::of(ui);
    let enabled = ui.is_enabled();
    let (rect, response) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if ui.is_rect_visible(rect) {
        let (mut fill, border, mut ink) = colours(&t, Rank::Ghost, &response, enabled);
        if on {
            (fill, ink) = (t.accent_soft, t.accent);
        }
        frame(ui, rect, fill, border, &response);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, theme::icon(17.0), ink);
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    response.on_hover_text(name).on_disabled_hover_text(name)
}

/// A text that is a link to something inside the window.
pub fn link(ui: &mut Ui, label: &str) -> Response {
    let t = theme::of(ui);
    let text = ui.painter().layout_no_wrap(label.to_owned(), theme::medium(13.0), t.accent);
    let (rect, response) = ui.allocate_exact_size(text.size(), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Link, enabled, label));
    let ink = if response.hovered() { t.accent_hover } else { t.accent };
    ui.painter().galley_with_override_text_color(rect.min, text, ink);
    if response.hovered() || response.has_focus() {
        ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, Stroke::new(1.0, ink));
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// One of several choices side by side; true when the choice changed.
pub fn tabs<T: PartialEq + Copy>(ui: &mut Ui, chosen: &mut T, all: &[(T, String)]) -> bool {
    let t = theme::of(ui);
    let mut changed = false;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (value, label) in all {
            let on = value == chosen;
            let font = theme::medium(13.0);
            let ink = if on { t.text } else { t.text_dim };
            let text = ui.painter().layout_no_wrap(label.clone(), font, ink);
            let (rect, response) =
                ui.allocate_exact_size(vec2(text.size().x + 20.0, 28.0), Sense::click());
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, label));
            let fill = match (on, response.hovered()) {
                (true, _) => t.accent_soft,
                (false, true) => t.hover,
                (false, false) => Color32::TRANSPARENT,
            };
            let border = if on { t.accent.gamma_multiply(0.5) } else { Color32::TRANSPARENT };
            frame(ui, rect, fill, border, &response);
            let at = rect.center() - text.size() / 2.0;
            ui.painter().galley(at, text, ink);
            if response.on_hover_cursor(CursorIcon::PointingHand).clicked() && !on {
                *chosen = *value;
                changed = true;
            }
        }
    });
    changed
}

/// A switch; true when it was turned.
pub fn switch(ui: &mut Ui, on: bool, name: &str) -> bool {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 18.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Switch, true, on, name));
    let how = ui.ctx().animate_bool_responsive(response.id, on);
    let fill = t.hairline_strong.lerp_to_gamma(t.accent, how);
    ui.painter().rect_filled(rect, CornerRadius::same(9), fill);
    let x = egui::lerp(rect.left() + 9.0..=rect.right() - 9.0, how);
    let knob = if on { t.on_accent } else { t.raised };
    ui.painter().circle_filled(egui::pos2(x, rect.center().y), 6.5, knob);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name).clicked()
}
