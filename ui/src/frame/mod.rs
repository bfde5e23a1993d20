//! The frame around every page: top bar, rail, inspector, status bar, and what floats above.

mod history;
mod inspector;
mod keys;
mod notes;
mod palette;
mod rail;
mod status;
mod top;

pub use keys::{dropped_files, shortcuts};
pub use top::logo;

use crate::context::Context;
use crate::route::Route;
use crate::session::Note;
use crate::theme::{self, BAR, RAIL, RAIL_FOLDED, SIDE, STATUS, ThemeChoice};
use crate::views::Views;
use egui::{Area, CornerRadius, Id, Order, Rect, Sense, Stroke, Ui, UiBuilder, pos2};
use palette::Palette;

/// What the frame remembers between frames.
pub struct Shell {
    /// The page.
    pub route: Route,
    /// Theme in force.
    pub theme: ThemeChoice,
    /// The rail shows icons only.
    pub folded: bool,
    /// The inspector is open.
    pub inspector: bool,
    /// The history stands in the inspector's place.
    pub history: bool,
    /// The key sheet is open.
    pub sheet: bool,
    palette: Option<Palette>,
}

impl Shell {
    /// A new window.
    pub fn new(theme: ThemeChoice) -> Self {
        Self {
            route: Route::Welcome,
            theme,
            folded: false,
            inspector: true,
            history: false,
            sheet: false,
            palette: None,
        }
    }

    /// Goes to a page.
    pub fn go(&mut self, route: Route) {
        self.route = route;
        self.palette = None;
    }

    /// Opens or closes the palette.
    pub fn toggle_palette(&mut self) {
        self.palette = if self.palette.is_some() { None } else { Some(Palette::default()) };
    }

    /// Something floats above the page and takes the keys.
    pub fn is_covered(&self) -> bool {
        self.palette.is_some() || self.sheet
    }
}

/// Draws the whole window.
pub fn show(
    ui: &mut Ui,
    shell: &mut Shell,
    cx: &mut Context<'_>,
    views: &mut Views,
    notes: &[Note],
) {
    let whole = ui.ctx().content_rect();
    let t = theme::of(ui);
    ui.painter().rect_filled(whole, CornerRadius::ZERO, t.canvas);
    if shell.route == Route::Welcome || cx.data.overview.peek().is_some_and(|o| o.project.is_none())
    {
        region(ui, "welcome", whole, |ui| crate::views::welcome::show(ui, cx, shell.theme));
    } else {
        workbench(ui, whole, shell, cx, views);
    }
    notes::show(ui, cx, notes, whole);
    if let Some(palette) = &mut shell.palette
        && palette.show(ui.ctx(), cx)
    {
        shell.palette = None;
    }
    if shell.sheet {
        shell.sheet = keys::sheet(ui.ctx());
    }
}

fn workbench(ui: &mut Ui, whole: Rect, shell: &mut Shell, cx: &mut Context<'_>, views: &mut Views) {
    let t = theme::of(ui);
    let line = Stroke::new(1.0, t.hairline);
    let top = Rect::from_min_max(whole.min, pos2(whole.right(), whole.top() + BAR));
    let bottom = Rect::from_min_max(pos2(whole.left(), whole.bottom() - STATUS), whole.max);
    let middle = Rect::from_min_max(top.left_bottom(), bottom.right_top());
    let wanted = shell.inspector || shell.history;
    let (folded, open) = room(whole.width(), wanted);
    let rail_width = if shell.folded || folded { RAIL_FOLDED } else { RAIL };
    let rail = Rect::from_min_max(middle.min, pos2(middle.left() + rail_width, middle.bottom()));
    let side_width = if open { SIDE } else { 0.0 };
    let split = middle.right() - side_width;
    let side = Rect::from_min_max(pos2(split, middle.top()), middle.max);
    let page = Rect::from_min_max(pos2(rail.right(), middle.top()), pos2(split, middle.bottom()));
    for rect in [top, rail, bottom] {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.surface);
    }
    region(ui, "top", top, |ui| top::show(ui, shell, cx));
    region(ui, "rail", rail, |ui| rail::show(ui, shell, cx, rail_width < RAIL));
    region(ui, "status", bottom, |ui| status::show(ui, cx));
    if open {
        beside(ui, side, shell, cx, views);
    }
    if let Route::Stage(stage) = shell.route {
        region(ui, stage.key(), page, |ui| views.show(ui, cx, stage));
    }
    ui.painter().hline(whole.x_range(), top.bottom() - 0.5, line);
    ui.painter().hline(whole.x_range(), bottom.top() + 0.5, line);
    ui.painter().vline(rail.right() - 0.5, middle.y_range(), line);
    if open {
        ui.painter().vline(side.left() + 0.5, middle.y_range(), line);
    } else if shell.history || (shell.inspector && cx.selection.person.is_some()) {
        // What was asked for is shown where it has no room of its own, too: over the page.
        let side = Rect::from_min_max(pos2(middle.right() - SIDE, middle.top()), middle.max);
        let area = Area::new(Id::unique("side over the page")).order(Order::Middle);
        area.fixed_pos(side.min).show(ui.ctx(), |ui| {
            ui.allocate_rect(side, Sense::click_and_drag());
            beside(ui, side, shell, cx, views);
            ui.painter().vline(side.left() + 0.5, side.y_range(), line);
        });
    }
}

/// What is selected, or the history.
fn beside(ui: &mut Ui, side: Rect, shell: &Shell, cx: &mut Context<'_>, views: &mut Views) {
    ui.painter().rect_filled(side, CornerRadius::ZERO, theme::of(ui).surface);
    region(ui, "side", side, |ui| {
        if shell.history {
            history::show(ui, cx);
        } else {
            inspector::show(ui, cx, shell.route, views);
        }
    });
}

/// Points a page needs for its columns.
const PAGE: f32 = 860.0;

/// Whether the rail folds by itself, and whether what is at the side is shown. The page comes
/// first: a narrow window folds the rail, a narrower one leaves the side out.
fn room(width: f32, wanted: bool) -> (bool, bool) {
    let side = if wanted { SIDE } else { 0.0 };
    if width - RAIL - side >= PAGE {
        (false, wanted)
    } else if width - RAIL_FOLDED - side >= PAGE {
        (true, wanted)
    } else {
        (width - RAIL < PAGE, false)
    }
}

fn region(ui: &mut Ui, name: &str, rect: Rect, add: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().id_salt(name).max_rect(rect), |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        add(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_keeps_its_room_as_the_window_narrows() {
        assert_eq!(room(1440.0, true), (false, true));
        assert_eq!(room(1280.0, true), (true, true));
        assert_eq!(room(1200.0, true), (false, false));
        assert_eq!(room(960.0, true), (true, false));
        assert_eq!(room(1200.0, false), (false, false));
    }
}
