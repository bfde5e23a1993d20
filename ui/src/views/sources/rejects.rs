//! Refused rows: where each stands, why it was refused, and a place to put it right.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::grid::Grid;
use crate::widgets::{Rank, Say, button, format};
use egui::{Rect, ScrollArea, TextEdit, Ui, UiBuilder, pos2, vec2};
use kith_api::TableRef;
use kith_model::repair::{Repair, RowCheck};
use kith_model::source::SourceSummary;
use kith_model::{Command, SourceId, Stage};

/// Height of the drawer under the table.
const DRAWER: f32 = 190.0;

/// The refused rows and the one being edited.
#[derive(Default)]
pub struct Rejects {
    grid: Grid,
    edit: Option<Edit>,
}

/// A refused row and what the user makes of it.
struct Edit {
    source: SourceId,
    line: u64,
    byte: Option<u64>,
    reason: String,
    was: String,
    text: String,
}

impl Rejects {
    /// Draws the table and, once a row is chosen, the drawer.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, source: &SourceSummary) {
        files(ui, cx, source);
        self.repaired(ui, cx, source);
        if source.rejected == 0 {
            ui.add_space(8.0);
            ui.dim("Every row of this file was loaded");
            return;
        }
        let table = TableRef::Rejects { id: source.id.clone() };
        let whole = ui.available_rect_before_wrap();
        let open = self.edit.as_ref().is_some_and(|edit| edit.source == source.id);
        let split = whole.bottom() - if open { DRAWER + 8.0 } else { 0.0 };
        let upper = Rect::from_min_max(whole.min, pos2(whole.right(), split));
        ui.scope_builder(UiBuilder::new().id_salt("refused").max_rect(upper), |ui| {
            self.grid.show(ui, cx, &table, &[]);
        });
        self.choose(cx, &source.id);
        if open && let Some(edit) = &mut self.edit {
            let lower = Rect::from_min_max(pos2(whole.left(), split + 8.0), whole.max);
            ui.scope_builder(UiBuilder::new().id_salt("drawer").max_rect(lower), |ui| {
                drawer(ui, cx, edit);
            });
        }
        ui.advance_cursor_after_rect(whole);
    }

    /// The row under the table's cursor, unless it is being edited already.
    fn choose(&mut self, cx: &Context<'_>, source: &SourceId) {
        let Some(row) = self.grid.chosen(cx) else { return };
        let [line, byte, _, reason, raw] = row.as_slice() else { return };
        let number = |cell: &Option<String>| cell.as_deref().and_then(|text| text.parse().ok());
        let Some(line) = number(line) else { return };
        if self.edit.as_ref().is_some_and(|e| &e.source == source && e.line == line) {
            return;
        }
        let was = raw.clone().unwrap_or_default();
        self.edit = Some(Edit {
            source: source.clone(),
            line,
            byte: number(byte),
            reason: reason.clone().unwrap_or_default(),
            text: was.clone(),
            was,
        });
    }

    /// Rows put right so far, each edit to be taken back.
    fn repaired(&mut self, ui: &mut Ui, cx: &mut Context<'_>, source: &SourceSummary) {
        let document = cx.data.document.read();
        let repairs = document.map_or(&[][..], |d| d.repairs_of(&source.id));
        if repairs.is_empty() {
            return;
        }
        let mut back = None;
        ui.horizontal_wrapped(|ui| {
            let edited = format::plural(repairs.len() as u64, "row edited", "rows edited");
            ui.words(format!("{edited}, {} loaded", format::count(source.repaired)));
            for repair in repairs.iter().take(8) {
                let name = format!("Take back line {}", format::count(repair.line));
                if crate::widgets::button::link(ui, &name).clicked() {
                    back = Some(repair.line);
                }
            }
        });
        if let Some(line) = back {
            self.edit = None;
            let command = Command::ForgetRepair { source: source.id.clone(), line };
            cx.push(Action::ApplyAndRun(command, Stage::Sources));
        }
    }
}

/// Refused rows as a file for people, and back.
fn files(ui: &mut Ui, cx: &mut Context<'_>, source: &SourceSummary) {
    ui.horizontal(|ui| {
        ui.add_enabled_ui(source.rejected > 0, |ui| {
            let about = "Write the refused rows as CSV: line, byte, column, reason, row";
            let response = button(ui, Rank::Plain, Some(icons::EXPORT), "Export…");
            if response.on_hover_text(about).clicked() {
                cx.push(Action::ExportRejects(source.id.clone()));
            }
            let about = "Take an exported file back: every row edited there is loaded";
            let response = button(ui, Rank::Plain, Some(icons::ADD), "Bring back…");
            if response.on_hover_text(about).clicked() {
                cx.push(Action::RepairFrom(source.id.clone()));
            }
        });
    });
}

fn drawer(ui: &mut Ui, cx: &mut Context<'_>, edit: &mut Edit) {
    let t = theme::of(ui);
    egui::Frame::new().fill(t.surface).corner_radius(6).inner_margin(12).show(ui, |ui| {
        ui.set_min_size(vec2(ui.available_width(), DRAWER - 24.0));
        let check = cx.data.row_checks.read(&(edit.source.clone(), edit.text.clone()));
        ui.horizontal(|ui| {
            ui.head(&format!("Line {}", format::count(edit.line)));
            if let Some(byte) = edit.byte {
                ui.faint(format!("byte {}", format::count(byte)));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let good = check.is_some_and(|check| check.refused.is_none());
                ui.add_enabled_ui(good && edit.text != edit.was, |ui| {
                    if button(ui, Rank::Primary, Some(icons::CHECK), "Load this row").clicked() {
                        let (was, text) = (edit.was.clone(), edit.text.clone());
                        let repair = Repair { line: edit.line, was, text };
                        let source = edit.source.clone();
                        let command = Command::RepairRow { source, repair };
                        cx.push(Action::ApplyAndRun(command, Stage::Sources));
                    }
                });
                ui.say(edit.reason.clone(), theme::body(13.0), t.warn).on_hover_text(&edit.reason);
            });
        });
        let field = TextEdit::multiline(&mut edit.text)
            .id_salt("refused row")
            .font(theme::mono(12.0))
            .desired_rows(2)
            .desired_width(f32::INFINITY)
            .margin(egui::Margin::symmetric(8, 6));
        let response = ui.add(field);
        response.widget_info(|| {
            let name = format!("Row of line {}", edit.line);
            egui::WidgetInfo::labeled(egui::accesskit::Role::MultilineTextInput, true, name)
        });
        match check {
            Some(check) => outcome(ui, check),
            None => {
                ui.faint("Reading…");
            }
        }
    });
}

/// What the edited row would become, or why it would be refused again.
fn outcome(ui: &mut Ui, check: &RowCheck) {
    let t = theme::of(ui);
    if let Some(reason) = &check.refused {
        ui.horizontal(|ui| {
            ui.icon(icons::BAD, 15.0, t.error);
            ui.say(reason.clone(), theme::body(13.0), t.error).on_hover_text(reason);
        });
    } else {
        ui.horizontal(|ui| {
            ui.icon(icons::GOOD, 15.0, t.ok);
            ui.words("It would be loaded so");
        });
    }
    ScrollArea::horizontal().id_salt("fields").auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            for at in 0..check.names.len().max(check.fields.len()) {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let over = at >= check.names.len() && !check.names.is_empty();
                    let name = check.names.get(at).map_or("–", String::as_str);
                    let label = |text: &str, font, color| {
                        let text =
                            egui::RichText::new(format::cut(text, 32)).font(font).color(color);
                        egui::Label::new(text).extend()
                    };
                    let ink = if over { t.error } else { t.text_faint };
                    ui.add(label(name, theme::body(12.0), ink));
                    let value = check.fields.get(at).and_then(Option::as_deref).unwrap_or("∅");
                    ui.add(label(value, theme::mono(12.0), if over { t.error } else { t.text }));
                });
            }
        });
    });
}
