//! What is remembered of accepted links, below the list of sources.

use crate::context::{Action, Context};
use crate::widgets::button::{link, switch};
use crate::widgets::{Say, format};
use egui::{Align, Layout, Ui};

/// Height of it, in points.
pub const HEIGHT: f32 = 52.0;

const ABOUT: &str = "Links you accept are suggested for the same headers in your other projects \
                     on this computer";

/// Draws the switch, and the way to forget.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>) {
    let Some(now) = cx.data.remembering.read().copied() else { return };
    ui.add_space(8.0);
    ui.scope(|ui| {
        ui.horizontal(|ui| {
            ui.set_height(18.0);
            ui.faint("Remember links").on_hover_text(ABOUT);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if switch(ui, now.on, "Remember accepted links") {
                    cx.push(Action::Remember(!now.on));
                }
            });
        });
        if now.links > 0 {
            let what = format!("Forget {}", format::plural(now.links, "header", "headers"));
            let forget = link(ui, &what);
            if forget.on_hover_text("Cannot be undone; mappings stay as they are").clicked() {
                cx.push(Action::ForgetLinks);
            }
        }
    });
}
