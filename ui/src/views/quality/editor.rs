//! An expectation's editor: table, kind, its figures, each judged beside its control.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::setting::broken;
use crate::widgets::{Rank, Say, button};
use egui::{ComboBox, DragValue, TextEdit, Ui};
use kith_model::quality::{
    Check, Comparison, Expectation, Severity, Statistic, TableId, ValueType,
};
use kith_model::{BrokenRule, Command, Entity, Stage};

/// The expectation being edited, and the lists being typed.
pub struct Editor {
    draft: Expectation,
    is_new: bool,
    list: String,
}

/// A kind in words, and one to begin with on a column.
type Kind = (&'static str, &'static str, fn(String) -> Check);

const KINDS: [Kind; 27] = [
    ("not_null", "is never missing", |field| Check::NotNull { field }),
    ("completeness", "is there in most rows", |field| Check::Completeness {
        field,
        at_least: 0.95,
    }),
    ("unique", "is unique", |field| Check::Unique { fields: vec![field] }),
    ("unique_ratio", "share of distinct values", |field| Check::UniqueRatio {
        field,
        min: Some(0.9),
        max: None,
    }),
    ("in_set", "is one of", |field| Check::InSet { field, values: vec![] }),
    ("not_in_set", "is none of", |field| Check::NotInSet { field, values: vec![] }),
    ("between", "lies between numbers", |field| Check::Between {
        field,
        min: Some(0.0),
        max: None,
    }),
    ("date_between", "lies between days", |field| Check::DateBetween {
        field,
        from: Some("2020-01-01".to_owned()),
        to: None,
    }),
    ("statistic", "mean, median, sum …", |field| Check::Statistic {
        field,
        statistic: Statistic::Mean,
        q: None,
        min: Some(0.0),
        max: None,
    }),
    ("length", "has a length", |field| Check::Length { field, min: Some(1), max: None }),
    ("matches", "matches a pattern", |field| Check::Matches { field, pattern: String::new() }),
    ("date_format", "is written as a date", |field| Check::DateFormat {
        field,
        format: "%Y-%m-%d".to_owned(),
    }),
    ("email", "is an e-mail address", |field| Check::Email { field }),
    ("url", "is a web address", |field| Check::Url { field }),
    ("type", "can be read as", |field| Check::Type { field, of: ValueType::Number }),
    ("pair", "compares with another column", |field| Check::Pair {
        field,
        is: Comparison::Ge,
        other: String::new(),
    }),
    ("exists", "exists in another table", |field| Check::Exists {
        other: field.clone(),
        field,
        table: TableId::Canon(Entity::Order),
    }),
    ("fresh", "is fresh", |field| Check::Fresh { field, within_hours: 48.0 }),
    ("not_future", "is not in the future", |field| Check::NotFuture { field }),
    ("no_duplicates", "no row repeats another", |_| Check::NoDuplicates),
    ("row_count", "number of rows", |_| Check::RowCount { min: Some(1), max: None }),
    ("row_count_equals", "as many rows as another table", |_| Check::RowCountEquals {
        other: TableId::Canon(Entity::Order),
    }),
    ("column_exists", "has a column", |field| Check::ColumnExists { field }),
    ("column_set", "has exactly these columns", |_| Check::ColumnSet { columns: vec![] }),
    ("column_order", "has these columns in order", |_| Check::ColumnOrder { columns: vec![] }),
    ("holds", "SQL condition for every row", |_| Check::Holds { condition: String::new() }),
    ("no_rows", "SQL query without rows", |_| Check::NoRows { query: String::new() }),
];

impl Editor {
    /// A new expectation, of orders when they are there.
    pub fn blank(cx: &Context<'_>) -> Self {
        let table = tables(cx).into_iter().next().unwrap_or(TableId::Canon(Entity::Order));
        let field = columns(cx, &table).into_iter().next().unwrap_or_default();
        let mut draft = Expectation::new(table, Severity::Warning, Check::NotNull { field });
        draft.id = String::new();
        Self { draft, is_new: true, list: String::new() }
    }

    /// An expectation there is.
    pub fn of(expectation: &Expectation) -> Self {
        let list = match &expectation.check {
            Check::InSet { values, .. } | Check::NotInSet { values, .. } => values.join(", "),
            Check::ColumnSet { columns } | Check::ColumnOrder { columns } => columns.join(", "),
            Check::Unique { fields } => fields.join(", "),
            _ => String::new(),
        };
        Self { draft: expectation.clone(), is_new: false, list }
    }

    /// Draws it; false when it is to be closed.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) -> bool {
        let mut open = true;
        let title = if self.is_new { "New expectation" } else { "Edit expectation" };
        card(ui, title, "nothing changes until you save", |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            self.head(ui, cx);
            let known = columns(cx, &self.draft.table);
            let rules = self.draft.broken((!known.is_empty()).then_some(known.as_slice()));
            ui.horizontal_wrapped(|ui| self.figures(ui, cx, &known));
            for rule in &rules {
                wrong(ui, rule);
            }
            ui.horizontal(|ui| {
                ui.add_enabled_ui(rules.is_empty(), |ui| {
                    let save = button(ui, Rank::Primary, Some(icons::CHECK), "Save and check");
                    if save.clicked() {
                        let expectation = self.draft.clone();
                        let command = Command::PutExpectation { expectation };
                        cx.push(Action::ApplyAndRun(command, Stage::Quality));
                        open = false;
                    }
                });
                if button(ui, Rank::Ghost, None, "Discard").clicked() {
                    open = false;
                }
            });
        });
        open
    }

    fn head(&mut self, ui: &mut Ui, cx: &Context<'_>) {
        let kind = self.draft.check.kind();
        ui.horizontal_wrapped(|ui| {
            ui.faint("Table");
            table_combo(ui, cx, "Table", &mut self.draft.table);
            ui.faint("Expected");
            let words = KINDS.iter().find(|k| k.0 == kind).map_or(kind, |k| k.1);
            ui.name_inputs("Kind of expectation", |ui| {
                ComboBox::from_id_salt("kind").width(220.0).selected_text(words).show_ui(
                    ui,
                    |ui| {
                        for (key, words, make) in KINDS {
                            if ui.selectable_label(key == kind, words).clicked() && key != kind {
                                let field =
                                    self.draft.check.fields().first().map(|f| (*f).to_owned());
                                self.draft.check = make(field.unwrap_or_default());
                                self.list.clear();
                            }
                        }
                    },
                );
            });
            ui.faint("A failure is");
            let severities = [(Severity::Warning, "a warning"), (Severity::Error, "an error")];
            choice(ui, "Severity", &mut self.draft.severity, &severities);
            ui.faint("Rows that may fail");
            let tolerance = DragValue::new(&mut self.draft.tolerance)
                .speed(0.001)
                .range(0.0..=1.0)
                .custom_formatter(|v, _| format!("{:.1} %", v * 100.0))
                .custom_parser(|s| {
                    s.trim_end_matches('%').trim().parse().ok().map(|v: f64| v / 100.0)
                });
            ui.name_inputs("Rows that may fail", |ui| ui.add(tolerance));
        });
    }

    /// The figures of the kind chosen.
    fn figures(&mut self, ui: &mut Ui, cx: &Context<'_>, known: &[String]) {
        let list = &mut self.list;
        match &mut self.draft.check {
            Check::Unique { fields } => strings(ui, "Columns together", list, fields),
            Check::ColumnSet { columns } | Check::ColumnOrder { columns } => {
                strings(ui, "Columns", list, columns);
            }
            Check::InSet { field, values } | Check::NotInSet { field, values } => {
                column(ui, "Column", field, known);
                strings(ui, "Values, separated by commas", list, values);
            }
            Check::RowCount { min, max } => {
                bound(ui, "at least", min);
                bound(ui, "at most", max);
            }
            Check::Length { field, min, max } => {
                column(ui, "Column", field, known);
                bound(ui, "at least", min);
                bound(ui, "at most", max);
            }
            Check::RowCountEquals { other } => table_combo(ui, cx, "Other table", other),
            Check::Between { field, min, max } | Check::UniqueRatio { field, min, max } => {
                column(ui, "Column", field, known);
                bound(ui, "at least", min);
                bound(ui, "at most", max);
            }
            Check::Statistic { field, statistic, q, min, max } => {
                column(ui, "Column", field, known);
                let all = Statistic::ALL.map(|s| (s, s.words()));
                choice(ui, "Statistic", statistic, &all);
                if *statistic == Statistic::Quantile {
                    bound(ui, "at", q);
                }
                bound(ui, "at least", min);
                bound(ui, "at most", max);
            }
            Check::DateBetween { field, from, to } => {
                column(ui, "Column", field, known);
                day(ui, "not before", from);
                day(ui, "not after", to);
            }
            Check::Completeness { field, at_least } => {
                column(ui, "Column", field, known);
                number(ui, "Share of rows", at_least);
            }
            Check::Matches { field, pattern } => {
                column(ui, "Column", field, known);
                text(ui, "Pattern (RE2)", pattern, 260.0);
            }
            Check::DateFormat { field, format } => {
                column(ui, "Column", field, known);
                text(ui, "Format", format, 140.0);
            }
            Check::Type { field, of } => {
                column(ui, "Column", field, known);
                choice(ui, "Type", of, &ValueType::ALL.map(|t| (t, t.words())));
            }
            Check::Pair { field, is, other } => {
                column(ui, "Column", field, known);
                choice(ui, "Comparison", is, &Comparison::ALL.map(|c| (c, c.sign())));
                column(ui, "Other column", other, known);
            }
            Check::Exists { field, table, other } => {
                column(ui, "Column", field, known);
                table_combo(ui, cx, "Other table", table);
                column(ui, "Its column", other, &columns(cx, table));
            }
            Check::Fresh { field, within_hours } => {
                column(ui, "Column", field, known);
                number(ui, "Hours at most", within_hours);
            }
            Check::Holds { condition } => text(ui, "Condition", condition, 480.0),
            Check::NoRows { query } => text(ui, "Query", query, 480.0),
            Check::NoDuplicates => {}
            Check::NotNull { field }
            | Check::Email { field }
            | Check::Url { field }
            | Check::NotFuture { field } => column(ui, "Column", field, known),
            Check::ColumnExists { field } => text(ui, "Column", field, 180.0),
        }
    }
}

fn wrong(ui: &mut Ui, rule: &BrokenRule) {
    let t = theme::of(ui);
    let Some(rule) = broken(std::slice::from_ref(rule), &rule.setting) else { return };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.icon(icons::ERROR, 14.0, t.error);
        ui.say(rule.message.clone(), theme::body(12.0), t.error);
    });
}

/// The tables that can be checked.
fn tables(cx: &Context<'_>) -> Vec<TableId> {
    let known = cx.data.tables.read().into_iter().flatten();
    known
        .filter(|t| matches!(t.schema.as_str(), "canon" | "src") && t.name != "reject")
        .filter_map(|t| TableId::try_from(format!("{}.{}", t.schema, t.name)).ok())
        .collect()
}

/// A table's columns as the store knows them; a canonical table's are always known.
fn columns(cx: &Context<'_>, table: &TableId) -> Vec<String> {
    if let TableId::Canon(entity) = table {
        return entity.fields().iter().map(|spec| spec.name.to_owned()).collect();
    }
    let mut known = cx.data.tables.read().into_iter().flatten();
    let found = known.find(|t| t.schema == table.schema() && t.name == table.name());
    let columns = found.into_iter().flat_map(|t| &t.columns);
    columns.map(|c| c.name.clone()).filter(|name| !table.is_row_number(name)).collect()
}

fn table_combo(ui: &mut Ui, cx: &Context<'_>, name: &str, table: &mut TableId) {
    ui.name_inputs(name, |ui| {
        let id = ui.next_auto_id();
        ComboBox::from_id_salt(id).width(180.0).selected_text(table.title()).show_ui(ui, |ui| {
            for one in tables(cx) {
                let title = one.title();
                ui.selectable_value(table, one, title);
            }
        });
    });
}

fn column(ui: &mut Ui, name: &str, field: &mut String, known: &[String]) {
    ui.faint(name);
    ui.name_inputs(name, |ui| {
        let id = ui.next_auto_id();
        let shown = if field.is_empty() { "choose…" } else { field.as_str() }.to_owned();
        ComboBox::from_id_salt(id).width(160.0).selected_text(shown).show_ui(ui, |ui| {
            for one in known {
                ui.selectable_value(field, one.clone(), one);
            }
        });
    });
}

fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, value: &mut T, all: &[(T, &str)]) {
    ui.name_inputs(name, |ui| {
        let id = ui.next_auto_id();
        let words = all.iter().find(|(one, _)| one == value).map_or("", |(_, words)| words);
        ComboBox::from_id_salt(id).selected_text(words).show_ui(ui, |ui| {
            for (one, words) in all {
                ui.selectable_value(value, *one, *words);
            }
        });
    });
}

/// A bound that may be left out.
fn bound<N: egui::emath::Numeric>(ui: &mut Ui, name: &str, value: &mut Option<N>) {
    let mut on = value.is_some();
    if ui.checkbox(&mut on, name).changed() {
        *value = on.then(|| N::from_f64(0.0));
    }
    if let Some(value) = value {
        ui.name_inputs(name, |ui| ui.add(DragValue::new(value)));
    }
}

fn day(ui: &mut Ui, name: &str, value: &mut Option<String>) {
    let mut on = value.is_some();
    if ui.checkbox(&mut on, name).changed() {
        *value = on.then(|| "2026-01-01".to_owned());
    }
    if let Some(value) = value {
        text(ui, "", value, 110.0);
    }
}

fn number(ui: &mut Ui, name: &str, value: &mut f64) {
    ui.faint(name);
    ui.name_inputs(name, |ui| ui.add(DragValue::new(value).speed(0.01)));
}

fn text(ui: &mut Ui, name: &str, value: &mut String, width: f32) {
    if !name.is_empty() {
        ui.faint(name);
    }
    let field =
        TextEdit::singleline(value).desired_width(width).margin(egui::Margin::symmetric(8, 5));
    let name = if name.is_empty() { "Day" } else { name };
    ui.name_inputs(name, |ui| ui.add(field));
}

/// A list typed as text, parts separated by commas.
fn strings(ui: &mut Ui, name: &str, typed: &mut String, values: &mut Vec<String>) {
    if typed.is_empty() && !values.is_empty() {
        *typed = values.join(", ");
    }
    text(ui, name, typed, 320.0);
    *values =
        typed.split(',').map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_offered_once_under_its_own_name() {
        for (key, _, make) in KINDS {
            assert_eq!(make("x".to_owned()).kind(), key);
        }
        let mut keys: Vec<_> = KINDS.iter().map(|k| k.0).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), KINDS.len());
    }
}
