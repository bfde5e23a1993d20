//! One customer: what they bought, what they would get and why, what everybody would get.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::{Say, button, fit, format, layout};
use egui::accesskit::Role;
use egui::{Align2, Popup, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2};
use kith_model::ProfileId;
use kith_model::recommend::{PersonLists, Recommendation};

/// Whom to show.
#[derive(Default)]
pub struct Customer {
    text: String,
}

impl Customer {
    /// Draws the search and the lists.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let chosen = cx.selection.person.or_else(|| first(cx));
        card(ui, "One customer", "bought · for them · for everybody", |ui| {
            self.search(ui, cx, chosen);
            let Some(profile) = chosen else {
                ui.dim("Find a customer by name, e-mail or city");
                return;
            };
            if let Some(error) = cx.data.lists.error(&profile) {
                crate::widgets::card::failure(ui, error);
            }
            if let Some(lists) = cx.data.lists.read(&profile) {
                three(ui, lists);
            } else {
                ui.faint("Fetching their lists…");
            }
        });
    }

    fn search(&mut self, ui: &mut Ui, cx: &mut Context<'_>, chosen: Option<ProfileId>) {
        let t = theme::of(ui);
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.text)
                .id_salt("find customer")
                .hint_text("Find a customer")
                .prefix(egui::RichText::new(icons::SEARCH).color(t.text_faint))
                .desired_width(260.0)
                .margin(egui::Margin::symmetric(8, 5));
            let response = ui.add(field);
            if let Some(profile) = chosen {
                let name = cx.data.person.read(&profile).map(|p| p.name.clone());
                ui.say(name.unwrap_or_default(), theme::semibold(13.0), t.text);
                ui.say(profile.to_string(), theme::mono(12.0), t.text_faint);
                if button::link(ui, "Show in the inspector").clicked() {
                    cx.push(Action::Person(Some(profile)));
                }
            }
            let text = self.text.trim().to_owned();
            let open = response.has_focus() && text.chars().count() >= 2;
            let popup = Popup::from_response(&response).open(open).accessible_name("Customers");
            popup.show(|ui| {
                ui.set_min_width(260.0);
                let found = cx.data.people.read(&text).cloned().unwrap_or_default();
                if found.is_empty() {
                    ui.faint("Nobody found");
                }
                for (profile, name) in found.into_iter().take(10) {
                    if ui.selectable_label(false, name).clicked() {
                        cx.push(Action::Person(Some(profile)));
                        self.text.clear();
                    }
                }
            });
        });
    }
}

/// Anybody, until somebody is chosen.
fn first(cx: &Context<'_>) -> Option<ProfileId> {
    cx.data.people.read(&String::new())?.first().map(|(profile, _)| *profile)
}

fn three(ui: &mut Ui, lists: &PersonLists) {
    layout::columns(ui, [0.26, 0.44, 0.30], |[bought, own, popular]| {
        bought.faint("Bought, newest first");
        bought.spacing_mut().item_spacing.y = 0.0;
        for (title, day) in lists.bought.iter().take(12) {
            line(bought, None, title, day);
        }
        own.faint("For them");
        own.spacing_mut().item_spacing.y = 0.0;
        for item in &lists.list {
            product(own, item);
        }
        popular.faint("What everybody would get");
        popular.spacing_mut().item_spacing.y = 0.0;
        for item in lists.popular.iter().take(10) {
            product(popular, item);
        }
    });
}

fn product(ui: &mut Ui, item: &Recommendation) {
    let response = line(ui, Some(item.rank), &item.title, &item.reason);
    response.on_hover_text(format!(
        "{}\n{}\nscore {}",
        item.product_id,
        item.category,
        format::real(item.score)
    ));
}

fn line(ui: &mut Ui, rank: Option<u32>, title: &str, note: &str) -> egui::Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, title));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.hairline));
    let left = if rank.is_some() { 28.0 } else { 0.0 };
    if let Some(rank) = rank {
        let at = pos2(rect.left() + 4.0, rect.top() + 13.0);
        let text = rank.to_string();
        ui.painter().text(at, Align2::LEFT_CENTER, text, theme::mono(12.0), t.text_faint);
    }
    let at = pos2(rect.left() + left, rect.top() + 12.0);
    fit(ui, at, rect.right(), title, theme::medium(13.0), t.text);
    let at = pos2(rect.left() + left, rect.top() + 28.0);
    fit(ui, at, rect.right(), note, theme::body(12.0), t.text_dim);
    response
}
