//! One link in detail: where it comes from, what it does to the values, tried on the file.

use super::transforms;
use crate::context::{Action, Context};
use crate::data::LinkKey;
use crate::icons;
use crate::theme;
use crate::widgets::button::icon_button;
use crate::widgets::card::{card, chip, failure};
use crate::widgets::{Rank, Say, button, format, layout};
use egui::{Align, Color32, Layout, ScrollArea, Ui};
use kith_model::mapping::{Link, LinkPreview, Origin, Transform};
use kith_model::{Command, Entity, SourceId};

/// Height of the panel.
pub const HEIGHT: f32 = 236.0;

/// The link being looked at.
#[derive(Default)]
pub struct Panel {
    /// Canonical field, none when nothing is looked at.
    pub field: Option<String>,
    /// The link as edited, and as it stood when the edit began.
    draft: Option<(Link, Link)>,
}

impl Panel {
    /// Draws the panel of the chosen field's link.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        at: (&SourceId, Entity),
        links: &[Link],
        columns: &[String],
    ) {
        let (source, entity) = at;
        let Some(drawn) = links.iter().find(|l| Some(&l.field) == self.field.as_ref()) else {
            self.field = None;
            return;
        };
        if self.draft.as_ref().is_none_or(|(_, base)| base != drawn) {
            self.draft = Some((drawn.clone(), drawn.clone()));
        }
        let Some((link, _)) = &mut self.draft else { return };
        let mut close = false;
        card(ui, "", "", |ui| {
            ui.set_height(HEIGHT - 32.0);
            close = about(ui, cx, at, drawn);
            layout::columns(ui, [216.0, 1.0], |[change, tried]| {
                ScrollArea::vertical().id_salt("change").show(change, |ui| {
                    transforms::choose(ui, &mut link.transform, columns);
                    if link.transform != drawn.transform {
                        apply(ui, cx, at, link);
                    }
                });
                let key = LinkKey { source: source.clone(), entity, link: link.clone() };
                preview(tried, cx, &key);
            });
        });
        if close {
            self.field = None;
        }
    }
}

/// What is linked to what, and why; true when the panel is to be closed.
fn about(ui: &mut Ui, cx: &mut Context<'_>, at: (&SourceId, Entity), link: &Link) -> bool {
    let t = theme::of(ui);
    let label = at.1.field(&link.field).map_or(link.field.as_str(), |f| f.label);
    let from = link.column.as_deref().unwrap_or("expression");
    let (word, ink) = match link.origin {
        Origin::Manual => ("by hand", t.accent),
        Origin::Preset => ("preset", t.text_dim),
        Origin::Suggested => ("suggested", t.warn),
    };
    ui.horizontal(|ui| {
        ui.set_height(28.0);
        ui.head(&format!("{} → {label}", format::cut(from, 28)));
        chip(ui, word, ink).on_hover_text(&link.reason);
        if link.origin == Origin::Suggested {
            let sure = format::share(f64::from(link.confidence));
            let about = "Confidence: of links with this much evidence, so many are true";
            ui.say(sure, theme::mono(12.0), t.text).on_hover_text(about);
        }
        let buttons = Layout::right_to_left(Align::Center);
        ui.with_layout(buttons, |ui| {
            let close = icon_button(ui, icons::CLOSE, "Close the link", false).clicked();
            if icon_button(ui, icons::UNLINK, "Unlink", false).clicked() {
                let (source, entity) = (at.0.clone(), at.1);
                let field = link.field.clone();
                cx.push(Action::Apply(Command::UnlinkField { source, entity, field }));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.faint(link.reason.clone()).on_hover_text(&link.reason);
            });
            close
        })
        .inner
    })
    .inner
}

fn apply(ui: &mut Ui, cx: &mut Context<'_>, at: (&SourceId, Entity), link: &Link) {
    let whole = match &link.transform {
        Transform::Join { with, .. } => !with.is_empty(),
        Transform::Sql(text)
        | Transform::Phone(text)
        | Transform::Dated(text)
        | Transform::Zone(text) => !text.is_empty(),
        Transform::Regex { pattern, .. } => !pattern.is_empty(),
        Transform::Dictionary(pairs) => !pairs.is_empty(),
        _ => true,
    };
    ui.add_space(4.0);
    ui.add_enabled_ui(whole, |ui| {
        if button(ui, Rank::Primary, Some(icons::CHECK), "Use this").clicked() {
            let (source, entity) = (at.0.clone(), at.1);
            let link = link.clone();
            cx.push(Action::Apply(Command::LinkField { source, entity, link }));
        }
    });
}

fn preview(ui: &mut Ui, cx: &mut Context<'_>, key: &LinkKey) {
    let t = theme::of(ui);
    let found = cx.data.previews.read(key);
    if let Some(error) = cx.data.previews.error(key) {
        failure(ui, error);
        return;
    }
    let Some(found) = found else {
        ui.faint("Trying it on the file…");
        return;
    };
    let (said, ink) = verdict(found);
    let looked =
        format!("The first {} rows of the file were looked at", format::count(found.looked_at));
    ui.say(said, theme::medium(13.0), if ink { t.error } else { t.text }).on_hover_text(looked);
    let width = (ui.available_width() - 56.0) / 2.0;
    ui.spacing_mut().interact_size.y = 18.0;
    ui.horizontal(|ui| {
        ui.allocate_ui(egui::vec2(width, 16.0), |ui| {
            ui.set_width(width);
            ui.faint("In the file");
        });
        ui.add_space(22.0);
        ui.faint("Afterwards");
    });
    ScrollArea::vertical().id_salt("tried").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for row in &found.rows {
            let before = row.before.as_deref().unwrap_or("–");
            let (after, ink) = match (&row.after, row.failed) {
                (Some(after), _) => (after.as_str(), t.text),
                (None, true) => ("cannot be converted", t.error),
                (None, false) => ("nothing", t.text_faint),
            };
            pair(ui, width, (before, t.text_dim), (after, ink));
        }
    });
}

/// The count of failures in a sentence, and whether there are any.
fn verdict(found: &LinkPreview) -> (String, bool) {
    let present = format::plural(found.present, "value", "values");
    if found.failed == 0 {
        return (format!("All {present} can be converted"), false);
    }
    (format!("{} of {present} cannot be converted", format::count(found.failed)), true)
}

fn pair(ui: &mut Ui, width: f32, before: (&str, Color32), after: (&str, Color32)) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.allocate_ui(egui::vec2(width, 18.0), |ui| {
            ui.set_width(width);
            ui.say(before.0, theme::mono(12.0), before.1).on_hover_text(before.0);
        });
        ui.say("→", theme::body(12.0), t.text_faint);
        ui.say(after.0, theme::mono(12.0), after.1).on_hover_text(after.0);
    });
}
