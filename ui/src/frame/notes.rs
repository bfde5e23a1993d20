//! Notes: what belongs to no page, at the bottom right, until put away.

use crate::context::{Action, Context};
use crate::icons;
use crate::session::Note;
use crate::theme;
use crate::widgets::{Say, icon_button};
use egui::{Area, Frame, Id, Margin, Order, Rect, Stroke, Ui, pos2};

/// Draws them.
pub fn show(ui: &Ui, cx: &mut Context<'_>, notes: &[Note], whole: Rect) {
    if notes.is_empty() {
        return;
    }
    let t = theme::of(ui);
    Area::new(Id::unique("notes"))
        .order(Order::Foreground)
        .pivot(egui::Align2::RIGHT_BOTTOM)
        .fixed_pos(pos2(whole.right() - 16.0, whole.bottom() - 40.0))
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            for note in notes.iter().rev().take(4).rev() {
                let ink = if note.error.is_some() { t.error } else { t.ok };
                Frame::new()
                    .fill(t.raised)
                    .stroke(Stroke::new(1.0, ink.gamma_multiply(0.6)))
                    .corner_radius(6.0)
                    .inner_margin(Margin::symmetric(12, 10))
                    .shadow(ui.visuals().popup_shadow)
                    .show(ui, |ui| body(ui, cx, note, ink));
            }
        });
}

fn body(ui: &mut Ui, cx: &mut Context<'_>, note: &Note, ink: egui::Color32) {
    let t = theme::of(ui);
    ui.set_width(380.0);
    ui.horizontal_top(|ui| {
        let icon = if note.error.is_some() { icons::ERROR } else { icons::GOOD };
        ui.icon(icon, 16.0, ink);
        ui.vertical(|ui| {
            ui.set_width(316.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            let text = note.error.as_ref().map_or(&note.text, |e| &e.message);
            let rich = egui::RichText::new(text).font(theme::medium(13.0)).color(t.text);
            ui.add(egui::Label::new(rich).wrap());
            if let Some(error) = &note.error {
                if let Some(place) = &error.place {
                    ui.say(place.clone(), theme::mono(12.0), t.text_dim);
                }
                if let Some(hint) = &error.hint {
                    ui.dim(hint.clone());
                }
                for broken in &error.broken {
                    ui.dim(format!("{}: {}", broken.setting, broken.message));
                }
            }
        });
        if icon_button(ui, icons::CLOSE, "Put away", false).clicked() {
            cx.push(Action::Dismiss(note.id));
        }
    });
}
