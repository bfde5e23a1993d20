//! What each event type says about taste: its weight in later models.

use crate::context::{Action, Context};
use crate::theme;
use crate::widgets::setting::{Draft, Touch};
use crate::widgets::{Say, format};
use egui::{DragValue, Ui};
use kith_model::quality::TableId;
use kith_model::recommend::{RecommendParams, plain_event};
use kith_model::{Command, Entity};

/// Weights being edited.
#[derive(Default)]
pub struct Weights {
    draft: Draft<RecommendParams>,
}

impl Weights {
    /// The most frequent event types with their weights.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let t = theme::of(ui);
        let Some(document) = cx.data.document.read() else { return };
        let Some(profile) = cx.data.profiles.read(&TableId::Canon(Entity::Event)) else { return };
        let types = profile.columns.iter().find(|c| c.name == "type");
        let Some(types) = types.filter(|c| !c.top.is_empty()) else { return };
        let draft = self.draft.edit(&document.recommend);
        let mut done = false;
        ui.head("Event weights");
        ui.faint("What an event of a product says about taste; purchases count by their orders");
        for (event, times) in &types.top {
            let before = draft.weight_of(event);
            let mut weight = before;
            ui.horizontal(|ui| {
                let label = ui.allocate_ui(egui::vec2(150.0, 18.0), |ui| {
                    ui.set_width(150.0);
                    ui.say(event, theme::body(12.0), t.text)
                        .on_hover_text(format::plural(*times, "event", "events"))
                });
                let drag =
                    DragValue::new(&mut weight).range(0.0..=100.0).speed(0.01).max_decimals(2);
                let response = ui.add(drag).labelled_by(label.inner.id);
                if weight.to_bits() != before.to_bits() {
                    draft.event_weights.insert(plain_event(event), weight);
                }
                done |= Touch::of(&response) == Touch::Done;
            });
        }
        if done && *draft != document.recommend && draft.clone().check().is_ok() {
            cx.push(Action::Apply(Command::SetRecommend { params: draft.clone() }));
        }
    }
}
