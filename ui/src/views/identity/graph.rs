//! One person as a graph: records, what ties them together, and where they could be split.

mod picture;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::{Rank, Say, button, fit, fit_end, format, layout};
use egui::accesskit::Role;
use egui::{Pos2, Sense, Stroke, TextEdit, Ui, Vec2, WidgetInfo, pos2, vec2};
use kith_model::identity::Verdict;
use kith_model::person_graph::{GraphLink, LinkKind, PersonGraph};
use kith_model::{PairKey, ProfileId, Stage};
use picture::{NODE, arranged, paint_link, struck};
use std::collections::BTreeSet;

/// Height of the drawing.
const HEIGHT: f32 = 380.0;

/// What is looked at.
#[derive(Default)]
pub struct Graph {
    wanted: String,
    chosen: Option<ProfileId>,
    link: Option<PairKey>,
    merge: String,
    chosen_records: BTreeSet<String>,
    places: Option<(ProfileId, usize, Vec<Vec2>)>,
}

impl Graph {
    /// Draws the person chosen here or selected anywhere; answers a pair to be explained.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) -> Option<PairKey> {
        let mut explain = None;
        layout::columns(ui, [220.0, 1.0], |[list, main]| {
            self.people(list, cx);
            let person = cx.selection.person.or(self.chosen);
            let Some(person) = person else {
                main.faint("Choose somebody");
                return;
            };
            if let Some(error) = cx.data.graphs.error(&person) {
                failure(main, error);
            }
            let Some(graph) = cx.data.graphs.read(&person) else {
                main.faint("Drawing…");
                return;
            };
            let scroll = egui::ScrollArea::vertical().id_salt("person").auto_shrink([false, false]);
            scroll.show(main, |ui| {
                ui.spacing_mut().item_spacing.y = 12.0;
                let title = format::plural(graph.records.len() as u64, "record", "records");
                card(ui, &title, &summary(graph), |ui| self.draw(ui, graph));
                explain = self.detail(ui, cx, graph);
            });
        });
        explain
    }

    /// Who to look at: those with most records first.
    fn people(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let field = TextEdit::singleline(&mut self.wanted).hint_text("Find a person");
        ui.add(field.desired_width(f32::INFINITY));
        let found = cx.data.people.read(&self.wanted).cloned().unwrap_or_default();
        if self.chosen.is_none() {
            self.chosen = found.first().map(|(profile, _)| *profile);
        }
        let t = theme::of(ui);
        let shown = cx.selection.person.or(self.chosen);
        egui::ScrollArea::vertical().id_salt("people").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (profile, name) in found {
                let size = vec2(ui.available_width(), 24.0);
                let (rect, response) = ui.allocate_exact_size(size, Sense::click());
                let on = shown == Some(profile);
                response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, on, &name));
                if on || response.hovered() {
                    let fill = if on { t.accent_soft } else { t.hover };
                    ui.painter().rect_filled(rect, 4.0, fill);
                }
                let at = rect.left_center() + vec2(8.0, 0.0);
                // Namesakes are told apart by their ids.
                let id = rect.right_center() - vec2(6.0, 0.0);
                let (text, font) = (profile.to_string(), theme::mono(11.0));
                let id = fit_end(ui, id, rect.left(), text, font, t.text_faint);
                fit(ui, at, id.left() - 6.0, name.as_str(), theme::body(13.0), t.text);
                if response.clicked() {
                    self.chosen = Some(profile);
                    self.link = None;
                    cx.push(Action::Person(Some(profile)));
                }
            }
        });
    }

    fn places(&mut self, graph: &PersonGraph) -> &[Vec2] {
        let (profile, n) = (graph.profile, graph.records.len());
        if self.places.as_ref().is_none_or(|(p, m, _)| *p != profile || *m != n) {
            self.places = Some((profile, n, arranged(graph)));
        }
        self.places.as_ref().map_or(&[], |(_, _, places)| places)
    }

    fn draw(&mut self, ui: &mut Ui, graph: &PersonGraph) {
        let t = theme::of(ui);
        let size = vec2(ui.available_width(), HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let name = "Graph of the person's records";
        response.widget_info(|| WidgetInfo::labeled(Role::GraphicsDocument, true, name));
        let inner = rect.shrink2(vec2(90.0, 48.0));
        let place =
            |at: &Vec2| pos2(egui::lerp(inner.x_range(), at.x), egui::lerp(inner.y_range(), at.y));
        let at: Vec<Pos2> = self.places(graph).iter().map(place).collect();
        if let Some(click) = response.interact_pointer_pos().filter(|_| response.clicked()) {
            match at.iter().position(|place| place.distance(click) <= NODE) {
                Some(n) => self.choose(graph, n),
                None => self.link = struck(graph, &at, click).map(|link| link.key.clone()),
            }
        }
        let hovered = response.hover_pos().and_then(|p| struck(graph, &at, p));
        for link in &graph.links {
            let bright =
                self.link.as_ref() == Some(&link.key) || hovered.is_some_and(|h| h.key == link.key);
            paint_link(ui.painter(), link, (&at, bright), &t);
        }
        let side = self.selected(graph).map_or(&[][..], |link| &link.cuts_off);
        for (n, card) in graph.records.iter().enumerate() {
            let cut = side.contains(&(n as u32));
            let fill = if cut { t.warn } else { t.accent };
            ui.painter().circle(at[n], 7.0, fill, Stroke::new(2.0, t.raised));
            if self.chosen_records.contains(&card.name) {
                ui.painter().circle_stroke(at[n], NODE, Stroke::new(2.0, t.text));
            }
        }
        picture::names(ui, graph, &at, rect);
        let node = response.hover_pos().and_then(|p| {
            let near = at.iter().position(|place| place.distance(p) <= NODE)?;
            graph.records.get(near)
        });
        if let Some(text) = node.map(picture::record).or_else(|| hovered.map(words)) {
            response.on_hover_text_at_pointer(text);
        }
    }

    /// Chooses a record, or leaves it.
    fn choose(&mut self, graph: &PersonGraph, n: usize) {
        let Some(card) = graph.records.get(n) else { return };
        if !self.chosen_records.remove(&card.name) {
            self.chosen_records.insert(card.name.clone());
        }
    }

    fn selected<'a>(&self, graph: &'a PersonGraph) -> Option<&'a GraphLink> {
        graph.links.iter().find(|l| Some(&l.key) == self.link.as_ref())
    }

    /// The link that was clicked, and what can be done.
    fn detail(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        graph: &PersonGraph,
    ) -> Option<PairKey> {
        let mut explain = None;
        layout::columns(ui, [0.5, 0.5], |[left, right]| {
            card(left, "Link", "click one in the graph", |ui| {
                let Some(link) = self.selected(graph) else {
                    ui.dim(
                        "Bridges hold two parts together alone; dashed links lie below the \
                            threshold",
                    );
                    return;
                };
                ui.dim(words(link));
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    let split = button(ui, Rank::Plain, Some(icons::UNLINK), "Split here");
                    if split.on_hover_text(splits(link)).clicked() {
                        cut(cx, graph, link);
                    }
                    if button(ui, Rank::Ghost, Some(icons::HELP), "Explain").clicked() {
                        explain = Some(link.key.clone());
                    }
                });
            });
            left.spacing_mut().item_spacing.y = 12.0;
            let caption = "somebody else's records";
            card(left, "Split off…", caption, |ui| self.parting(ui, cx, graph));
            card(right, "Merge with…", "one person after all", |ui| self.merge(ui, cx, graph));
        });
        explain
    }

    /// Somebody who is this person too.
    fn merge(&mut self, ui: &mut Ui, cx: &mut Context<'_>, graph: &PersonGraph) {
        let field = TextEdit::singleline(&mut self.merge).hint_text("Name, e-mail or phone");
        let response = ui.add(field.desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::text_edit(true, "", "", "Merge with"));
        if self.merge.trim().is_empty() {
            return;
        }
        let found = cx.data.people.read(&self.merge).cloned().unwrap_or_default();
        for (profile, name) in found.into_iter().filter(|(p, _)| *p != graph.profile).take(4) {
            ui.horizontal(|ui| {
                ui.words(name);
                ui.faint(profile.to_string());
                if button::link(ui, "Merge").on_hover_text("They are one person").clicked() {
                    let both = vec![graph.profile, profile];
                    cx.push(Action::Merge(both, "merged by hand".to_owned()));
                    self.merge.clear();
                }
            });
        }
    }

    /// Records chosen by a click, to be split off.
    fn parting(&mut self, ui: &mut Ui, cx: &mut Context<'_>, graph: &PersonGraph) {
        let here = |name: &String| graph.records.iter().any(|r| r.name == *name);
        self.chosen_records.retain(here);
        if self.chosen_records.is_empty() {
            ui.dim("Click records in the graph to choose those that are somebody else's");
            return;
        }
        for name in &self.chosen_records {
            ui.data(name.clone());
        }
        let all = self.chosen_records.len() == graph.records.len();
        let n = format::plural(self.chosen_records.len() as u64, "record", "records");
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            ui.add_enabled_ui(!all, |ui| {
                let split = format!("Split off {n}");
                if button(ui, Rank::Plain, Some(icons::UNLINK), &split).clicked() {
                    let records = self.chosen_records.iter().cloned().collect();
                    let why = "split by hand".to_owned();
                    cx.push(Action::Split(graph.profile, records, why));
                    self.chosen_records.clear();
                }
            });
            if button::link(ui, "Choose none").clicked() {
                self.chosen_records.clear();
            }
        });
        if all {
            ui.dim("At least one record stays");
        }
    }
}

/// Parts the person at a link: all that a bridge holds goes, else the two records.
fn cut(cx: &mut Context<'_>, graph: &PersonGraph, link: &GraphLink) {
    if link.cuts_off.is_empty() {
        decide(cx, link.key.clone(), Verdict::Different, "split by hand");
        return;
    }
    let gone = link.cuts_off.iter().filter_map(|&n| graph.records.get(n as usize));
    let records = gone.map(|card| card.name.clone()).collect();
    cx.push(Action::Split(graph.profile, records, "split by hand".to_owned()));
}

fn splits(link: &GraphLink) -> String {
    match link.cuts_off.len() as u64 {
        0 => "These two are different people".to_owned(),
        n => format!(
            "{} marked in the graph are somebody else's",
            format::plural(n, "record", "records")
        ),
    }
}

/// A word on a pair, and people anew.
fn decide(cx: &mut Context<'_>, key: PairKey, verdict: Verdict, why: &str) {
    cx.push(Action::Decide(key, Some(verdict), why.to_owned()));
    cx.push(Action::Run(Stage::Identity));
}

fn summary(graph: &PersonGraph) -> String {
    let bridges = graph.links.iter().filter(|l| !l.cuts_off.is_empty()).count() as u64;
    let weak = graph.links.iter().filter(|l| l.kind == LinkKind::Weak).count() as u64;
    let (bridges, weak) = (
        format::plural(bridges, "bridge", "bridges"),
        format::plural(weak, "weak link", "weak links"),
    );
    format!("{bridges} · {weak}")
}

/// A link in words.
fn words(link: &GraphLink) -> String {
    let kind = match link.kind {
        LinkKind::Said => "somebody said so",
        LinkKind::Key => "a deterministic key",
        LinkKind::Strong => "their own weight",
        LinkKind::Weak => "below the threshold: only the average of all pairs holds them",
    };
    let mut text = format!(
        "{} and {}: {kind}, {} bits, {}",
        link.key.left,
        link.key.right,
        format::signed(link.weight),
        format::share(link.probability)
    );
    if !link.cuts_off.is_empty() {
        let n = format::plural(link.cuts_off.len() as u64, "record", "records");
        text.push_str(&format!(". A bridge: without it {n} would be apart"));
    }
    text
}
