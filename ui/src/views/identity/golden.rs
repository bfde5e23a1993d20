//! Golden records: which of a person's values stands, what other rules would change, values set by
//! hand.

use crate::context::{Action, Context};
use crate::data::GoldenKey;
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::setting::Draft;
use crate::widgets::{Rank, Say, button, format, icon_button};
use egui::{Align2, ComboBox, Rect, Sense, Stroke, Ui, UiBuilder, pos2, vec2};
use kith_model::document::Document;
use kith_model::golden::{ADDRESS, GOLDEN_FIELDS, GoldenChange, GoldenParams, Pin, Survivor};
use kith_model::{Command, Entity, Stage};

/// Rules being edited.
#[derive(Default)]
pub struct Golden {
    draft: Draft<GoldenParams>,
}

impl Golden {
    /// Draws the rules with what they would change, the order of sources, and pinned values.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let Some(document) = cx.data.document.read() else { return };
        let scroll = egui::ScrollArea::vertical().id_salt("golden").auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let draft = self.draft.edit(&document.golden);
            let caption = "which of a person's values stands";
            card(ui, "Rules of survivorship", caption, |ui| {
                let key = GoldenKey(draft.clone());
                if let Some(error) = cx.data.golden_changes.error(&key) {
                    failure(ui, error);
                }
                let found = cx.data.golden_changes.read(&key).map_or(&[][..], Vec::as_slice);
                rules(ui, draft, found);
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    let changed = *draft != document.golden;
                    if !changed {
                        ui.faint("In force");
                        return;
                    }
                    if button(ui, Rank::Primary, Some(icons::PLAY), "Use these").clicked() {
                        let change = Command::SetGolden { params: draft.clone() };
                        cx.push(Action::ApplyAndRun(change, Stage::Identity));
                    }
                    if button::link(ui, "Back").clicked() {
                        *draft = document.golden.clone();
                    }
                });
            });
            if draft.ranks_sources() {
                card(ui, "Order of sources", "the first that has a value is believed", |ui| {
                    order(ui, document, draft);
                });
            }
            card(ui, "Values set by hand", "they stand whatever the records say", |ui| {
                pins(ui, cx, &document.pins);
            });
        });
    }
}

/// A field as people call it.
fn label(field: &str) -> &str {
    match field {
        "address" => "Address",
        field => Entity::Profile.field(field).map_or(field, |f| f.label),
    }
}

/// Where the columns of the table end, as shares of its width: the rule begins at the first.
const AT: [f32; 5] = [0.2, 0.62, 0.75, 0.88, 1.0];

fn rules(ui: &mut Ui, draft: &mut GoldenParams, found: &[GoldenChange]) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let x = |n: usize| rect.left() + rect.width() * AT[n];
    let heads = ["golden values", "would change", "come or go"];
    let at = [(rect.left(), "Field"), (x(0), "Rule")];
    for (x, head) in at {
        let at = pos2(x, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, head, theme::medium(12.0), t.text_faint);
    }
    for (n, head) in heads.into_iter().enumerate() {
        let at = pos2(x(n + 2), rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, head, theme::medium(12.0), t.text_faint);
    }
    let mut all = Some(draft.rule);
    row(ui, "All fields", &mut all, None, None);
    draft.rule = all.unwrap_or_default();
    for field in GOLDEN_FIELDS {
        let mut own = draft.fields.get(field).copied();
        let change = found.iter().find(|c| c.field == field);
        row(ui, label(field), &mut own, Some(draft.rule), change);
        let parts = if field == "address" { &ADDRESS[..] } else { &[] };
        for change in parts.iter().filter_map(|part| found.iter().find(|c| c.field == *part)) {
            part(ui, change);
        }
        match own {
            Some(rule) => draft.fields.insert(field.to_owned(), rule),
            None => draft.fields.remove(field),
        };
    }
    ui.add_space(8.0);
}

/// A part of the address, which has no rule of its own.
fn part(ui: &mut Ui, change: &GoldenChange) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    let at = pos2(rect.left() + 12.0, rect.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, label(&change.field), theme::body(12.0), t.text_dim);
    counts(ui, rect, change);
    response.on_hover_text(sentence(change));
}

/// A field, its rule, and what it would change; `common`: the rule of fields without one.
fn row(
    ui: &mut Ui,
    name: &str,
    rule: &mut Option<Survivor>,
    common: Option<Survivor>,
    change: Option<&GoldenChange>,
) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
    let x = |n: usize| rect.left() + rect.width() * AT[n];
    let y = rect.center().y;
    let font = if common.is_none() { theme::medium(13.0) } else { theme::body(13.0) };
    ui.painter().text(pos2(rect.left(), y), Align2::LEFT_CENTER, name, font, t.text);
    let place =
        Rect::from_min_max(pos2(x(0), rect.top() + 4.0), pos2(x(1) - 8.0, rect.bottom() - 4.0));
    ui.scope_builder(UiBuilder::new().max_rect(place).id_salt(("rule", name)), |ui| {
        let same = common.map(|common| format!("as all fields ({})", common.label()));
        let text = rule.map_or(same.clone().unwrap_or_default(), |r| r.label().to_owned());
        let combo = ComboBox::from_id_salt(("survivor", name))
            .width(place.width().min(240.0))
            .height(280.0);
        let shown = combo.selected_text(text).show_ui(ui, |ui| {
            if let Some(same) = same {
                ui.selectable_value(rule, None, same);
            }
            for one in Survivor::ALL {
                ui.selectable_value(rule, Some(one), one.label());
            }
        });
        shown.response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::accesskit::Role::ComboBox,
                true,
                format!("Rule of {name}"),
            )
        });
    });
    if let Some(change) = change {
        counts(ui, rect, change);
        response.on_hover_text(sentence(change));
    }
}

/// The numbers of a row.
fn counts(ui: &Ui, rect: Rect, change: &GoldenChange) {
    let t = theme::of(ui);
    let x = |n: usize| rect.left() + rect.width() * AT[n];
    let ink = |n: u64| if n > 0 { t.warn } else { t.text_faint };
    let moved = change.gained + change.lost;
    for (n, count, ink) in [
        (2, change.values, t.text),
        (3, change.changed, ink(change.changed)),
        (4, moved, ink(moved)),
    ] {
        let at = pos2(x(n), rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, format::count(count), theme::mono(12.0), ink);
    }
}

fn sentence(change: &GoldenChange) -> String {
    format!(
        "{}: of {} golden values {} would be another one, {} people would have none, {} one \
         more",
        label(&change.field),
        format::count(change.values),
        format::count(change.changed),
        format::count(change.lost),
        format::count(change.gained)
    )
}

/// Sources in the order in which they are believed.
fn order(ui: &mut Ui, document: &Document, draft: &mut GoldenParams) {
    let mut all = draft.order(document);
    let mut swap = None;
    for (n, id) in all.iter().enumerate() {
        let title = document.source(id).map_or(id.0.as_str(), |s| s.title.as_str());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (icon, text, other) in [
                (icons::UP, "earlier", n.checked_sub(1)),
                (icons::DOWN, "later", Some(n + 1).filter(|next| *next < all.len())),
            ] {
                ui.add_enabled_ui(other.is_some(), |ui| {
                    let name = format!("Believe {title} {text}");
                    if icon_button(ui, icon, &name, false).clicked() {
                        swap = other.map(|other| (n, other));
                    }
                });
            }
            ui.data(format!("{}", n + 1));
            ui.words(title);
        });
    }
    if draft.sources.is_empty() {
        ui.faint("As the project lists them, until you move one");
    }
    if let Some((a, b)) = swap {
        all.swap(a, b);
        draft.sources = all;
    }
}

/// Pinned values, each with a way back.
fn pins(ui: &mut Ui, cx: &mut Context<'_>, pins: &[Pin]) {
    if pins.is_empty() {
        ui.dim("None yet: choose a person, and in the golden record a value that lost");
    }
    for pin in pins {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            if button::link(ui, "Take back").on_hover_text("The rules decide again").clicked() {
                let (record, field) = (pin.record.clone(), pin.field.clone());
                let change = Command::UnpinValue { record, field };
                cx.push(Action::ApplyAndRun(change, Stage::Identity));
            }
            ui.words(format!("{}: {}", label(&pin.field), pin.value));
            let who = if pin.by.is_empty() { "somebody" } else { &pin.by };
            ui.faint(format!("{} · {who}, {}", pin.record, format::moment(&pin.at)));
        });
    }
}
