//! Accepting a mapping: all of it, or the suggestions above a threshold; keeping it as a preset.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::chip;
use crate::widgets::setting::slide;
use crate::widgets::{Rank, Say, button, format};
use egui::{Align, Layout, TextEdit, Ui, vec2};
use kith_model::document::Document;
use kith_model::mapping::{Link, Mapping, Origin};
use kith_model::source::Source;
use kith_model::{Command, SourceId, Stage};

/// Suggestions are accepted from this confidence on, unless the user says otherwise.
const THRESHOLD_PCT: f32 = 80.0;

/// The bar's transient input.
pub struct Accept {
    /// In percent.
    pub threshold: f32,
    /// The name of a preset being written.
    naming: Option<String>,
    /// New suggestions were asked for.
    again: Option<SourceId>,
}

impl Default for Accept {
    fn default() -> Self {
        Self { threshold: THRESHOLD_PCT, naming: None, again: None }
    }
}

impl Accept {
    /// Draws the bar of a source.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, source: &Source, mapping: &Mapping) {
        self.take_suggestions(cx, mapping);
        ui.horizontal(|ui| {
            ui.set_height(28.0);
            known(ui, cx, source);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.confirm(ui, cx, source, mapping);
                self.keep(ui, cx, source);
                if button(ui, Rank::Ghost, Some(icons::RESET), "Suggest again")
                    .on_hover_text("From the loaded rows; links drawn by hand stay")
                    .clicked()
                {
                    self.again = Some(source.id.clone());
                }
            });
        });
        if !mapping.confirmed && suggested(mapping).count() > 0 {
            ui.horizontal(|ui| {
                ui.set_height(24.0);
                self.threshold(ui, mapping);
            });
        }
    }

    /// New suggestions replace the old ones once they are there.
    fn take_suggestions(&mut self, cx: &mut Context<'_>, mapping: &Mapping) {
        let Some(source) = self.again.clone() else { return };
        let Some(found) = cx.data.suggestions.read(&source) else { return };
        self.again = None;
        if found != mapping {
            let mapping = Mapping { confirmed: false, ..found.clone() };
            cx.push(Action::Apply(Command::SetMapping { source, mapping }));
        }
    }

    fn threshold(&mut self, ui: &mut Ui, mapping: &Mapping) {
        let all = suggested(mapping).count();
        let above = suggested(mapping).filter(|l| self.takes(l)).count();
        let label = ui.faint("Take suggestions from");
        let room = vec2(240.0, 24.0);
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(room.x);
            ui.label_inputs_by(label.id, |ui| slide(ui, &mut self.threshold, 0.0..=100.0, 0));
        });
        ui.faint("% confidence");
        ui.add_space(8.0);
        ui.words(format!("{above} of {all}"));
    }

    /// Whether a link is above the threshold, or no suggestion at all.
    pub fn takes(&self, link: &Link) -> bool {
        link.origin != Origin::Suggested || link.confidence * 100.0 >= self.threshold
    }

    fn confirm(&mut self, ui: &mut Ui, cx: &mut Context<'_>, source: &Source, mapping: &Mapping) {
        let id = source.id.clone();
        if mapping.confirmed {
            if button(ui, Rank::Ghost, Some(icons::EDIT), "Reopen").clicked() {
                let command = Command::ConfirmMapping { source: id, confirmed: false };
                cx.push(Action::Apply(command));
            }
            return;
        }
        let taken =
            mapping.entities.iter().flat_map(|e| &e.links).filter(|l| self.takes(l)).count();
        let label = format!("Accept {}", format::plural(taken as u64, "link", "links"));
        if button(ui, Rank::Plain, Some(icons::CHECK), &label).clicked() {
            let command = self.accept(&id, mapping);
            cx.push(Action::ApplyAndRun(command, Stage::Mapping));
        }
    }

    /// Accepts a mapping without the suggestions below the threshold.
    pub fn accept(&self, id: &SourceId, mapping: &Mapping) -> Command {
        let confirm = Command::ConfirmMapping { source: id.clone(), confirmed: true };
        let below = mapping.entities.iter().flat_map(|e| {
            let links = e.links.iter().filter(|l| !self.takes(l));
            links.map(move |l| Command::UnlinkField {
                source: id.clone(),
                entity: e.entity,
                field: l.field.clone(),
            })
        });
        let mut commands: Vec<Command> = below.collect();
        if commands.is_empty() {
            return confirm;
        }
        commands.push(confirm);
        Command::Batch { title: format!("Accept mapping of {id}"), commands }
    }

    fn keep(&mut self, ui: &mut Ui, cx: &mut Context<'_>, source: &Source) {
        let Some(name) = &mut self.naming else {
            if button(ui, Rank::Ghost, Some(icons::EXPORT), "Save as preset…")
                .on_hover_text("Files with these headers will be mapped without a click")
                .clicked()
            {
                self.naming = Some(source.title.split('.').next().unwrap_or_default().to_owned());
            }
            return;
        };
        let mut done = button(ui, Rank::Ghost, None, "Cancel").clicked();
        let saved = button(ui, Rank::Plain, Some(icons::CHECK), "Save").clicked();
        let label = TextEdit::singleline(name).desired_width(160.0).hint_text("Name of the preset");
        let field = ui.add(label);
        field.widget_info(|| {
            egui::WidgetInfo::labeled(egui::accesskit::Role::TextInput, true, "Name of the preset")
        });
        if saved && !name.trim().is_empty() {
            cx.push(Action::SavePreset(source.id.clone(), name.clone()));
            done = true;
        }
        if done {
            self.naming = None;
        }
    }
}

fn suggested(mapping: &Mapping) -> impl Iterator<Item = &Link> {
    let links = mapping.entities.iter().flat_map(|e| &e.links);
    links.filter(|l| l.origin == Origin::Suggested)
}

/// The preset a source was recognised as.
fn known(ui: &mut Ui, cx: &Context<'_>, source: &Source) {
    let t = theme::of(ui);
    let Some(id) = &source.preset else { return };
    let presets = cx.data.presets.read();
    let Some(preset) = presets.and_then(|all| all.iter().find(|p| &p.id == id)) else { return };
    chip(ui, &preset.title, t.accent).on_hover_text(&preset.note);
    let (word, ink, about) = match (preset.own, preset.verified) {
        (true, _) => ("your own", t.ok, "A preset you saved"),
        (_, true) => ("verified", t.ok, "Checked against a real export"),
        _ => ("unverified", t.text_dim, "Its headers come from documents, not from a real export"),
    };
    chip(ui, word, ink).on_hover_text(about);
}

/// Accepts every mapping that waits, suggestions above the threshold only.
pub fn accept_all(accept: &Accept, document: &Document, waiting: &[SourceId]) -> Command {
    let each = waiting.iter().filter_map(|id| Some((id, document.mappings.get(id)?)));
    let commands = each.map(|(id, mapping)| accept.accept(id, mapping)).collect();
    Command::Batch { title: "Accept all mappings".to_owned(), commands }
}
