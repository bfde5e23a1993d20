//! What the columns of a text file mean: text, numbers with their signs, dates with their zone.

use super::fields::About;
use crate::theme;
use crate::widgets::format;
use egui::{CollapsingHeader, ComboBox, TextEdit, Ui};
use kith_model::column_format::{ColumnFormat, DateOrder};
use kith_model::source::ReadOptions;

/// Ways of writing numbers and dates, with an example as their name.
const WAYS: [(&str, Option<ColumnFormat>); 9] = [
    ("Text", None),
    ("1,234.5", number('.', Some(','))),
    ("1.234,5", number(',', Some('.'))),
    ("1 234,5", number(',', Some(' '))),
    ("1'234.5", number('.', Some('\''))),
    ("1234,5", number(',', None)),
    ("2026-05-31", date(DateOrder::YearFirst)),
    ("31.05.2026", date(DateOrder::DayFirst)),
    ("05/31/2026", date(DateOrder::MonthFirst)),
];

const fn number(decimal: char, thousands: Option<char>) -> Option<ColumnFormat> {
    Some(ColumnFormat::Number { decimal, thousands })
}

const fn date(order: DateOrder) -> Option<ColumnFormat> {
    Some(ColumnFormat::Moment { order, zone: None })
}

/// Every column with what it means, folded away until it is wanted.
pub(super) fn show(ui: &mut Ui, about: &About<'_>, next: &mut ReadOptions) {
    let names = names(about, next);
    let set = next.columns.len() as u64;
    let title = match set {
        0 => "What the columns mean".to_owned(),
        set => format!("What the columns mean: {}", format::plural(set, "set", "set")),
    };
    CollapsingHeader::new(title).id_salt("columns").default_open(set > 0).show(ui, |ui| {
        for name in names {
            column(ui, about, &name, next);
        }
    });
}

/// The columns as the file has them, without those of zones.
fn names(about: &About<'_>, next: &ReadOptions) -> Vec<String> {
    let seen = about.seen.into_iter().flat_map(|seen| &seen.columns);
    let shown = about.seen.map(|seen| &seen.source.options.columns);
    let zone_of = |name: &str| {
        let base = name.strip_suffix(" zone");
        base.is_some_and(|base| {
            matches!(shown.and_then(|columns| columns.get(base)), Some(ColumnFormat::Moment { .. }))
        })
    };
    let mut names: Vec<String> =
        seen.map(|column| column.name.clone()).filter(|name| !zone_of(name)).collect();
    // One that is no longer there can be unset.
    names.extend(
        next.columns.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>(),
    );
    names
}

fn column(ui: &mut Ui, about: &About<'_>, name: &str, next: &mut ReadOptions) {
    let now = next.columns.get(name).cloned();
    let same = |way: &Option<ColumnFormat>| match (way, &now) {
        (Some(ColumnFormat::Moment { order, .. }), Some(ColumnFormat::Moment { order: o, .. })) => {
            order == o
        }
        (way, now) => way == now,
    };
    let title = WAYS.iter().find(|(_, way)| same(way)).map_or("Other", |(title, _)| title);
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(104.0, 26.0), egui::Sense::hover());
        crate::widgets::fit(ui, rect.left_center(), rect.right(), name, theme::body(13.0), t.text);
        let id = ("means", name);
        ui.name_inputs(format!("Meaning of {name}"), |ui| {
            ComboBox::from_id_salt(id).height(320.0).width(110.0).selected_text(title).show_ui(
                ui,
                |ui| {
                    for (title, way) in WAYS {
                        if ui.selectable_label(same(&way), title).clicked() {
                            match way {
                                None => drop(next.columns.remove(name)),
                                Some(way) => drop(next.columns.insert(name.to_owned(), way)),
                            }
                        }
                    }
                },
            );
        });
        if let Some(ColumnFormat::Moment { zone, .. }) = next.columns.get_mut(name) {
            zone_field(ui, name, zone);
        }
    });
    if let Some(evidence) = about.reason(&format!("column {name}")) {
        let ink = if evidence.reason.contains("refused") { t.warn } else { t.text_faint };
        let reason = egui::RichText::new(&evidence.reason).font(theme::body(12.0)).color(ink);
        ui.add(egui::Label::new(reason).wrap());
    }
}

fn zone_field(ui: &mut Ui, name: &str, zone: &mut Option<String>) {
    let mut shown = zone.clone().unwrap_or_default();
    let field = TextEdit::singleline(&mut shown)
        .id_salt(("zone", name))
        .hint_text("Europe/Oslo")
        .desired_width(96.0)
        .font(theme::mono(12.0))
        .margin(egui::Margin::symmetric(8, 4));
    let response = ui.add(field);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(format!("Zone of {name}")));
    let about = "The zone of times that name none, and what an abbreviation such as EST means";
    if response.on_hover_text(about).changed() {
        *zone = Some(shown.trim().to_owned()).filter(|zone| !zone.is_empty());
    }
}
