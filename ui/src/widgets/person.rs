//! A person's card: golden record with where each value came from, records, features, scores.

use super::{Say, chip, format};
use crate::context::{Action, Context};
use crate::theme;
use egui::accesskit::Role;
use egui::{CollapsingHeader, Label, Popup, RichText, Sense, Ui, WidgetInfo};
use kith_model::golden::PINNABLE;
use kith_model::identity::{GoldenValue, PersonCard};
use kith_model::{Entity, ProfileId};

/// Width of the names of fields.
const NAMES: f32 = 104.0;

/// The card of a person, asked for when first drawn.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, profile: ProfileId) {
    if let Some(error) = cx.data.person.error(&profile) {
        super::card::failure(ui, error);
    }
    match cx.data.person.read(&profile) {
        Some(card) => {
            if let Some(pin) = body(ui, card) {
                cx.push(pin);
            }
        }
        None => {
            ui.faint("Looking this person up…");
        }
    }
}

/// Answers a value that was chosen by hand.
fn body(ui: &mut Ui, card: &PersonCard) -> Option<Action> {
    let t = theme::of(ui);
    let mut chosen = None;
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
            let shown = ui.scope(|ui| golden(ui, value));
            shown.response.on_hover_text_at_pointer(about);
            chosen = shown.inner.or(chosen.take());
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
    chosen
}

/// A golden value, where it came from and which values it won against: one of them may be chosen
/// by hand instead.
fn golden(ui: &mut Ui, value: &GoldenValue) -> Option<Action> {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = 18.0;
    pair(ui, &value.field, &value.value);
    ui.horizontal(|ui| {
        ui.add_space(NAMES + 8.0);
        ui.say(format!("from {}", value.from), theme::body(12.0), t.text_faint);
    });
    let mut chosen = None;
    if !value.others.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(NAMES + 8.0);
            chosen = losers(ui, value);
        });
    }
    ui.add_space(2.0);
    chosen
}

/// The values that lost, behind each other; a click opens the choice among them.
fn losers(ui: &mut Ui, value: &GoldenValue) -> Option<Action> {
    let t = theme::of(ui);
    let text = format!("not {}", value.others.join(", "));
    let text = RichText::new(text).font(theme::body(12.0)).color(t.text_faint);
    let field = PINNABLE
        .into_iter()
        .find(|key| Entity::Profile.field(key).is_some_and(|spec| spec.label == value.field));
    let Some(field) = field.filter(|_| !value.lost.is_empty()) else {
        ui.add(Label::new(text).truncate());
        return None;
    };
    let link = ui.add(Label::new(text).truncate().sense(Sense::click()));
    let name = format!("Choose another value of {}", value.field);
    link.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let link = link.on_hover_cursor(egui::CursorIcon::PointingHand);
    let mut chosen = None;
    Popup::menu(&link).show(|ui| {
        for lost in &value.lost {
            let from =
                lost.from.first().filter(|_| ui.button(format!("Use {}", lost.value)).clicked());
            if let Some(record) = from {
                chosen = Some(Action::Pin(record.clone(), field.to_owned(), lost.value.clone()));
            }
        }
    });
    chosen
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
