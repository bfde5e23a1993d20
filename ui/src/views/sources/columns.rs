//! What is known of each column of a source.

use crate::theme;
use crate::widgets::grid::type_icon;
use crate::widgets::{Say, bars, format};
use egui::{Align, Layout, ScrollArea, Stroke, Ui, vec2};
use kith_model::source::{ColumnProfile, SourceSummary};

/// One line a column: type, name, missing, distinct, range, shape, most frequent values.
pub fn show(ui: &mut Ui, source: &SourceSummary) {
    ScrollArea::vertical().id_salt("columns").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for column in &source.columns {
            line(ui, column, source.loaded);
        }
    });
}

fn line(ui: &mut Ui, column: &ColumnProfile, rows: u64) {
    let t = theme::of(ui);
    let inner = ui.horizontal(|ui| {
        ui.set_height(36.0);
        ui.add_space(8.0);
        ui.icon(type_icon(&column.sql_type), 15.0, t.text_faint).on_hover_text(&column.sql_type);
        cell(ui, 200.0, |ui| {
            ui.say(column.name.clone(), theme::medium(13.0), t.text);
        });
        cell(ui, 120.0, |ui| {
            let missing = if rows == 0 { 0.0 } else { column.missing as f64 / rows as f64 };
            let about = format!("{} rows without a value", format::count(column.missing));
            bars::share(ui, 48.0, missing, t.warn).on_hover_text(&about);
            ui.say(format::share(missing), theme::mono(12.0), t.text_dim).on_hover_text(about);
        });
        cell(ui, 110.0, |ui| {
            ui.say(format::count(column.distinct), theme::mono(12.0), t.text);
            ui.faint("distinct");
        });
        if column.histogram.is_empty() {
            let top: Vec<String> = column
                .top
                .iter()
                .map(|(value, n)| format!("{} {}", format::cut(value, 24), format::short(*n)))
                .collect();
            ui.say(top.join("  ·  "), theme::mono(12.0), t.text_dim);
        } else {
            bars::mini(ui, 120.0, &column.histogram, &format!("Distribution of {}", column.name));
            let range = format!(
                "{} … {}",
                column.min.as_deref().unwrap_or("?"),
                column.max.as_deref().unwrap_or("?")
            );
            ui.say(range, theme::mono(12.0), t.text_dim);
        }
    });
    let rect = inner.response.rect;
    ui.painter().hline(ui.max_rect().x_range(), rect.bottom(), Stroke::new(1.0, t.hairline));
}

fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, 36.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        add(ui);
    });
}
