//! Mapping: a canvas of links from a source's columns to canonical fields.

mod accept;
mod canvas;
mod memory;
mod panel;
mod transforms;
mod weights;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{chip, empty};
use crate::widgets::stage::Next;
use crate::widgets::{Say, backdrop, button, format, layout, person, stage};
use crate::wire::Pick;
use accept::Accept;
use canvas::Canvas;
use egui::accesskit::Role;
use egui::{Align2, ComboBox, CursorIcon, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use kith_model::document::Document;
use kith_model::mapping::{Link, Mapping};
use kith_model::{Entity, SourceId, Stage};
use panel::Panel;
use weights::Weights;

/// The page's transient input.
#[derive(Default)]
pub struct MappingView {
    chosen: Option<SourceId>,
    entity: Option<Entity>,
    canvas: Canvas,
    accept: Accept,
    panel: Panel,
    weights: Weights,
}

impl MappingView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let Some(document) = cx.data.document.read() else { return };
        let waiting: Vec<SourceId> = document
            .sources
            .iter()
            .map(|s| s.id.clone())
            .filter(|id| document.mappings.get(id).is_none_or(|m| !m.confirmed))
            .collect();
        let next = (!waiting.is_empty()).then(|| Next {
            icon: icons::CHECK,
            label: format!(
                "Accept {}",
                format::plural(waiting.len() as u64, "mapping", "mappings")
            ),
            action: Action::ApplyAndRun(
                accept::accept_all(&self.accept, document, &waiting),
                Stage::Mapping,
            ),
        });
        stage::header(ui, cx, Stage::Mapping, next);
        if document.sources.is_empty() {
            let teach = "Columns of your files are linked to one common schema. Known exports \
                         are linked by themselves, others get suggestions with reasons";
            if empty(ui, icons::MAPPING, "No files to map", teach, Some("Add files…")) {
                cx.push(Action::Pick(Pick::Files));
            }
            return;
        }
        if !document.sources.iter().any(|s| Some(&s.id) == self.chosen.as_ref()) {
            let first = waiting.first().cloned();
            self.chosen = first.or_else(|| document.sources.first().map(|s| s.id.clone()));
        }
        let Some(source) = self.chosen.clone() else { return };
        layout::fill(ui, |ui| {
            layout::columns(ui, [216.0, 1.0], |[left, right]| {
                self.sources(left, cx, document);
                self.source(right, cx, document, &source);
            });
        });
    }

    fn sources(&mut self, ui: &mut Ui, cx: &mut Context<'_>, document: &Document) {
        let t = theme::of(ui);
        ui.faint("Sources");
        ui.spacing_mut().item_spacing.y = 2.0;
        let counts = cx.data.mapping.read().and_then(Option::as_ref);
        let room = ui.available_height() - memory::HEIGHT;
        ScrollArea::vertical().id_salt("map sources").max_height(room).show(ui, |ui| {
            for source in &document.sources {
                let (rect, response) =
                    ui.allocate_exact_size(vec2(ui.available_width(), 44.0), Sense::click());
                let here = self.chosen.as_ref() == Some(&source.id);
                let mapping = document.mappings.get(&source.id);
                let confirmed = mapping.is_some_and(|m| m.confirmed);
                let word = if confirmed { "accepted" } else { "waits for your word" };
                let said = format!("{}, {word}", source.title);
                response.widget_info(|| WidgetInfo::selected(Role::Tab, true, here, &said));
                backdrop(ui, rect, 6, here, &response);
                let (icon, ink) =
                    if confirmed { (icons::GOOD, t.ok) } else { (icons::WARNING, t.warn) };
                let at = rect.left_center() + vec2(16.0, 0.0);
                ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(15.0), ink);
                let clip = ui.painter().with_clip_rect(rect.shrink2(vec2(8.0, 0.0)));
                let at = pos2(rect.left() + 32.0, rect.center().y - 8.0);
                clip.text(at, Align2::LEFT_CENTER, &source.title, theme::medium(13.0), t.text);
                let rows: u64 = counts
                    .into_iter()
                    .flat_map(|c| &c.mapped)
                    .filter(|m| m.source == source.id)
                    .map(|m| m.rows)
                    .sum();
                let links: usize =
                    mapping.into_iter().flat_map(|m| &m.entities).map(|e| e.links.len()).sum();
                let note = if rows > 0 {
                    format!("{links} links · {} rows", format::short(rows))
                } else {
                    format!("{links} links")
                };
                let at = pos2(rect.left() + 32.0, rect.center().y + 9.0);
                clip.text(at, Align2::LEFT_CENTER, note, theme::mono(12.0), t.text_dim);
                if response.on_hover_cursor(CursorIcon::PointingHand).clicked() {
                    self.chosen = Some(source.id.clone());
                    self.entity = None;
                    self.panel.field = None;
                }
            }
        });
        memory::show(ui, cx);
    }

    fn source(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        document: &Document,
        source: &SourceId,
    ) {
        let none = Mapping::default();
        let mapping = document.mappings.get(source).unwrap_or(&none);
        let used =
            |e: Entity| mapping.entities.iter().any(|m| m.entity == e && !m.links.is_empty());
        let entity = self.entity.unwrap_or_else(|| {
            Entity::ALL.into_iter().find(|e| used(*e)).unwrap_or(Entity::Profile)
        });
        let mut chosen = entity;
        if let Some(of) = document.source(source) {
            self.accept.show(ui, cx, of, mapping);
        }
        let counted = |e: Entity| {
            let part = mapping.entities.iter().find(|m| m.entity == e);
            part.map_or(0, |m| m.links.len())
        };
        // What the file feeds, and the one being looked at; the rest waits in a menu.
        let shown = |e: &Entity| counted(*e) > 0 || *e == entity;
        let tabs: Vec<(Entity, String)> = Entity::ALL
            .into_iter()
            .filter(shown)
            .map(|e| match counted(e) {
                0 => (e, e.title().to_owned()),
                n => (e, format!("{} {n}", e.title())),
            })
            .collect();
        ui.horizontal(|ui| {
            button::tabs(ui, &mut chosen, &tabs);
            others(ui, &mut chosen, &tabs);
        });
        if chosen != entity {
            self.panel.field = None;
        }
        self.entity = Some(chosen);
        let part = mapping.entities.iter().find(|m| m.entity == chosen);
        let links = part.map_or(&[][..], |p| &p.links);
        let open = links.iter().any(|l| Some(&l.field) == self.panel.field.as_ref());
        let room = ui.available_height() - if open { panel::HEIGHT + 12.0 } else { 0.0 };
        let accept = &self.accept;
        let taken = |link: &Link| accept.takes(link);
        ui.allocate_ui(vec2(ui.available_width(), room.max(120.0)), |ui| {
            self.canvas.show(ui, cx, (source, chosen), mapping, &taken);
        });
        if let Some(field) = self.canvas.clicked.take() {
            self.panel.field = Some(field);
        }
        if open {
            let columns = canvas::names(cx, source, mapping);
            self.panel.show(ui, cx, (source, chosen), links, &columns);
        }
    }

    /// Rows and failures of the chosen source.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let t = theme::of(ui);
        let counts = cx.data.mapping.peek().and_then(Option::as_ref);
        let mapped = counts.into_iter().flat_map(|c| &c.mapped);
        for count in mapped.filter(|m| Some(&m.source) == self.chosen.as_ref()) {
            ui.head(count.entity.title());
            person::pair(ui, "Rows", &format::count(count.rows));
            for (field, n) in &count.failures {
                let label = count.entity.field(field).map_or(field.as_str(), |f| f.label);
                let text = format!("{} not converted", format::count(*n));
                ui.horizontal(|ui| {
                    ui.say(label, theme::body(12.0), t.text_dim);
                    chip(ui, &text, t.warn)
                        .on_hover_text("Present in the file, but not a value of this kind");
                });
            }
        }
        let events = cx.data.mapping.peek().and_then(Option::as_ref).is_some_and(|counts| {
            let of =
                |m: &&kith_model::mapping::MappedCount| Some(&m.source) == self.chosen.as_ref();
            counts.mapped.iter().filter(of).any(|m| m.entity == Entity::Event && m.rows > 0)
        });
        if events {
            self.weights.show(ui, cx);
        }
    }
}

/// The tables a file does not feed yet.
fn others(ui: &mut Ui, chosen: &mut Entity, shown: &[(Entity, String)]) {
    let menu = ComboBox::from_id_salt("other tables").selected_text("Other tables").width(120.0);
    let menu = menu.show_ui(ui, |ui| {
        for entity in Entity::ALL.into_iter().filter(|e| shown.iter().all(|(s, _)| s != e)) {
            if ui.selectable_label(false, entity.title()).clicked() {
                *chosen = entity;
            }
        }
    });
    menu.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Other tables"));
}
