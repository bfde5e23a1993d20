//! Rows that can be chosen: one look for chosen, hovered and plain.

use crate::theme;
use egui::accesskit::Role;
use egui::{Color32, CornerRadius, Rect, Response, Sense, Stroke, Ui, WidgetInfo, vec2};

/// Paints what lies behind a choosable place and returns its colour.
pub fn backdrop(ui: &Ui, rect: Rect, radius: u8, here: bool, response: &Response) -> Color32 {
    let t = theme::of(ui);
    let fill = match (here, response.hovered()) {
        (true, _) => t.accent_soft,
        (false, true) => t.hover,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(radius), fill);
    fill
}

/// A table's row over the whole width with a hairline below, `height` in points; `said` is what a
/// screen reader says of it.
pub fn row(ui: &mut Ui, height: f32, here: bool, said: &str) -> (Rect, Response) {
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, here, said));
    backdrop(ui, rect, 4, here, &response);
    let line = Stroke::new(1.0, theme::of(ui).hairline);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, line);
    (rect, response)
}
