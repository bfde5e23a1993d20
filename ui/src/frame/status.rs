//! The status bar: rows in = loaded + rejected, what is saved, disk, versions.

use crate::context::{Action, Context};
use crate::route::Route;
use crate::theme;
use crate::widgets::{Say, format};
use egui::{Align, Layout, Sense, Ui, UiBuilder, vec2};
use kith_model::Stage;

/// Draws it.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>) {
    let t = theme::of(ui);
    let rect = ui.max_rect().shrink2(vec2(12.0, 0.0));
    let Some(overview) = cx.data.overview.peek() else { return };
    let (rows_in, loaded, rejected) = (overview.rows_in, overview.loaded, overview.rejected);
    let (seq, disk) = (overview.seq, overview.disk_bytes);
    let mut open_rejects = false;
    let left = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(left, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mono = theme::mono(12.0);
        ui.faint("rows in");
        ui.say(format::count(rows_in), mono.clone(), t.text_dim);
        ui.faint("= loaded");
        ui.say(format::count(loaded), mono.clone(), t.text_dim);
        ui.faint("+ rejected");
        let ink = if rejected > 0 { t.warn } else { t.text_dim };
        let number = ui.say(format::count(rejected), mono, ink).interact(Sense::click());
        open_rejects = number.on_hover_text("Open Sources to see each with its reason").clicked();
        if rows_in != loaded + rejected {
            ui.say("the sum does not hold", theme::medium(12.0), t.error);
        }
    });
    let right = UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(right, |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        if let Some(able) = cx.data.capabilities.read() {
            let about = format!("DuckDB {} · {} threads", able.duckdb, able.threads);
            ui.faint(format!("Kith {}", able.version)).on_hover_text(about);
            ui.faint("·");
        }
        ui.faint(format::bytes(disk)).on_hover_text("Size of the project on disk");
        ui.faint("·");
        let about = "Every change is on disk before it is acknowledged";
        ui.faint(format!("saved · change {}", format::count(seq))).on_hover_text(about);
    });
    if open_rejects {
        cx.push(Action::Go(Route::Stage(Stage::Sources)));
    }
}
