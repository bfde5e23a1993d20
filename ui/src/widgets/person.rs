//! A person's card: golden record with where each value came from, records, features, scores.

use super::{Say, chip, format};
use crate::context::Context;
use crate::theme;
use egui::{CollapsingHeader, Ui};
use kith_model::ProfileId;
use kith_model::identity::{GoldenValue, PersonCard};

/// Width of the names of fields.
const NAMES: f32 = 104.0;

/// The card of a person, asked for when first drawn.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, profile: ProfileId) {
    if let Some(error) = cx.data.person.error(&profile) {
        super::card::failure(ui, error);
    }
    match cx.data.person.read(&profile) {
        Some(card) => body(ui, card),
        None => {
            ui.faint("Looking this person up…");
        }
    }
}

fn body(ui: &mut Ui, card: &PersonCard) {
    let t = theme::of(ui);
    ui.say(card.name.clone(), theme::semibold(15.0), t.text);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(4.0, 4.0);
        chip(ui, &card.profile.to_string(), t.text_dim);
        if let Some(segment) = &card.segment {
            chip(ui, segment, t.accent).on_hover_text("Segment");
        }
        if let Some(p) = card.propensity {
            let about = "Purchase propensity: probability of an order within the horizon";
            chip(ui, &format!("buys {}", format::share(p)), t.ok).on_hover_text(about);
        }
    });
    ui.add_space(4.0);
    section(ui, "Golden record", true, |ui| {
        for value in &card.golden {
            let about = if value.others.is_empty() {
                format!("From {}\nRule: {}", value.from, value.rule)
            } else {
                let lost = value.lost.iter();
                let others: Vec<_> =
                    lost.map(|l| format!("{} ({})", l.value, l.from.join(", "))).collect();
                let others = others.join("\n");
                format!("From {}\nRule: {}\nLost:\n{others}", value.from, value.rule)
            };
            let shown = ui.scope(|ui| golden(ui, value)).response;
            shown.on_hover_text_at_pointer(about);
        }
    });
    let title = format::plural(card.records.len() as u64, "record", "records");
    section(ui, &title, true, |ui| {
        for record in &card.records {
            ui.say(record.source.clone(), theme::medium(12.0), t.text);
            ui.say(record.name.clone(), theme::mono(12.0), t.text_faint);
            let known: Vec<&str> = record
                .values
                .iter()
                .filter(|(_, v)| !v.is_empty())
                .map(|(_, v)| v.as_str())
                .collect();
            ui.scope(|ui| ui.dim(known.join(" · ")));
            ui.add_space(4.0);
        }
    });
    section(ui, "Features", false, |ui| {
        for (name, value) in &card.features {
            pair(ui, name, value);
        }
    });
}

/// A golden value, where it came from and which values it won against.
fn golden(ui: &mut Ui, value: &GoldenValue) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = 18.0;
    pair(ui, &value.field, &value.value);
    let mut lines = vec![format!("from {}", value.from)];
    if !value.others.is_empty() {
        lines.push(format!("not {}", value.others.join(", ")));
    }
    for line in lines {
        ui.horizontal(|ui| {
            ui.add_space(NAMES + 8.0);
            ui.say(line, theme::body(12.0), t.text_faint);
        });
    }
    ui.add_space(2.0);
}

/// A section of the inspector that folds.
pub fn section(ui: &mut Ui, title: &str, open: bool, add: impl FnOnce(&mut Ui)) {
    let text = egui::RichText::new(title).font(theme::semibold(13.0));
    CollapsingHeader::new(text).id_salt(title).default_open(open).show_unindented(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        add(ui);
    });
}

/// A name and a value on one line.
pub fn pair(ui: &mut Ui, name: &str, value: &str) -> egui::Response {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.allocate_ui_with_layout(
            egui::vec2(NAMES, 18.0),
            egui::Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_width(NAMES);
                ui.say(name, theme::body(12.0), t.text_dim);
            },
        );
        ui.say(value, theme::mono(12.0), t.text);
    })
    .response
}
