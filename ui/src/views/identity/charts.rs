//! The charts of matching, each with its exports.

use crate::context::Context;
use crate::widgets::{Say, card, chart, layout, stage};
use egui::Ui;
use kith_model::Stage;

/// Draws them in two columns, the shorter one next, and below them those that take the width of
/// both.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>) {
    if let Some(error) = cx.data.identity_charts.error() {
        card::failure(ui, error);
    }
    let Some(charts) = cx.data.identity_charts.read() else {
        ui.faint("Drawing charts…");
        return;
    };
    // Those of training stand on a page of their own.
    let shown = || charts.iter().filter(|c| !c.name.starts_with("training"));
    egui::ScrollArea::vertical().id_salt("charts").auto_shrink([false, false]).show(ui, |ui| {
        stage::dim_when_old(ui, cx, Stage::Identity);
        layout::columns(ui, [0.5, 0.5], |columns| {
            let mut filled = [0.0_f32; 2];
            for chart in shown().filter(|c| c.beside.is_none()) {
                let side = usize::from(filled[1] < filled[0]);
                filled[side] += chart::height(chart);
                columns[side].spacing_mut().item_spacing.y = 16.0;
                chart::show(&mut columns[side], cx, chart);
            }
        });
        for chart in shown().filter(|c| c.beside.is_some()) {
            ui.add_space(16.0);
            chart::show(ui, cx, chart);
        }
    });
}
