//! Bars: histograms, shares, sparklines. All begin at zero.

use super::fit;
use super::format;
use crate::theme::{self, Tokens};
use egui::accesskit::Role;
use egui::{
    Align2, Color32, CornerRadius, Painter, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};

/// Paints counts as touching bars with a hairline below.
pub fn paint_histogram(painter: &Painter, rect: Rect, counts: &[u64], color: Color32) {
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let step = rect.width() / counts.len() as f32;
    for (i, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let height = (*n as f32 / most as f32 * rect.height()).max(1.0);
        let x = rect.left() + i as f32 * step;
        let right = (x + step - if step > 3.0 { 1.0 } else { 0.0 }).max(x + 0.5);
        let bar = Rect::from_min_max(pos2(x, rect.bottom() - height), pos2(right, rect.bottom()));
        painter.rect_filled(bar, CornerRadius::ZERO, color);
    }
}

/// A histogram the size of a word; `name` says what it shows.
pub fn mini(ui: &mut Ui, width: f32, counts: &[u64], name: &str) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsSymbol, true, name));
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, t.hairline));
    paint_histogram(ui.painter(), rect, counts, t.text_faint);
    response
}

/// A share of a whole as a bar with its number inside the row.
pub fn share(ui: &mut Ui, width: f32, share: f64, color: Color32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::same(2), t.sunken);
    let mut bar = rect;
    bar.set_width((rect.width() * share.clamp(0.0, 1.0) as f32).max(1.0));
    ui.painter().rect_filled(bar, CornerRadius::same(2), color);
    response
}

/// A sparkline over positions `0..=1`.
pub fn spark(ui: &mut Ui, width: f32, points: &[(f32, u64)], name: &str) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::GraphicsSymbol, true, name));
    let most = points.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1) as f32;
    let stroke = Stroke::new((width / 90.0).clamp(1.0, 3.0), t.accent);
    for (x, n) in points {
        let x = egui::lerp(rect.left()..=rect.right() - 1.0, *x);
        let top = rect.bottom() - (*n as f32 / most * rect.height()).max(1.0);
        ui.painter().vline(x, top..=rect.bottom(), stroke);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, t.hairline));
    response
}

/// One bar of a signed list: name, bar from the middle, number.
pub struct Signed<'a> {
    /// At the left.
    pub name: &'a str,
    /// Its length and sign.
    pub value: f64,
    /// On hover.
    pub about: String,
}

/// A list of signed bars on one scale, zero in the middle.
pub fn signed(ui: &mut Ui, bars: &[Signed<'_>]) {
    let t = theme::of(ui);
    let most = bars.iter().map(|b| b.value.abs()).fold(1e-9, f64::max) as f32;
    ui.spacing_mut().item_spacing.y = 2.0;
    for bar in bars {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
        let label = format!("{} {}", bar.name, format::signed(bar.value));
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &label));
        if response.hovered() {
            ui.painter().rect_filled(rect, CornerRadius::same(4), t.hover);
        }
        let names = (rect.width() * 0.42).min(220.0);
        label_left(ui, rect, names, bar.name, &t);
        let field = Rect::from_min_max(
            pos2(rect.left() + names, rect.top() + 5.0),
            pos2(rect.right() - 56.0, rect.bottom() - 5.0),
        );
        ui.painter().vline(field.center().x, rect.y_range(), Stroke::new(1.0, t.hairline_strong));
        let reach = bar.value as f32 / most * field.width() / 2.0;
        let end = field.center().x + reach;
        let (from, to) = (end.min(field.center().x), end.max(field.center().x));
        let color = if bar.value < 0.0 { t.below } else { t.above };
        let body = Rect::from_x_y_ranges(from..=to.max(from + 1.0), field.y_range());
        ui.painter().rect_filled(body, CornerRadius::same(1), color);
        number_right(ui, rect, &format::signed(bar.value), &t);
        response.on_hover_text(&bar.about);
    }
}

fn label_left(ui: &Ui, rect: Rect, width: f32, text: &str, t: &Tokens) {
    let at = pos2(rect.left() + 4.0, rect.center().y);
    fit(ui, at, rect.left() + width - 8.0, text, theme::body(13.0), t.text);
}

fn number_right(ui: &Ui, rect: Rect, text: &str, t: &Tokens) {
    let at = pos2(rect.right() - 4.0, rect.center().y);
    ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text);
}
