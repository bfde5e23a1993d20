//! A table's profile: what to look at, then every column.

use crate::context::Context;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::{Say, bars, chip, fit, format};
use egui::accesskit::Role;
use egui::{Align2, ComboBox, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use kith_model::quality::{AlertKind, ColumnKind, ColumnStats, TableId, TableProfile};

/// Draws the tab; `table` is the chosen one.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, table: &mut Option<TableId>) {
    let tables = tables(cx);
    if table.as_ref().is_none_or(|t| !tables.contains(t)) {
        *table = tables.first().cloned();
    }
    let Some(chosen) = table.clone() else {
        ui.faint("Looking for tables…");
        return;
    };
    ui.horizontal(|ui| {
        ui.faint("Table");
        ui.name_inputs("Table", |ui| {
            let text = named(&chosen);
            ComboBox::from_id_salt("profile table").width(240.0).selected_text(text).show_ui(
                ui,
                |ui| {
                    for one in &tables {
                        ui.selectable_value(table, Some(one.clone()), named(one));
                    }
                },
            );
        });
    });
    if let Some(error) = cx.data.profiles.error(&chosen) {
        failure(ui, error);
    }
    let Some(profile) = cx.data.profiles.read(&chosen) else {
        ui.faint("Profiling…");
        return;
    };
    super::scroll(ui, "profile", |ui| {
        if !profile.alerts.is_empty() {
            let caption = format::plural(profile.alerts.len() as u64, "note", "notes");
            card(ui, "Worth a look", &caption, |ui| alerts(ui, profile));
        }
        let caption = format!(
            "{}, {}",
            format::plural(profile.rows, "row", "rows"),
            format::plural(profile.duplicates, "copy", "copies")
        );
        card(ui, "Columns", &caption, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for column in &profile.columns {
                line(ui, column, profile.rows);
            }
        });
    });
}

/// The tables with rows, mapped and raw.
pub fn tables(cx: &Context<'_>) -> Vec<TableId> {
    cx.data
        .tables
        .read()
        .into_iter()
        .flatten()
        .filter(|t| t.rows > 0 && matches!(t.schema.as_str(), "canon" | "src"))
        .filter_map(|t| TableId::try_from(format!("{}.{}", t.schema, t.name)).ok())
        .filter(|t| t.to_string() != "src.reject")
        .collect()
}

fn named(table: &TableId) -> String {
    match table {
        TableId::Canon(_) => table.title(),
        TableId::Source(_) => format!("{} (raw)", table.title()),
    }
}

/// Notes by kind, so that twenty columns without values are one line.
fn alerts(ui: &mut Ui, profile: &TableProfile) {
    let t = theme::of(ui);
    let mut kinds: Vec<AlertKind> = profile.alerts.iter().map(|a| a.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of_kind: Vec<_> = profile.alerts.iter().filter(|a| a.kind == kind).collect();
        let ink = if kind == AlertKind::Unique { t.text_dim } else { t.warn };
        ui.horizontal(|ui| {
            ui.allocate_ui(vec2(132.0, 20.0), |ui| {
                ui.set_width(132.0);
                chip(ui, kind.title(), ink);
            });
            let messages: Vec<&str> = of_kind.iter().map(|a| a.message.as_str()).collect();
            let text = match messages.as_slice() {
                [one] => (*one).to_owned(),
                many => {
                    let columns: Vec<&str> =
                        of_kind.iter().filter_map(|a| a.column.as_deref()).collect();
                    format!("{} columns: {}", many.len(), columns.join(", "))
                }
            };
            ui.words(text).on_hover_text(messages.join("\n"));
        });
    }
}

fn line(ui: &mut Ui, column: &ColumnStats, rows: u64) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::hover());
    let missing = column.missing_share(rows);
    let said = format!(
        "{}, {} missing, {} distinct",
        column.name,
        format::share(missing),
        format::count(column.distinct)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &said));
    if response.hovered() {
        ui.painter().rect_filled(rect, 4.0, t.hover);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.hairline));
    let (top, low) = (rect.top() + 15.0, rect.top() + 32.0);
    let name = (rect.width() * 0.2).clamp(120.0, 220.0);
    let x = rect.left() + 4.0;
    fit(ui, pos2(x, top), x + name - 8.0, &column.name, theme::medium(13.0), t.text);
    let kind = match column.pii {
        Some(pii) => format!("{} · {}", kind_words(column.kind), pii.words()),
        None => kind_words(column.kind).to_owned(),
    };
    let ink = if column.pii.is_some() { t.warn } else { t.text_faint };
    fit(ui, pos2(x, low), x + name - 8.0, kind, theme::body(12.0), ink);
    let x = rect.left() + name;
    share(ui, Rect::from_min_size(pos2(x, top - 4.0), vec2(88.0, 8.0)), 1.0 - missing);
    let there = format!("{} there", format::share(1.0 - missing));
    fit(ui, pos2(x, low), x + 92.0, there, theme::body(12.0), t.text_dim);
    let x = x + 104.0;
    let distinct = format::count(column.distinct);
    fit(ui, pos2(x, top), x + 84.0, distinct, theme::mono(12.0), t.text);
    fit(ui, pos2(x, low), x + 84.0, "distinct", theme::body(12.0), t.text_faint);
    let place = Rect::from_min_size(pos2(x + 92.0, rect.top() + 9.0), vec2(132.0, 28.0));
    picture(ui, place, column, rows);
    let x = x + 92.0 + 144.0;
    let (first, second) = values(column);
    fit(ui, pos2(x, top), rect.right() - 4.0, first, theme::mono(12.0), t.text);
    fit(ui, pos2(x, low), rect.right() - 4.0, second, theme::body(12.0), t.text_dim);
    response.on_hover_text(about(column, rows));
}

/// How a column reads, in words.
pub fn kind_words(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Number => "number",
        ColumnKind::Moment => "moment",
        ColumnKind::Truth => "yes or no",
        ColumnKind::Text => "text",
        ColumnKind::Other => "nested",
    }
}

fn share(ui: &Ui, rect: Rect, share: f64) {
    let t = theme::of(ui);
    ui.painter().rect_filled(rect, 2.0, t.sunken);
    let mut bar = rect;
    bar.set_width((rect.width() * share as f32).max(1.0));
    let ink = if share >= 0.95 { t.ok } else { t.warn };
    ui.painter().rect_filled(bar, 2.0, ink);
}

/// A histogram of numbers and moments; of others the shares of the most frequent values.
fn picture(ui: &Ui, rect: Rect, column: &ColumnStats, rows: u64) {
    let t = theme::of(ui);
    if !column.histogram.is_empty() {
        bars::paint_histogram(ui.painter(), rect, &column.histogram, t.accent);
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, t.hairline));
        return;
    }
    if column.top.is_empty() {
        let font = theme::body(12.0);
        let at = rect.left_center();
        let word = if column.missing >= rows { "no values" } else { "all but unique" };
        ui.painter().text(at, Align2::LEFT_CENTER, word, font, t.text_faint);
        return;
    }
    let present = rows.saturating_sub(column.missing).max(1) as f32;
    let mut x = rect.left();
    for (at, (_, n)) in column.top.iter().enumerate().take(6) {
        let width = *n as f32 / present * rect.width();
        let part = Rect::from_min_size(pos2(x, rect.center().y - 5.0), vec2(width - 1.0, 10.0));
        if width > 1.5 {
            ui.painter().rect_filled(part, 1.0, t.sequence(0.15 + 0.12 * at as f32));
        }
        x += width;
    }
    if x < rect.right() - 1.0 {
        let rest = Rect::from_min_max(
            pos2(x, rect.center().y - 5.0),
            pos2(rect.right(), rect.center().y + 5.0),
        );
        ui.painter().rect_filled(rest, 1.0, t.hairline);
    }
}

/// Two lines: range and mean of numbers, the most frequent values of others; then the shape.
fn values(column: &ColumnStats) -> (String, String) {
    let range = match (&column.min, &column.max) {
        (Some(min), Some(max)) => format!("{min} … {max}"),
        _ => String::new(),
    };
    let top: Vec<String> =
        column.top.iter().take(4).map(|(v, n)| format!("{v} {}", format::short(*n))).collect();
    let first = if range.is_empty() { top.join("  ") } else { range };
    let second = match (column.mean, column.stdev, &column.pattern) {
        (Some(mean), Some(sd), _) => {
            format!("mean {}, sd {}", format::real(mean), format::real(sd))
        }
        (_, _, Some((shape, share))) => {
            format!("shape {} in {}", format::cut(shape, 24), format::share(*share))
        }
        _ => String::new(),
    };
    (first, second)
}

fn about(column: &ColumnStats, rows: u64) -> String {
    let mut about = format!(
        "{} ({})\n{} of {} missing",
        column.name,
        column.sql_type,
        format::count(column.missing),
        format::count(rows)
    );
    if column.zeros > 0 {
        about.push_str(&format!("\n{} zeros", format::count(column.zeros)));
    }
    if let Some(skew) = column.skewness {
        about.push_str(&format!("\nskewness {skew:.2}"));
    }
    if let Some((short, long)) = column.length {
        about.push_str(&format!("\n{short} to {long} characters"));
    }
    for (value, n) in &column.top {
        about.push_str(&format!("\n{value}: {}", format::count(*n)));
    }
    about
}
