//! Rules: the book by priority, what each would have done on history, conflicts, an editor.

mod editor;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, empty, notice};
use crate::widgets::stage::Next;
use crate::widgets::{
    Rank, Say, bars, button, fit, format, icon_button, layout, person, row, stage,
};
use editor::Editor;
use egui::{Align2, CursorIcon, Rect, Ui, pos2, vec2};
use kith_model::document::Document;
use kith_model::rules::{Rule, RuleCount, RulesSummary};
use kith_model::{Command, RuleId, Stage};

/// The page's transient input.
#[derive(Default)]
pub struct RulesView {
    chosen: Option<RuleId>,
    editor: Editor,
}

impl RulesView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let next = Next {
            icon: icons::PLAY,
            label: "Replay again".to_owned(),
            action: Action::Run(Stage::Rules),
        };
        stage::header(ui, cx, Stage::Rules, Some(next));
        let Some(document) = cx.data.document.read() else { return };
        if document.rules.is_empty() {
            self.begin(ui, cx);
            return;
        }
        let summary = cx.data.rules.read().and_then(Option::as_ref);
        layout::scroll(ui, "rules", |ui| {
            if let Some(summary) = summary {
                for conflict in &summary.conflicts {
                    let name = |id: &RuleId| title(document, id);
                    notice(
                        ui,
                        &format!(
                            "{} and {}: {} ({} people)",
                            name(&conflict.a),
                            name(&conflict.b),
                            conflict.message,
                            format::count(conflict.people)
                        ),
                    );
                }
            }
            let caption = summary.and_then(|s| s.window.as_ref().map(|w| (s.events, w)));
            let caption = caption.map_or_else(String::new, |(events, (from, to))| {
                format!("{} events, {from} to {to}", format::count(events))
            });
            card(ui, "Rule book", &caption, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for rule in &document.rules {
                    self.line(ui, cx, rule, summary);
                }
                ui.add_space(8.0);
                ui.horizontal(|ui| {
                    if button(ui, Rank::Plain, Some(icons::PLUS), "Add a rule").clicked() {
                        let rule = editor::blank(document);
                        self.chosen = Some(rule.id.clone());
                        cx.push(Action::Apply(Command::PutRule { rule }));
                    }
                });
            });
            let chosen = document.rules.iter().find(|r| Some(&r.id) == self.chosen.as_ref());
            if let Some(rule) = chosen {
                self.editor.show(ui, cx, rule);
            } else {
                ui.dim("Pick a rule to edit its condition");
            }
        });
    }

    fn begin(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let teach = "If-then rules say what somebody gets and when: a reminder an hour after a \
                     cart was left, advice at the third look at a product. They are replayed on \
                     history before anybody sees them";
        let offer = Some("Add five sensible rules");
        let _ = cx.data.starter_rules.read();
        if empty(ui, icons::RULES, "No rules yet", teach, offer)
            && let Some(rules) = cx.data.starter_rules.peek()
        {
            let commands =
                rules.iter().map(|rule| Command::PutRule { rule: rule.clone() }).collect();
            let title = "Add starter rules".to_owned();
            let command = Command::Batch { title, commands };
            cx.push(Action::ApplyAndRun(command, Stage::Rules));
        }
    }

    fn line(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        rule: &Rule,
        summary: Option<&RulesSummary>,
    ) {
        let t = theme::of(ui);
        let here = self.chosen.as_ref() == Some(&rule.id);
        let (rect, response) = row(ui, 48.0, here, &rule.name);
        let at = pos2(rect.left() + 24.0, rect.center().y);
        let number = rule.priority.to_string();
        ui.painter().text(at, Align2::RIGHT_CENTER, number, theme::mono(12.0), t.text_faint);
        let place =
            Rect::from_center_size(pos2(rect.left() + 52.0, rect.center().y), vec2(30.0, 18.0));
        let mut child = ui.new_child(egui::UiBuilder::new().id_salt(&rule.id).max_rect(place));
        let verb = if rule.enabled { "Switch off" } else { "Switch on" };
        let turned = button::switch(&mut child, rule.enabled, &format!("{verb} {}", rule.name));
        if turned {
            let rule = Rule { enabled: !rule.enabled, ..rule.clone() };
            cx.push(Action::ApplyAndRun(Command::PutRule { rule }, Stage::Rules));
        }
        let ink = if rule.enabled { t.text } else { t.text_faint };
        let end = rect.right() - 372.0;
        let x = rect.left() + 80.0;
        let at = pos2(x, rect.top() + 16.0);
        fit(ui, at, end, &rule.name, theme::medium(13.0), ink);
        let at = pos2(x, rect.top() + 33.0);
        let words = format!("{} {}", rule.then.kind, rule.then.content);
        let when = format!("{} → {words}", editor::words(&rule.when));
        fit(ui, at, end, when, theme::body(12.0), t.text_dim);
        let count = summary.and_then(|s| s.rules.iter().find(|c| c.id == rule.id));
        if let Some(count) = count {
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Rules);
                counts(ui, rect, count, summary);
            });
        }
        let tip = editor::words(&rule.when);
        let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip);
        if response.clicked() && !turned {
            self.chosen = if here { None } else { Some(rule.id.clone()) };
        }
    }

    /// What the chosen rule did.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let t = theme::of(ui);
        let summary = cx.data.rules.peek().and_then(Option::as_ref);
        let mut counts = summary.into_iter().flat_map(|s| &s.rules);
        let Some(count) = counts.find(|c| Some(&c.id) == self.chosen.as_ref()) else { return };
        ui.say(count.id.0.clone(), theme::mono(13.0), t.text);
        person::pair(ui, "Fired", &format::count(count.fired));
        person::pair(ui, "People", &format::count(count.people));
        super::quality::sql(ui, &count.sql);
        let id = count.id.clone();
        if icon_button(ui, icons::TRASH, "Remove this rule", false).clicked() {
            cx.push(Action::Apply(Command::RemoveRule { id }));
        }
    }
}

fn title(document: &Document, id: &RuleId) -> String {
    let rule = document.rules.iter().find(|r| &r.id == id);
    rule.map_or_else(|| id.0.clone(), |r| r.name.clone())
}

fn counts(ui: &mut Ui, rect: Rect, count: &RuleCount, summary: Option<&RulesSummary>) {
    let t = theme::of(ui);
    let window = summary.and_then(|s| s.window.clone());
    let y = rect.center().y;
    for (x, number, word) in [
        (rect.right() - 288.0, count.fired, "fired"),
        (rect.right() - 212.0, count.people, "people"),
    ] {
        let at = pos2(x, y - 8.0);
        let text = format::count(number);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(13.0), t.text);
        let at = pos2(x, y + 9.0);
        ui.painter().text(at, Align2::RIGHT_CENTER, word, theme::body(12.0), t.text_faint);
    }
    let Some((from, to)) = window.map(|(a, b)| (day_number(&a), day_number(&b))) else { return };
    let length = (to - from).max(1) as f32;
    let points: Vec<(f32, u64)> =
        count.daily.iter().map(|(day, n)| ((day_number(day) - from) as f32 / length, *n)).collect();
    let place = Rect::from_min_size(pos2(rect.right() - 188.0, y - 12.0), vec2(180.0, 24.0));
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt(&count.id).max_rect(place));
    bars::spark(&mut child, 180.0, &points, "Firings a day");
}

/// Days since 1970-01-01 of `YYYY-MM-DD` (Hinnant, days from civil); 0 when it is none.
fn day_number(day: &str) -> i64 {
    let mut parts = day.splitn(3, '-').map(|p| p.parse::<i64>().ok());
    let (Some(Some(y)), Some(Some(m)), Some(Some(d))) = (parts.next(), parts.next(), parts.next())
    else {
        return 0;
    };
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + d - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::day_number;

    #[test]
    fn days_are_counted() {
        assert_eq!(day_number("1970-01-01"), 0);
        assert_eq!(day_number("2000-03-01"), 11_017);
        assert_eq!(day_number("2026-01-01") - day_number("2025-01-01"), 365);
        assert_eq!(day_number("nonsense"), 0);
    }
}
