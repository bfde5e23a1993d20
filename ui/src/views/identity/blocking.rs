//! Blocking: what each rule makes, what rules of one's own would make before they run.

use crate::context::{Action, Context};
use crate::data::PlanKey;
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::setting::{Draft, broken};
use crate::widgets::{Rank, Say, button, fit, format, icon_button};
use egui::{Align2, DragValue, Sense, Stroke, Ui, pos2, vec2};
use kith_model::identity::{
    BlockingEstimate, BlockingRule, IdentityParams, IdentitySummary, MatchField,
};
use kith_model::{Command, Stage};

/// Rules being edited.
#[derive(Default)]
pub struct Blocking {
    draft: Draft<IdentityParams>,
    asked: Option<PlanKey>,
}

impl Blocking {
    /// Draws the rules, the button that estimates them, and its answer or that of the last run.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &IdentitySummary) {
        let Some(document) = cx.data.document.read() else { return };
        let scroll = egui::ScrollArea::vertical().id_salt("blocking").auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let draft = self.draft.edit(&document.identity);
            card(ui, "Rules", "records that agree on every field of a rule are compared", |ui| {
                rules(ui, draft);
                let wrong = draft.clone().check().err().unwrap_or_default();
                if let Some(rule) = broken(&wrong, "rules").or(broken(&wrong, "max_pairs")) {
                    ui.say(rule.message.clone(), theme::body(12.0), theme::of(ui).error);
                }
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 8.0;
                    let estimate = button(ui, Rank::Plain, Some(icons::SEARCH), "Estimate");
                    if estimate.on_hover_text("Count the pairs before any is made").clicked() {
                        self.asked = Some(PlanKey(draft.clone()));
                    }
                    let changed = *draft != document.identity && wrong.is_empty();
                    if changed
                        && button(ui, Rank::Primary, Some(icons::PLAY), "Use these").clicked()
                    {
                        let change = Command::SetIdentity { params: draft.clone() };
                        cx.push(Action::ApplyAndRun(change, Stage::Identity));
                    }
                    if changed && button::link(ui, "Back").clicked() {
                        *draft = document.identity.clone();
                        self.asked = None;
                    }
                });
            });
            let Some(ask) = &self.asked else {
                table(ui, "Pairs of the last run", &summary.estimates);
                return;
            };
            if let Some(error) = cx.data.blocking_plans.error(ask) {
                failure(ui, error);
            } else if let Some(plan) = cx.data.blocking_plans.read(ask) {
                table(ui, "Pairs these rules would make", plan);
            } else {
                ui.faint("Counting…");
            }
        });
    }
}

/// The program's own rules, or the user's with their fields as switches.
fn rules(ui: &mut Ui, draft: &mut IdentityParams) {
    if draft.rules.is_empty() {
        ui.dim("The program's own rules: by contacts, names, birth date and address");
    }
    let mut gone = None;
    for (n, rule) in draft.rules.iter_mut().enumerate() {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
            for field in MatchField::ALL {
                let on = rule.fields.contains(&field);
                if ui.selectable_label(on, field.label()).clicked() {
                    if on {
                        rule.fields.retain(|f| *f != field);
                    } else {
                        rule.fields.push(field);
                        rule.fields.sort_unstable();
                    }
                }
            }
            if icon_button(ui, icons::TRASH, &format!("Remove rule {}", n + 1), false).clicked() {
                gone = Some(n);
            }
        });
    }
    if let Some(n) = gone {
        draft.rules.remove(n);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        if button::link(ui, "Add a rule of your own").clicked() {
            let fields = vec![MatchField::FamilyName, MatchField::Postcode];
            draft.rules.push(BlockingRule { fields });
        }
        let label = ui.dim("At most");
        let pairs = DragValue::new(&mut draft.max_pairs).speed(100_000.0).range(1..=u64::MAX);
        let pairs = pairs.custom_formatter(|n, _| format::count(n as u64));
        let pairs = pairs.custom_parser(|text| text.replace(',', "").parse().ok());
        ui.add(pairs).labelled_by(label.id);
        ui.dim("pairs in all");
    });
}

/// Where the columns end, as shares of the width; the first one begins at 0.
const AT: [f32; 6] = [0.44, 0.56, 0.68, 0.80, 0.90, 1.0];

fn table(ui: &mut Ui, title: &str, rules: &[BlockingEstimate]) {
    let t = theme::of(ui);
    let all = rules.last().map_or(0, |r| r.cumulative);
    let pairs = format::plural(all, "pair", "pairs");
    card(ui, title, &format!("{pairs}; a pair that several rules make counts in each"), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
        let x = |n: usize| rect.left() + rect.width() * AT[n];
        let font = theme::medium(12.0);
        let left = rect.left_center();
        ui.painter().text(left, Align2::LEFT_CENTER, "Rule", font.clone(), t.text_faint);
        let heads = ["all pairs", "used", "cumulative", "largest block", "recall"];
        for (n, head) in heads.into_iter().enumerate() {
            let at = pos2(x(n + 1), rect.center().y);
            ui.painter().text(at, Align2::RIGHT_CENTER, head, font.clone(), t.text_faint);
        }
        rules.iter().for_each(|rule| line(ui, rule, all));
    });
}

fn line(ui: &mut Ui, rule: &BlockingEstimate, all: u64) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
    let mut bar = rect.shrink2(vec2(0.0, 3.0));
    bar.set_width((rect.width() * AT[0] * rule.kept as f32 / all.max(1) as f32).max(1.0));
    ui.painter().rect_filled(bar, 3.0, t.accent_soft);
    let refused = rule.largest_kept.is_none();
    let empty = !refused && rule.kept == 0 && rule.skipped_blocks > 0;
    let ink = if refused || empty { t.warn } else { t.text };
    let x = |n: usize| rect.left() + rect.width() * AT[n];
    let at = rect.left_center() + vec2(6.0, 0.0);
    let name = match (refused, empty) {
        (true, _) => format!("{}: refused", rule.rule),
        (_, true) => format!("{}: left out", rule.rule),
        _ => rule.rule.clone(),
    };
    fit(ui, at, x(0), name, theme::body(13.0), ink);
    let recall = rule.recall.map_or_else(String::new, format::share);
    let cells = [
        format::count(rule.pairs),
        format::count(rule.kept),
        format::count(rule.cumulative),
        format::count(rule.largest_block),
        recall,
    ];
    for (n, text) in cells.into_iter().enumerate() {
        let at = pos2(x(n + 1), rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), ink);
    }
    let said = words(rule);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, &said));
    response.on_hover_text(&said);
    if let Some(instead) = &rule.instead {
        ui.dim(format!("Over the budget; better: {instead}"));
    }
    if empty {
        ui.dim(
            "Each of its blocks is too large to be compared: add a field that tells people apart",
        );
    }
}

fn words(rule: &BlockingEstimate) -> String {
    let mut said = format!(
        "{}: {} keys make {} pairs, {} of them used; the largest block has {}",
        rule.rule,
        format::count(rule.keyed),
        format::count(rule.pairs),
        format::count(rule.kept),
        format::plural(rule.largest_block, "record", "records")
    );
    if rule.skipped_blocks > 0 {
        let blocks = format::plural(rule.skipped_blocks, "block", "blocks");
        said.push_str(&format!("\n{blocks} too large, left out"));
    }
    if rule.loose {
        said.push_str("\nA loose rule: its rarest keys alone are used");
    }
    said
}
