//! Two tables, or two loads of one, side by side: the most different columns first.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::{Rank, Say, button, chip, format};
use egui::{ComboBox, Grid, Ui};
use kith_model::quality::{
    ColumnComparison, ColumnKind, ComparedSide, LoadNote, TableComparison, TableId,
};

/// The tab's transient input: what stands left and right.
#[derive(Default)]
pub struct Compare {
    sides: [Option<ComparedSide>; 2],
}

impl Compare {
    /// Draws the tab.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, loads: &[LoadNote]) {
        let tables = super::profile::tables(cx);
        let Some(first) = tables.first() else {
            ui.faint("Looking for tables…");
            return;
        };
        // The load before beside now, where there is one: what most people come for.
        let before = loads.iter().rev().nth(1).map(|load| load.load.clone());
        let begin = [before, None].map(|load| ComparedSide { table: first.clone(), load });
        for (side, begin) in self.sides.iter_mut().zip(begin) {
            side.get_or_insert(begin);
        }
        let [Some(left), Some(right)] = &mut self.sides else { return };
        ui.horizontal(|ui| {
            pick(ui, ("Left", left), &tables, loads);
            ui.faint("beside");
            pick(ui, ("Right", right), &tables, loads);
        });
        let key = (left.clone(), right.clone());
        if let Some(error) = cx.data.comparisons.error(&key) {
            failure(ui, error);
            return;
        }
        let Some(compared) = cx.data.comparisons.read(&key).cloned() else {
            ui.faint("Comparing…");
            return;
        };
        super::scroll(ui, "compare", |ui| {
            let rows = format!(
                "{} beside {}",
                format::plural(compared.rows.0, "row", "rows"),
                format::plural(compared.rows.1, "row", "rows")
            );
            card(ui, "Columns", &rows, |ui| {
                lacking(ui, &compared);
                columns(ui, &compared);
            });
            if button(ui, Rank::Plain, Some(icons::EXPORT), "Write as a report").clicked() {
                cx.push(Action::ReportComparison(Box::new(key)));
            }
        });
    }
}

fn pick(
    ui: &mut Ui,
    (name, side): (&str, &mut ComparedSide),
    tables: &[TableId],
    loads: &[LoadNote],
) {
    ui.name_inputs(format!("{name} table"), |ui| {
        let text = side.table.to_string();
        ComboBox::from_id_salt((name, "table")).width(190.0).selected_text(text).show_ui(
            ui,
            |ui| {
                for table in tables {
                    ui.selectable_value(&mut side.table, table.clone(), table.to_string());
                }
            },
        );
    });
    ui.name_inputs(format!("{name} load"), |ui| {
        let named = |load: &LoadNote| format::moment(&load.at);
        let chosen = loads.iter().find(|load| Some(&load.load) == side.load.as_ref());
        let text = chosen.map_or_else(|| "as it stands".to_owned(), named);
        ComboBox::from_id_salt((name, "load")).width(150.0).selected_text(text).show_ui(ui, |ui| {
            ui.selectable_value(&mut side.load, None, "as it stands");
            for load in loads.iter().rev() {
                ui.selectable_value(&mut side.load, Some(load.load.clone()), named(load));
            }
        });
    });
}

/// Columns that one side lacks.
fn lacking(ui: &mut Ui, compared: &TableComparison) {
    let t = theme::of(ui);
    for (names, side) in [(&compared.only_left, "left"), (&compared.only_right, "right")] {
        if !names.is_empty() {
            ui.horizontal(|ui| {
                chip(ui, &format!("only {side}"), t.warn);
                ui.words(names.join(", "));
            });
        }
    }
}

fn columns(ui: &mut Ui, compared: &TableComparison) {
    let t = theme::of(ui);
    Grid::new("compared").num_columns(6).min_col_width(96.0).spacing([20.0, 6.0]).show(ui, |ui| {
        for head in ["Column", "Reads as", "Missing", "Distinct", "PSI", "KS"] {
            ui.faint(head);
        }
        ui.end_row();
        for column in &compared.columns {
            ui.allocate_ui(egui::vec2(150.0, 18.0), |ui| {
                ui.set_width(150.0);
                ui.say(&column.name, theme::medium(13.0), t.text);
            });
            let (kinds, other) = kinds(column);
            ui.say(kinds, theme::body(13.0), if other { t.error } else { t.text_dim });
            let (was, is) = column.missing;
            let ink = if (was - is).abs() >= 0.02 { t.warn } else { t.text_dim };
            let text = format!("{} → {}", format::share(was), format::share(is));
            ui.say(text, theme::mono(12.0), ink);
            let count = |n: Option<u64>| n.map_or_else(|| "–".to_owned(), format::count);
            let text = format!("{} → {}", count(column.distinct.0), count(column.distinct.1));
            ui.say(text, theme::mono(12.0), t.text_dim);
            index(ui, column.psi, 0.25).on_hover_text("From 0.1 a small shift, from 0.25 a large");
            index(ui, column.ks, 0.1).on_hover_text("The greatest gap between the distributions");
            ui.end_row();
        }
    });
}

fn kinds(column: &ColumnComparison) -> (String, bool) {
    let word = |kind: ColumnKind| super::profile::kind_words(kind);
    match column.kinds {
        (Some(a), Some(b)) if a != b => (format!("{} → {}", word(a), word(b)), true),
        (a, b) => (a.or(b).map(word).unwrap_or_default().to_owned(), false),
    }
}

fn index(ui: &mut Ui, value: Option<f64>, large: f64) -> egui::Response {
    let t = theme::of(ui);
    let ink = if value.is_some_and(|v| v >= large) { t.warn } else { t.text_dim };
    let text = value.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    ui.say(text, theme::mono(12.0), ink)
}
