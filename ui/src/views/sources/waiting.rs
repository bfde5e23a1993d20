//! The files of a project while they are being loaded for the first time: which are in, which is
//! being read, which wait.

use crate::context::Context;
use crate::icons;
use crate::theme;
use crate::widgets::fit;
use egui::accesskit::Role;
use egui::{Align2, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use kith_model::Stage;
use kith_model::source::Source;

/// Draws the list.
pub fn show(ui: &mut Ui, cx: &Context<'_>, sources: &[Source]) {
    let t = theme::of(ui);
    let doing = cx.data.job_of(Stage::Sources).map_or("", |job| job.doing.as_str());
    let now = sources.iter().position(|s| doing.contains(&s.title));
    ui.spacing_mut().item_spacing.y = 0.0;
    for (at, source) in sources.iter().enumerate() {
        let (icon, word, ink) = match now {
            Some(now) if at < now => (icons::GOOD, "read", t.ok),
            Some(now) if at == now => (icons::PLAY, "reading…", t.accent),
            _ => (icons::FILE, "waits", t.text_faint),
        };
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
        let said = format!("{}: {word}", source.title);
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &said));
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.hairline));
        let y = rect.center().y;
        let middle = Align2::CENTER_CENTER;
        ui.painter().text(pos2(rect.left() + 16.0, y), middle, icon, theme::icon(15.0), ink);
        let at = pos2(rect.right() - 8.0, y);
        let end = ui.painter().text(at, Align2::RIGHT_CENTER, word, theme::body(12.0), ink);
        let at = pos2(rect.left() + 32.0, y);
        fit(ui, at, end.left() - 12.0, &source.title, theme::medium(13.0), t.text);
    }
}
