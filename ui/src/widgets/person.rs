//! A person's card: golden record with where each value came from, records, features, scores.

use super::{Say, chip, format};
use crate::context::{Action, Context};
use crate::theme;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat};
use egui::{CollapsingHeader, Color32, Label, Popup, RichText, Sense, Ui, WidgetInfo};
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
            let known = record.values.iter().map(|(_, v)| v.as_str()).filter(|v| !v.is_empty());
            ui.add(Label::new(behind_each_other(known, [t.text_dim, t.text_faint])).wrap());
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

/// Values in the first ink behind each other, each a run of its own: one that is written from right
/// to left must not turn the others round. What stands between has another ink, for runs of one
/// style are made one.
fn behind_each_other<'a>(values: impl Iterator<Item = &'a str>, inks: [Color32; 2]) -> LayoutJob {
    let mut job = LayoutJob::default();
    let [value, between] = inks.map(|ink| TextFormat::simple(theme::body(13.0), ink));
    for (n, text) in values.enumerate() {
        if n > 0 {
            job.append(" · ", 0.0, between.clone());
        }
        job.append(text, 0.0, value.clone());
    }
    job
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_record_is_a_run_of_its_own() {
        let values = ["+4790000002", "عبد الرحمن", "Oslo"];
        let job = behind_each_other(values.into_iter(), [Color32::default(), Color32::PLACEHOLDER]);
        assert_eq!(job.text, "+4790000002 · عبد الرحمن · Oslo");
        let runs = job.sections.iter().map(|s| &job.text[s.byte_range.start.0..s.byte_range.end.0]);
        assert_eq!(runs.collect::<Vec<_>>(), ["+4790000002", " · ", "عبد الرحمن", " · ", "Oslo"]);
    }
}
