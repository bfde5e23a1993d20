//! What stands over a table: find, how many rows, conditions, columns, copy.

use super::{COPY_ROWS, Grid, PAGE_ROWS, filter};
use crate::context::Context;
use crate::icons;
use crate::theme;
use crate::widgets::{Say, format, icon_button};
use egui::{
    Align, Key, KeyboardShortcut, Layout, Modifiers, Popup, PopupCloseBehavior, ScrollArea,
    TextEdit, Ui, vec2,
};

/// Seconds typing must pause before the engine is asked: a search reads the whole table.
const PAUSE: f64 = 0.25;

impl Grid {
    pub(super) fn tools(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            self.find(ui, cx);
            let rows = format::plural(self.total, "row", "rows");
            let rows = if self.total < self.all {
                format!("{rows} of {}", format::count(self.all))
            } else {
                rows
            };
            ui.say(rows, theme::mono(12.0), t.text_dim);
            if self.speed.abs() > PAGE_ROWS as f64 {
                ui.faint("scrolling…");
            } else if self.copying {
                ui.faint("copying…");
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.buttons(ui));
        });
        if !self.filters.is_empty() {
            self.chips(ui);
        }
    }

    fn find(&mut self, ui: &mut Ui, cx: &Context<'_>) {
        let t = theme::of(ui);
        let asked = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);
        self.find.wants_keys |= ui.input_mut(|i| i.consume_shortcut(&asked));
        let field = TextEdit::singleline(&mut self.find.typed)
            .id_salt("find in table")
            .hint_text("Find in every column")
            .prefix(egui::RichText::new(icons::SEARCH).color(t.text_faint))
            .desired_width(220.0)
            .margin(egui::Margin::symmetric(8, 5));
        let response = ui.add(field).on_hover_text("Find in every column · Ctrl+F");
        if std::mem::take(&mut self.find.wants_keys) {
            response.request_focus();
        }
        let now = ui.input(|i| i.time);
        if response.changed() {
            self.find.since = now;
        }
        let wanted = self.find.typed.trim();
        if wanted != self.find.applied {
            let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            if entered || wanted.is_empty() || now - self.find.since >= PAUSE {
                self.find.applied = wanted.to_owned();
                self.top = 0.0;
                self.learn(cx, 0);
            } else {
                ui.ctx().request_repaint_after_secs(PAUSE as f32);
            }
        }
    }

    fn buttons(&mut self, ui: &mut Ui) {
        let name =
            format!("Copy selected cells, at most {} rows · Ctrl+C", format::count(COPY_ROWS));
        ui.add_enabled_ui(self.cursor.is_some(), |ui| {
            if icon_button(ui, icons::COPY, &name, false).clicked() {
                self.copying = true;
            }
        });
        self.chooser(ui);
        let name = "A filter for each column · F in the table";
        if icon_button(ui, icons::FILTER, name, self.filter_row).clicked() {
            self.filter_row = !self.filter_row;
        }
        if self.order.is_some()
            && icon_button(ui, icons::RESET, "Back to the table's own order", false).clicked()
        {
            self.order = None;
        }
    }

    /// Which columns are shown.
    fn chooser(&mut self, ui: &mut Ui) {
        let hidden = !self.hidden.is_empty();
        let response = icon_button(ui, icons::COLUMNS, "Choose columns", hidden);
        let menu = Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        menu.accessible_name("Columns").show(|ui| {
            ui.set_min_width(200.0);
            ui.horizontal(|ui| {
                let shown = self.columns.len() - self.hidden.len();
                ui.faint(format!("{shown} of {} shown", self.columns.len()));
                if hidden && crate::widgets::button::link(ui, "Show all").clicked() {
                    self.hidden.clear();
                }
            });
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for column in 0..self.columns.len() {
                    let name = self.columns[column].name.clone();
                    let mut on = !self.hidden.contains(&name);
                    if ui.checkbox(&mut on, &name).changed() {
                        if on {
                            self.hidden.remove(&name);
                        } else {
                            self.hide(column);
                        }
                    }
                }
            });
        });
    }

    /// Every condition in words, each to be taken away.
    fn chips(&mut self, ui: &mut Ui) {
        let t = theme::of(ui);
        let mut gone = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
            for filter in &self.filters {
                let words = format!("{}  {}", filter.column, filter::said(&filter.test));
                let text =
                    egui::RichText::new(format!("{} {}", format::cut(&words, 60), icons::CLOSE))
                        .font(theme::medium(12.0))
                        .color(t.accent);
                let chip = egui::Button::new(text).fill(t.accent_soft).corner_radius(4);
                let name = format!("Take the filter away: {words}");
                let response = ui.add(chip.min_size(vec2(0.0, 22.0)));
                response.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name)
                });
                if response.on_hover_text(&name).clicked() {
                    gone = Some(filter.column.clone());
                }
            }
            if self.filters.len() > 1 && crate::widgets::button::link(ui, "Clear all").clicked() {
                self.filters.clear();
                self.typed.clear();
                self.top = 0.0;
            }
        });
        if let Some(column) = gone {
            self.typed.remove(&column);
            self.set_test(&column, None);
        }
    }
}
