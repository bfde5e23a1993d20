//! Any two records: what brings them together, what each field says, how it ended, what if.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, chip, empty, failure};
use crate::widgets::waterfall::{Bar, waterfall};
use crate::widgets::{Say, button, fit, format, layout};
use egui::{Align2, Sense, Stroke, TextEdit, Ui, pos2, vec2};
use kith_model::PairKey;
use kith_model::document::Decision;
use kith_model::explain::{
    AT_RANDOM, FieldStep, Meeting, PairExplanation, PairOutcome, RuleTried, WhatIf,
};
use kith_model::identity::Verdict;

/// The records asked about.
#[derive(Default)]
pub struct Explain {
    names: [String; 2],
}

impl Explain {
    /// Asks about a pair.
    pub fn ask(&mut self, pair: &PairKey) {
        self.names = [pair.left.clone(), pair.right.clone()];
    }

    /// True while nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.names.iter().all(String::is_empty)
    }

    /// Draws the question and the answer.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            for (name, label) in self.names.iter_mut().zip(["One record", "Another record"]) {
                let field = TextEdit::singleline(name)
                    .hint_text(format!("{label}: source/id"))
                    .font(theme::mono(13.0))
                    .desired_width(280.0);
                let response = ui.add(field);
                response.widget_info(|| egui::WidgetInfo::text_edit(true, "", "", label));
            }
        });
        let [left, right] = self.names.each_ref().map(|n| n.trim());
        if left.is_empty() || right.is_empty() || left == right {
            let teach = "Name two records as the review shows them, source and id: what brings \
                         them together or why nothing does, what each field weighs, and what \
                         would have to change";
            empty(ui, icons::SEARCH, "Why, or why not?", teach, None);
            return;
        }
        let key = PairKey::new(left, right);
        if let Some(error) = cx.data.explanations.error(&key) {
            failure(ui, error);
            return;
        }
        let Some(found) = cx.data.explanations.read(&key) else {
            ui.faint("Looking at both…");
            return;
        };
        let mut other = None;
        egui::ScrollArea::vertical().id_salt("explain").auto_shrink([false, false]).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 12.0;
                card(ui, &found.verdict(), "", |ui| {
                    other = word(ui, cx, found);
                    fields(ui, found);
                });
                layout::columns(ui, [0.5, 0.5], |[left, right]| {
                    left.spacing_mut().item_spacing.y = 12.0;
                    card(left, "What brings them together", "keys, then blocking rules", |ui| {
                        rules(ui, found);
                    });
                    let caption = format!("match probability {}", format::share(found.probability));
                    card(right, "Where the weight comes from", &caption, |ui| bars(ui, found));
                    card(left, turn(found), "other things being equal", |ui| what_ifs(ui, found));
                });
            },
        );
        if let Some(other) = other {
            self.ask(&other);
        }
    }
}

/// What was said of the pair, and a way to take it back or to say it; answers another pair to look
/// at instead: the one whose answer keeps these two apart.
fn word(ui: &mut Ui, cx: &mut Context<'_>, found: &PairExplanation) -> Option<PairKey> {
    let mut other = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        if let Some(said) = &found.decision {
            ui.dim(sentence_of(said));
            if button::link(ui, "Take this answer back").clicked() {
                cx.push(Action::Decide(found.key.clone(), None, String::new()));
            }
            return;
        }
        if let PairOutcome::SaidDifferent { pair } = &found.outcome
            && button::link(ui, "See the answer that keeps them apart").clicked()
        {
            other = Some(pair.clone());
        }
        for (label, verdict) in
            [("Same person", Verdict::Same), ("Different people", Verdict::Different)]
        {
            if button::link(ui, label).on_hover_text("Answer it here").clicked() {
                let why = "answered beside the explanation".to_owned();
                cx.push(Action::Decide(found.key.clone(), Some(verdict), why));
            }
        }
    });
    other
}

fn sentence_of(said: &Decision) -> String {
    let what = match said.verdict {
        Verdict::Same => "same person",
        Verdict::Different => "different people",
        Verdict::Unsure => "cannot tell",
    };
    let who = if said.by.is_empty() { "Somebody" } else { &said.by };
    let why = if said.why.is_empty() { String::new() } else { format!(" ({})", said.why) };
    let how = said.origin.by_hand().map_or_else(String::new, |how| format!(", {how}"));
    format!("{who} said on {}: {what}{how}{why}", format::moment(&said.at))
}

fn turn(found: &PairExplanation) -> &'static str {
    if found.together() { "What would part them" } else { "What would join them" }
}

/// The explanation within the review: sentence, rules, what if.
pub fn brief(ui: &mut Ui, cx: &Context<'_>, key: &PairKey) {
    if let Some(error) = cx.data.explanations.error(key) {
        failure(ui, error);
    }
    let Some(found) = cx.data.explanations.read(key) else {
        ui.faint("Looking at both…");
        return;
    };
    ui.dim(found.verdict());
    rules(ui, found);
    ui.add_space(4.0);
    ui.head(turn(found));
    what_ifs(ui, found);
}

/// Rules that say something; the others are counted.
fn rules(ui: &mut Ui, found: &PairExplanation) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    let speaks = |r: &&RuleTried| r.meeting != Meeting::Apart;
    for rule in found.rules.iter().filter(speaks) {
        let (text, ink) = match rule.meeting {
            Meeting::Linked => ("links them", t.ok),
            Meeting::Met => ("compared", t.accent),
            Meeting::Distrusted => ("contradicted", t.warn),
            Meeting::TooCommon | Meeting::Apart => ("too common", t.warn),
        };
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            ui.spacing_mut().item_spacing.x = 8.0;
            chip(ui, text, ink).on_hover_text(meaning(rule.meeting));
            ui.words(rule.rule.clone());
            let share = format!("{} share it", format::count(rule.records));
            ui.faint(share).on_hover_text("Records in the block, these two included");
        });
    }
    let silent = found.rules.len() - found.rules.iter().filter(speaks).count();
    let text = if found.compared {
        format!("{silent} other rules find nothing in common")
    } else {
        format!("None of {silent} rules finds anything in common: never compared")
    };
    ui.faint(text);
}

fn meaning(meeting: Meeting) -> &'static str {
    match meeting {
        Meeting::Linked => "A deterministic key: names and dates do not speak against it",
        Meeting::Met => "The rule makes them a candidate pair, which is compared and weighed",
        Meeting::Distrusted => {
            "They share it, yet names or dates contradict, or others stand between"
        }
        Meeting::TooCommon => "So many records share it that it is left out",
        Meeting::Apart => "They have nothing in common by this rule",
    }
}

fn bars(ui: &mut Ui, found: &PairExplanation) {
    let mut bars = vec![Bar { name: "Prior", level: AT_RANDOM, weight: found.prior }];
    for field in found.fields.iter().filter(|f| !f.is_empty()) {
        bars.push(Bar { name: field.field.label(), level: field.said(), weight: field.weight });
    }
    for (name, level, weight) in [
        ("Household", "may be somebody else at home", found.household),
        ("Decisions", "what was said of pairs like this", found.taught),
        ("Key", "counts in full", found.keyed),
    ] {
        if weight.abs() >= 0.005 {
            bars.push(Bar { name, level, weight });
        }
    }
    waterfall(ui, &bars, Some(found.threshold));
}

fn what_ifs(ui: &mut Ui, found: &PairExplanation) {
    let t = theme::of(ui);
    if found.what_if.is_empty() {
        ui.dim("No change of up to three fields crosses the threshold");
    }
    for answer in &found.what_if {
        ui.horizontal_top(|ui| {
            let share = format::share(answer.probability);
            chip(ui, &share, t.accent).on_hover_text("Match probability it would give");
            ui.vertical(|ui| ui.dim(sentence(answer)));
        });
    }
}

fn sentence(answer: &WhatIf) -> String {
    let change = |c: &kith_model::explain::LevelChange| {
        format!("{} {} instead of {}", c.field.label(), c.to, c.from)
    };
    answer.changes.iter().map(change).collect::<Vec<_>>().join(", and ")
}

/// Where the columns of the table stand, as shares of its width.
const AT: [f32; 7] = [0.0, 0.155, 0.335, 0.515, 0.72, 0.8, 0.88];

fn fields(ui: &mut Ui, found: &PairExplanation) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let heads = ["Field", &found.key.left, &found.key.right, "Level", "m", "u", "Bayes factor"];
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::hover());
    let x = |n: usize| rect.left() + rect.width() * AT.get(n).copied().unwrap_or(1.0);
    for (n, head) in heads.iter().enumerate() {
        let y = rect.bottom() - 9.0;
        if let (1 | 2, Some((source, id))) = (n, head.split_once('/')) {
            let font = theme::medium(12.0);
            fit(ui, pos2(x(n), y - 15.0), x(n + 1) - 6.0, source, font, t.text_faint);
            fit(ui, pos2(x(n), y), x(n + 1) - 6.0, id, theme::mono(11.0), t.text_faint);
        } else if n < 4 {
            let at = pos2(x(n), y);
            fit(ui, at, x(n + 1) - 6.0, *head, theme::medium(12.0), t.text_faint);
        } else {
            let at = pos2(x(n + 1) - 8.0, y);
            ui.painter().text(at, Align2::RIGHT_CENTER, *head, theme::medium(12.0), t.text_faint);
        }
    }
    for step in found.fields.iter().filter(|step| !step.is_empty()) {
        field(ui, step);
    }
}

fn field(ui: &mut Ui, step: &FieldStep) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
    let x = |n: usize| rect.left() + rect.width() * AT.get(n).copied().unwrap_or(1.0);
    let y = rect.center().y;
    let level = step.said();
    let ink = if step.level.is_some() { t.text } else { t.text_faint };
    let texts = [
        (step.field.label(), theme::body(13.0)),
        (step.left.as_str(), theme::mono(12.0)),
        (step.right.as_str(), theme::mono(12.0)),
        (level, theme::body(13.0)),
    ];
    for (n, (text, font)) in texts.into_iter().enumerate() {
        fit(ui, pos2(x(n), y), x(n + 1) - 6.0, text, font, ink);
    }
    let mut said = format!("{}: {level}, {} bits", step.field.label(), format::signed(step.weight));
    if let Some(level) = &step.level {
        for (n, value) in [(4, level.m), (5, level.u), (6, level.bayes_factor)] {
            let at = pos2(x(n + 1) - 8.0, y);
            let text = format::real(value);
            ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text);
        }
        if level.term_frequency.abs() >= 0.005 {
            let bits = format::signed(level.term_frequency);
            said.push_str(&format!("\n{bits} bits of them for how common the value is"));
        }
    }
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, &said));
    response.on_hover_text(said);
}
