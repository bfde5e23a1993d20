//! What a link can do to a value: in words, and as a choice with its inputs.

use crate::theme;
use crate::widgets::{Say, format};
use egui::{ComboBox, DragValue, TextEdit, Ui};
use kith_model::mapping::Transform;
use std::collections::BTreeMap;

/// In a few words, for the canvas; empty for nothing.
pub fn said(transform: &Transform) -> String {
    match transform {
        Transform::None => String::new(),
        Transform::Lower => "lower case".to_owned(),
        Transform::Upper => "upper case".to_owned(),
        Transform::Title => "Title Case".to_owned(),
        Transform::FirstWord => "first word".to_owned(),
        Transform::LastWords => "last words".to_owned(),
        Transform::Part { by, number } => format!("part {number} by “{by}”"),
        Transform::Join { with, .. } => format!("joined with {}", with.join(", ")),
        Transform::Phone(country) => format!("numbers of {country}"),
        Transform::Dated(form) => format!("date {form}"),
        Transform::Offset(minutes) => {
            let sign = if *minutes < 0 { '-' } else { '+' };
            format!("UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
        Transform::Zone(name) => name.clone(),
        Transform::Currency => "currency".to_owned(),
        Transform::Hundredths => "÷ 100".to_owned(),
        Transform::Dictionary(pairs) => format!("dictionary of {}", pairs.len()),
        Transform::Regex { pattern, .. } => format!("/{}/", format::cut(pattern, 18)),
        Transform::IsPresent => "is present".to_owned(),
        Transform::Negate => "not".to_owned(),
        Transform::Constant(value) => format!("= {}", format::cut(value, 18)),
        Transform::Sql(_) => "expression".to_owned(),
    }
}

/// What can be chosen, each as it begins.
fn choices() -> Vec<(&'static str, Transform)> {
    let text = String::new;
    vec![
        ("As it is", Transform::None),
        ("Lower case", Transform::Lower),
        ("Upper case", Transform::Upper),
        ("Title case", Transform::Title),
        ("First word", Transform::FirstWord),
        ("Last words", Transform::LastWords),
        ("Part of a text", Transform::Part { by: ",".to_owned(), number: 1 }),
        ("Join with columns", Transform::Join { with: Vec::new(), by: " ".to_owned() }),
        ("Telephone of a country", Transform::Phone("DE".to_owned())),
        ("Date of a form", Transform::Dated("%d.%m.%Y %H:%M".to_owned())),
        ("Time zone", Transform::Zone("Europe/Berlin".to_owned())),
        ("Minutes from UTC", Transform::Offset(60)),
        ("Currency of an amount", Transform::Currency),
        ("Amount in hundredths", Transform::Hundredths),
        ("Dictionary", Transform::Dictionary(BTreeMap::new())),
        ("Regular expression", Transform::Regex { pattern: text(), replace: "\\1".to_owned() }),
        ("Is present", Transform::IsPresent),
        ("Not", Transform::Negate),
        ("Constant", Transform::Constant(text())),
        ("SQL expression", Transform::Sql(text())),
    ]
}

fn name(transform: &Transform) -> &'static str {
    let same =
        |(_, t): &(&str, Transform)| std::mem::discriminant(t) == std::mem::discriminant(transform);
    choices().iter().find(|c| same(c)).map_or("As it is", |(name, _)| name)
}

/// A choice of transform with its inputs.
pub fn choose(ui: &mut Ui, transform: &mut Transform, columns: &[String]) {
    let label = ui.faint("Change the value");
    let shown = name(transform);
    let chosen = ComboBox::from_id_salt("transform").selected_text(shown).width(200.0);
    let chosen = chosen.show_ui(ui, |ui| {
        for (name, fresh) in choices() {
            if ui.selectable_label(name == shown, name).clicked() && name != shown {
                *transform = fresh;
            }
        }
    });
    chosen.response.labelled_by(label.id);
    inputs(ui, transform, columns);
}

fn inputs(ui: &mut Ui, transform: &mut Transform, columns: &[String]) {
    match transform {
        Transform::Part { by, number } => {
            line(ui, "Divided by", by);
            ui.horizontal(|ui| {
                let label = ui.faint("Which part (below 0: from the end)");
                ui.add(DragValue::new(number).range(-9..=9)).labelled_by(label.id);
            });
        }
        Transform::Join { with, by } => {
            line(ui, "Put between", by);
            others(ui, with, columns);
        }
        Transform::Phone(country) => line(ui, "Country where the row names none", country),
        Transform::Dated(form) => line(ui, "Form (%d %m %Y %H %M %S)", form),
        Transform::Zone(name) => line(ui, "Zone of times that name none", name),
        Transform::Offset(minutes) => {
            ui.horizontal(|ui| {
                let label = ui.faint("Minutes east of UTC");
                ui.add(DragValue::new(minutes).range(-840..=840).speed(15)).labelled_by(label.id);
            });
        }
        Transform::Dictionary(pairs) => dictionary(ui, pairs),
        Transform::Regex { pattern, replace } => {
            line(ui, "Expression", pattern);
            line(ui, "Rewritten as", replace);
        }
        Transform::Constant(value) => line(ui, "Value of every row", value),
        Transform::Sql(sql) => {
            let label = ui.faint("Expression over the file's columns, in double quotes");
            let field = TextEdit::multiline(sql).desired_rows(2).font(theme::mono(12.0));
            ui.add(field.desired_width(f32::INFINITY)).labelled_by(label.id);
        }
        _ => {}
    }
}

fn line(ui: &mut Ui, name: &str, text: &mut String) {
    let label = ui.faint(name);
    let field = TextEdit::singleline(text).font(theme::mono(12.0)).desired_width(220.0);
    ui.add(field).labelled_by(label.id);
}

fn others(ui: &mut Ui, with: &mut Vec<String>, columns: &[String]) {
    let label = ui.faint("Other columns, in order");
    let shown = if with.is_empty() { "none yet".to_owned() } else { with.join(", ") };
    let chosen = ComboBox::from_id_salt("join with").selected_text(format::cut(&shown, 28));
    let chosen = chosen.width(200.0).show_ui(ui, |ui| {
        for column in columns {
            let on = with.contains(column);
            if ui.selectable_label(on, column).clicked() {
                if on { with.retain(|c| c != column) } else { with.push(column.clone()) }
            }
        }
    });
    chosen.response.labelled_by(label.id);
}

/// One pair a line: `from = to`.
fn dictionary(ui: &mut Ui, pairs: &mut BTreeMap<String, String>) {
    let id = ui.scope_id().with("dictionary");
    let written = || -> String { pairs.iter().map(|(a, b)| format!("{a} = {b}\n")).collect() };
    let mut text = ui.ctx().data(|d| d.get_temp::<String>(id)).unwrap_or_else(written);
    let label = ui.faint("One value a line: from = to");
    let field = TextEdit::multiline(&mut text).desired_rows(3).font(theme::mono(12.0));
    if ui.add(field.desired_width(240.0)).labelled_by(label.id).changed() {
        let pair =
            |l: &str| l.split_once('=').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()));
        *pairs = text.lines().filter_map(pair).filter(|(a, _)| !a.is_empty()).collect();
    }
    ui.ctx().data_mut(|d| d.insert_temp(id, text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_has_a_name_and_all_but_nothing_say_what_they_do() {
        for (shown, transform) in choices() {
            assert_eq!(name(&transform), shown);
            assert_eq!(said(&transform).is_empty(), transform == Transform::None, "{shown}");
        }
    }
}
