//! The history: every change and every computation, newest first.

use super::inspector::bar;
use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::{Say, format, icon_button};
use egui::{Margin, ScrollArea, Ui};
use kith_api::HistoryEntry;

/// Draws it.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>) {
    bar(ui, "History", |ui| {
        if icon_button(ui, icons::CLOSE, "Close the history · Esc", false).clicked() {
            cx.push(Action::History);
        }
    });
    let Some(history) = cx.data.history.read() else { return };
    ScrollArea::vertical()
        .id_salt("history")
        .auto_shrink([false, false])
        .content_margin(Margin { left: 16, right: 16, top: 4, bottom: 16 })
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            if history.entries.is_empty() {
                ui.dim(
                    "Nothing has been changed yet. Every change is listed here and can be undone",
                );
            }
            for entry in history.entries.iter().rev().take(500) {
                line(ui, entry);
            }
        });
}

fn line(ui: &mut Ui, entry: &HistoryEntry) {
    let t = theme::of(ui);
    let response = ui.horizontal_top(|ui| {
        ui.set_width(ui.available_width());
        if !entry.applied {
            ui.multiply_opacity(0.45);
        }
        let (icon, ink) =
            if entry.run { (icons::PLAY, t.text_faint) } else { (icons::EDIT, t.accent) };
        ui.icon(icon, 14.0, ink);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let font = if entry.run { theme::body(13.0) } else { theme::medium(13.0) };
            ui.say(entry.title.clone(), font, t.text);
            let stages: Vec<&str> = entry.stages.iter().map(|s| s.title()).collect();
            let mut note = format::moment(&entry.at);
            if !entry.applied {
                note.push_str(" · undone");
            }
            if !stages.is_empty() {
                note = format!("{note} · {}", stages.join(", "));
            }
            ui.faint(note);
        });
    });
    response.response.on_hover_text(format!("Change {} at {}", entry.seq, entry.at));
    ui.add_space(4.0);
}
