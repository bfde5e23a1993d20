//! The review: two records side by side, where the weight comes from, a word.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme::{self, Tokens};
use crate::widgets::card::{card, chip, empty};
use crate::widgets::{Rank, Say, bars, button, format, icon_button, layout};
use egui::{
    Align, Align2, CornerRadius, Key, Layout, Modifiers, Rect, Sense, Stroke, Ui, pos2, vec2,
};
use kith_model::PairKey;
use kith_model::identity::{RecordCard, ReviewPair, Verdict};

/// Where the reviewer is.
#[derive(Default)]
pub struct Review {
    current: Option<PairKey>,
    at: usize,
    decided: Vec<PairKey>,
}

impl Review {
    /// Draws the pair at hand.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let Some(pairs) = cx.data.review.read() else {
            ui.faint("Fetching pairs…");
            return;
        };
        if pairs.is_empty() {
            let teach = "No pair lies between the start of the review and the threshold";
            empty(ui, icons::GOOD, "Nothing to review", teach, None);
            return;
        }
        let place = |key: &PairKey| pairs.iter().position(|p| &p.key == key);
        self.at = self.current.as_ref().and_then(place).unwrap_or(self.at.min(pairs.len() - 1));
        self.keys(ui, cx, pairs);
        let pair = &pairs[self.at];
        self.bar(ui, cx, pairs);
        egui::ScrollArea::vertical().id_salt("pair").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 16.0;
            layout::columns(ui, [0.55, 0.45], |[left, right]| {
                card(left, "Two records", "differences marked", |ui| records(ui, pair));
                let caption = format!("probability {}", format::share(pair.probability));
                card(right, "Where the weight comes from", &caption, |ui| {
                    let bars: Vec<(String, String, f64)> = pair
                        .waterfall
                        .iter()
                        .map(|b| (b.label.clone(), b.level.clone(), b.weight))
                        .collect();
                    bars::waterfall(ui, &bars);
                });
            });
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
    }

    fn decide(&mut self, cx: &mut Context<'_>, pairs: &[ReviewPair], verdict: Verdict) {
        let key = pairs[self.at].key.clone();
        self.decided.push(key.clone());
        cx.push(Action::Decide(key, Some(verdict), String::new()));
        let waits = |at: &usize| pairs[*at].verdict.is_none();
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
            cx.push(Action::Decide(key, None, String::new()));
        }
    }

    fn bar(&mut self, ui: &mut Ui, cx: &mut Context<'_>, pairs: &[ReviewPair]) {
        let t = theme::of(ui);
        let pair = &pairs[self.at];
        let open = pairs.iter().filter(|p| p.verdict.is_none()).count();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.add_enabled_ui(self.at > 0, |ui| {
                if icon_button(ui, icons::LEFT, "Previous pair · ←", false).clicked() {
                    self.go(pairs, self.at - 1);
                }
            });
            let place = format!("{} of {}", self.at + 1, pairs.len());
            ui.say(place, theme::mono(13.0), t.text);
            ui.add_enabled_ui(self.at + 1 < pairs.len(), |ui| {
                if icon_button(ui, icons::RIGHT, "Next pair · →", false).clicked() {
                    self.go(pairs, self.at + 1);
                }
            });
            ui.faint(format!("{open} undecided"));
            if let Some(verdict) = pair.verdict {
                let (text, ink) = match verdict {
                    Verdict::Same => ("same person", t.ok),
                    Verdict::Different => ("different people", t.above),
                    Verdict::Unsure => ("cannot tell", t.text_dim),
                };
                chip(ui, text, ink).on_hover_text("Your word; press Z to take the last one back");
            }
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
            });
        });
    }
}

fn records(ui: &mut Ui, pair: &ReviewPair) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 38.0), Sense::hover());
    let columns = Columns::new(rect);
    for (x, card) in [(columns.left, &pair.left), (columns.right, &pair.right)] {
        let clip = ui.painter().with_clip_rect(Rect::from_min_size(
            pos2(x, rect.top()),
            vec2(columns.width, rect.height()),
        ));
        let at = pos2(x, rect.top() + 9.0);
        clip.text(at, Align2::LEFT_CENTER, &card.source, theme::semibold(13.0), t.text);
        let at = pos2(x, rect.top() + 27.0);
        clip.text(at, Align2::LEFT_CENTER, &card.name, theme::mono(12.0), t.text_faint);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for (field, left) in &pair.left.values {
        let right = value_of(&pair.right, field);
        if left.is_empty() && right.is_empty() {
            continue;
        }
        row(ui, field, left, right, &t);
    }
}

/// Where names and the two records stand.
struct Columns {
    left: f32,
    right: f32,
    width: f32,
}

impl Columns {
    fn new(rect: Rect) -> Self {
        let names = 96.0;
        let width = (rect.width() - names - 36.0) / 2.0;
        let left = rect.left() + names;
        Self { left, right: left + width + 36.0, width }
    }
}

fn value_of<'a>(card: &'a RecordCard, field: &str) -> &'a str {
    card.values.iter().find(|(f, _)| f == field).map_or("", |(_, v)| v)
}

fn row(ui: &mut Ui, field: &str, left: &str, right: &str, t: &Tokens) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let said = format!("{field}: {left}; {right}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, &said));
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
    let columns = Columns::new(rect);
    let y = rect.center().y;
    let at = pos2(rect.left(), y);
    ui.painter().text(at, Align2::LEFT_CENTER, field, theme::body(12.0), t.text_dim);
    let missing = left.is_empty() || right.is_empty();
    let same = left == right;
    let (icon, ink) = match (missing, same) {
        (true, _) => (icons::MINUS, t.text_faint),
        (false, true) => (icons::EQUALS, t.ok),
        (false, false) => (icons::DIFFERS, t.warn),
    };
    let at = pos2(columns.right - 18.0, y);
    ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(14.0), ink);
    for (x, value, other) in [(columns.left, left, right), (columns.right, right, left)] {
        let cell = Rect::from_min_size(pos2(x, rect.top()), vec2(columns.width, rect.height()));
        let clip = ui.painter().with_clip_rect(cell);
        if value.is_empty() {
            let at = cell.left_center();
            clip.text(at, Align2::LEFT_CENTER, "∅", theme::mono(13.0), t.text_faint);
        } else {
            let (head, middle, tail) =
                if missing || same { (value, "", "") } else { split(value, other) };
            let mut at = cell.left();
            for (part, marked) in [(head, false), (middle, true), (tail, false)] {
                at = piece(&clip, pos2(at, y), part, marked, t);
            }
        }
    }
}

fn piece(painter: &egui::Painter, at: egui::Pos2, text: &str, marked: bool, t: &Tokens) -> f32 {
    if text.is_empty() {
        return at.x;
    }
    let galley = painter.layout_no_wrap(text.to_owned(), theme::mono(13.0), t.text);
    let min = pos2(at.x, at.y - galley.size().y / 2.0);
    let rect = Rect::from_min_size(min, galley.size());
    if marked {
        painter.rect_filled(rect.expand2(vec2(0.0, 1.0)), CornerRadius::same(2), t.warn_soft);
        painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.5, t.warn));
    }
    painter.galley(min, galley, t.text);
    rect.right()
}

/// A value cut where it begins and ceases to differ from the other one.
fn split<'a>(value: &'a str, other: &str) -> (&'a str, &'a str, &'a str) {
    let mut head = 0;
    for (a, b) in value.char_indices().zip(other.chars()) {
        if a.1 != b {
            break;
        }
        head = a.0 + a.1.len_utf8();
    }
    let (rest, other_rest) = (&value[head..], &other[head..]);
    let mut tail = 0;
    for (a, b) in rest.chars().rev().zip(other_rest.chars().rev()) {
        if a != b {
            break;
        }
        tail += a.len_utf8();
    }
    let end = value.len() - tail;
    (&value[..head], &value[head..end], &value[end..])
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(split("Katherine", "Katharine"), ("Kath", "e", "rine"));
        assert_eq!(split("Anna", "Anna-Lena"), ("Anna", "", ""));
        assert_eq!(split("Anna-Lena", "Anna"), ("Anna", "-Lena", ""));
        assert_eq!(split("Müller", "Mueller"), ("M", "ü", "ller"));
        assert_eq!(split("山田", "山本"), ("山", "田", ""));
    }
}
