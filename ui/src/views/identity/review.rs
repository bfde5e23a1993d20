//! The review: two people side by side, where the weight comes from, a word. Every key answers
//! within a frame: the next pairs are here already, and a word shows before it is on disk.

use super::standing::{self, Trial};
use super::{explain, sides};
use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, chip, empty, notice};
use crate::widgets::waterfall::{Bar, waterfall};
use crate::widgets::{Rank, Say, button, format, icon_button, layout};
use egui::{Align, Id, Key, Layout, Modifiers, TextEdit, Ui};
use kith_model::PairKey;
use kith_model::identity::{Contradiction, IdentitySummary, ReviewPair, Verdict};
use kith_model::review_desk::ReviewDesk;
use std::collections::BTreeMap;

/// Width of the buttons that answer, and of what was said.
const ANSWERS: f32 = 560.0;

/// Contradictions shown at once.
const CONFLICTS: usize = 3;

/// Where the reviewer is.
#[derive(Default)]
pub struct Review {
    current: Option<PairKey>,
    at: usize,
    /// Decided in this sitting, the latest last: what `Z` takes back.
    decided: Vec<PairKey>,
    /// Words said that the queue does not show yet.
    said: BTreeMap<PairKey, Option<Verdict>>,
    why: String,
    explains: bool,
    trial: Trial,
}

impl Review {
    /// The pair at hand.
    pub fn current(&self) -> Option<&PairKey> {
        self.current.as_ref()
    }

    /// Draws the pair at hand; answers a pair of earlier answers to be looked at.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Context<'_>,
        summary: &IdentitySummary,
    ) -> Option<PairKey> {
        let Some(pairs) = cx.data.review.read() else {
            ui.faint("Fetching pairs…");
            return None;
        };
        if pairs.is_empty() {
            let teach = "No pair lies between the start of the review and the threshold";
            empty(ui, icons::GOOD, "Nothing to review", teach, None);
            return None;
        }
        self.said.retain(|key, word| pairs.iter().any(|p| p.key == *key && p.verdict != *word));
        let place = |key: &PairKey| pairs.iter().position(|p| &p.key == key);
        self.at = self.current.as_ref().and_then(place).unwrap_or(self.at.min(pairs.len() - 1));
        self.current = Some(pairs[self.at].key.clone());
        self.keys(ui, cx, pairs);
        self.bar(ui, cx, pairs);
        // As the decisions stand, not as they stood at the last run.
        let conflicts = cx.data.contradictions.read().unwrap_or(&summary.contradictions);
        let looked_at = contradictions(ui, conflicts);
        let pair = &pairs[self.at];
        egui::ScrollArea::vertical().id_salt("pair").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            layout::columns(ui, [0.53, 0.47], |[left, right]| {
                left.spacing_mut().item_spacing.y = 12.0;
                right.spacing_mut().item_spacing.y = 12.0;
                card(left, "Two people?", &stakes(pair), |ui| {
                    sides::show(ui, pair);
                    self.reason(ui);
                });
                if let Some(desk) = cx.data.review_desk.read() {
                    standing::progress(left, desk);
                }
                self.weight(right, cx, pair, summary.threshold);
                self.trial.show(right, cx, summary);
            });
        });
        looked_at
    }

    /// The waterfall, or the whole explanation.
    fn weight(&mut self, ui: &mut Ui, cx: &Context<'_>, pair: &ReviewPair, threshold: f64) {
        let caption = format!("match probability {}", format::share(pair.probability));
        card(ui, "Where the weight comes from", &caption, |ui| {
            if self.explains {
                explain::brief(ui, cx, &pair.key);
            } else {
                let bar = |b: &'_ kith_model::identity::WeightBar| {
                    (b.label.clone(), b.level.clone(), b.weight)
                };
                let bars: Vec<(String, String, f64)> = pair.waterfall.iter().map(bar).collect();
                let bars: Vec<Bar<'_>> = bars
                    .iter()
                    .map(|(name, level, weight)| Bar { name, level, weight: *weight })
                    .collect();
                waterfall(ui, &bars, Some(threshold));
            }
            let text = if self.explains { "Back to the bars  E" } else { "Why, and what if?  E" };
            if button::link(ui, text).clicked() {
                self.explains = !self.explains;
            }
        });
    }

    /// A reason for the next word; `R` goes there, Enter comes back.
    fn reason(&mut self, ui: &mut Ui) {
        ui.add_space(8.0);
        let hint = "Reason for the next answer, if you like  R";
        let field = TextEdit::singleline(&mut self.why)
            .id(Id::unique("review reason"))
            .hint_text(hint)
            .font(theme::body(13.0))
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| {
            egui::WidgetInfo::text_edit(true, "", "", "Reason for the next answer")
        });
    }

    fn keys(&mut self, ui: &Ui, cx: &mut Context<'_>, pairs: &[ReviewPair]) {
        if !cx.keys {
            return;
        }
        let pressed = |key: Key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        for (key, verdict) in
            [(Key::Y, Verdict::Same), (Key::N, Verdict::Different), (Key::U, Verdict::Unsure)]
        {
            if pressed(key) {
                self.decide(cx, pairs, verdict);
            }
        }
        if pressed(Key::ArrowRight) {
            self.go(pairs, self.at + 1);
        }
        if pressed(Key::ArrowLeft) {
            self.go(pairs, self.at.saturating_sub(1));
        }
        if pressed(Key::Z) {
            self.take_back(cx, pairs);
        }
        if pressed(Key::E) {
            self.explains = !self.explains;
        }
        if pressed(Key::R) {
            // The letter itself must not be typed into the field.
            ui.input_mut(|i| i.events.retain(|e| !matches!(e, egui::Event::Text(_))));
            ui.ctx().memory_mut(|m| m.request_focus(Id::unique("review reason")));
        }
    }

    /// What is said of a pair, on disk or not yet.
    fn word(&self, pair: &ReviewPair) -> Option<Verdict> {
        self.said.get(&pair.key).copied().unwrap_or(pair.verdict)
    }

    fn decide(&mut self, cx: &mut Context<'_>, pairs: &[ReviewPair], verdict: Verdict) {
        let key = pairs[self.at].key.clone();
        self.decided.push(key.clone());
        self.said.insert(key.clone(), Some(verdict));
        let why = std::mem::take(&mut self.why);
        cx.push(Action::Decide(key, Some(verdict), why));
        let waits = |at: &usize| self.word(&pairs[*at]).is_none();
        let next = (self.at + 1..pairs.len()).chain(0..self.at).find(waits);
        self.go(pairs, next.unwrap_or(self.at));
    }

    /// Goes to a pair, and stays with it when the list comes again in another order.
    fn go(&mut self, pairs: &[ReviewPair], at: usize) {
        self.at = at.min(pairs.len() - 1);
        self.current = Some(pairs[self.at].key.clone());
    }

    fn take_back(&mut self, cx: &mut Context<'_>, pairs: &[ReviewPair]) {
        if let Some(key) = self.decided.pop() {
            if let Some(at) = pairs.iter().position(|p| p.key == key) {
                self.go(pairs, at);
            }
            self.said.insert(key.clone(), None);
            cx.push(Action::Decide(key, None, String::new()));
        }
    }

    fn bar(&mut self, ui: &mut Ui, cx: &mut Context<'_>, pairs: &[ReviewPair]) {
        let queue = self.queue(pairs, cx.data.review_desk.read().map(|d| &**d));
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            self.place(ui, pairs, &queue);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (rank, icon, label, verdict) in [
                    (Rank::Ghost, icons::HELP, "Cannot tell  U", Verdict::Unsure),
                    (Rank::Plain, icons::DIFFERS, "Different people  N", Verdict::Different),
                    (Rank::Primary, icons::CHECK, "Same person  Y", Verdict::Same),
                ] {
                    if button(ui, rank, Some(icon), label).clicked() {
                        self.decide(cx, pairs, verdict);
                    }
                }
                ui.add_enabled_ui(!self.decided.is_empty(), |ui| {
                    let name = "Take the last answer back · Z";
                    if icon_button(ui, icons::UNDO, name, false).clicked() {
                        self.take_back(cx, pairs);
                    }
                });
            });
        });
    }

    /// How long the queue is: only its head is here.
    fn queue(&self, pairs: &[ReviewPair], desk: Option<&ReviewDesk>) -> Queue {
        let here = |said: &dyn Fn(&ReviewPair) -> Option<Verdict>| {
            pairs.iter().filter(|p| said(p).is_none()).count() as u64
        };
        let told = here(&|p| p.verdict);
        let behind = desk.map_or(0, |d| d.waiting.saturating_sub(told));
        let open = here(&|p| self.word(p));
        let decided = desk.map_or(0, ReviewDesk::decided) + told.saturating_sub(open);
        Queue { all: pairs.len() as u64 + behind, open: open + behind, decided }
    }

    /// Which pair of how many, and what was said of it.
    fn place(&mut self, ui: &mut Ui, pairs: &[ReviewPair], queue: &Queue) {
        let t = theme::of(ui);
        ui.add_enabled_ui(self.at > 0, |ui| {
            if icon_button(ui, icons::LEFT, "Previous pair · ←", false).clicked() {
                self.go(pairs, self.at - 1);
            }
        });
        let place = format!("{} of {}", self.at + 1, format::count(queue.all));
        ui.say(place, theme::mono(13.0), t.text);
        ui.add_enabled_ui(self.at + 1 < pairs.len(), |ui| {
            if icon_button(ui, icons::RIGHT, "Next pair · →", false).clicked() {
                self.go(pairs, self.at + 1);
            }
        });
        ui.faint(format!("{} undecided", format::count(queue.open)));
        // The answers come first where it is narrow.
        if queue.decided > 0 && ui.available_width() > ANSWERS {
            ui.faint(format!("{} decided", format::count(queue.decided)));
        }
        if let Some(verdict) = self.word(&pairs[self.at]) {
            let (text, ink) = match verdict {
                Verdict::Same => ("same person", t.ok),
                Verdict::Different => ("different people", t.above),
                Verdict::Unsure => ("cannot tell", t.text_dim),
            };
            let hand = pairs[self.at].origin.by_hand();
            let hand = hand.filter(|_| !self.said.contains_key(&pairs[self.at].key));
            let hover = match hand {
                Some(_) => "By a merge or split: it binds these records and teaches nothing",
                None => "Your word; press Z to take the last one back",
            };
            // A split says different, a merge the same: there is no room for both.
            let chip = chip(ui, hand.unwrap_or(text), ink);
            let said = hand.map_or_else(|| text.to_owned(), |how| format!("{text}, {how}"));
            let info = || egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &said);
            chip.widget_info(info);
            chip.on_hover_text(hover);
        }
    }
}

/// Answers that cannot all hold; answers the pair of one that is to be looked at, and perhaps
/// taken back.
fn contradictions(ui: &mut Ui, conflicts: &[Contradiction]) -> Option<PairKey> {
    let mut looked_at = None;
    for conflict in conflicts.iter().take(CONFLICTS) {
        notice(ui, &format!("{}. Take one of these answers back", conflict.sentence()));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            let links = conflict.chain.windows(2);
            let links = links.map(|w| PairKey::new(w[0].as_str(), w[1].as_str()));
            for pair in std::iter::once(conflict.pair.clone()).chain(links) {
                let text = format!("{} and {}", pair.left, pair.right);
                let link = button::link(ui, &text);
                if link.on_hover_text("Look at it, and take it back there").clicked() {
                    looked_at = Some(pair);
                }
            }
        });
    }
    if let Some(more) = conflicts.len().checked_sub(CONFLICTS).filter(|n| *n > 0) {
        let more = format::plural(more as u64, "more contradiction", "more contradictions");
        ui.faint(format!("{more}: `kith review --conflicts` lists them all"));
    }
    looked_at
}

/// The queue as it stands.
struct Queue {
    all: u64,
    open: u64,
    decided: u64,
}

/// What hangs on the answer.
fn stakes(pair: &ReviewPair) -> String {
    match pair.hangs {
        0 | 1 => "differences marked".to_owned(),
        n => format!("{} hang on it", format::plural(n, "record pair", "record pairs")),
    }
}
