//! Columns of given widths, and pages that scroll.

use crate::theme::GUTTER;
use egui::{Layout, Margin, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

/// Side by side: widths above 1 are points, up to 1 are shares of what is left.
pub fn columns<const N: usize, R>(
    ui: &mut Ui,
    widths: [f32; N],
    add: impl FnOnce(&mut [Ui; N]) -> R,
) -> R {
    const GAP: f32 = 16.0;
    let whole = ui.available_rect_before_wrap();
    let fixed: f32 = widths.iter().filter(|w| **w > 1.0).sum();
    let shares: f32 = widths.iter().filter(|w| **w <= 1.0).sum();
    let free = (whole.width() - fixed - GAP * (N as f32 - 1.0)).max(0.0);
    let mut x = whole.left();
    let mut parts: [Ui; N] = std::array::from_fn(|i| {
        let width = if widths[i] > 1.0 { widths[i] } else { free * widths[i] / shares };
        let rect = Rect::from_min_size(pos2(x, whole.top()), vec2(width.floor(), whole.height()));
        x += width.floor() + GAP;
        ui.new_child(
            UiBuilder::new()
                .id_salt(("column", i))
                .max_rect(rect)
                .layout(Layout::top_down(egui::Align::LEFT)),
        )
    });
    let result = add(&mut parts);
    let bottom = parts.iter().map(|p| p.min_rect().bottom()).fold(whole.top(), f32::max);
    ui.advance_cursor_after_rect(Rect::from_min_max(whole.min, pos2(whole.right(), bottom)));
    result
}

/// The scrolling part of a page, with the page's margins.
pub fn scroll<R>(ui: &mut Ui, salt: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ScrollArea::vertical()
        .id_salt(salt)
        .auto_shrink([false, false])
        .content_margin(Margin { left: GUTTER as i8, right: GUTTER as i8, top: 0, bottom: 24 })
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 16.0;
            add(ui)
        })
        .inner
}

/// Page margins without scrolling: the contents fill what is left.
pub fn fill<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut rect = ui.available_rect_before_wrap();
    rect.min.x += GUTTER;
    rect.max.x -= GUTTER;
    rect.max.y -= 16.0;
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.spacing_mut().item_spacing.y = 12.0;
        add(ui)
    })
    .inner
}
