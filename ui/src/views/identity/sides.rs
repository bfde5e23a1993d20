//! Two people side by side: the records asked about, characters that differ marked, and what the
//! other records of each say.

use crate::icons;
use crate::theme::{self, Tokens};
use crate::widgets::diff::{Piece, alike, diff};
use crate::widgets::{fit, format};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Galley, Rect, Sense, Stroke, Ui, pos2, vec2};
use kith_model::identity::{RecordCard, ReviewPair};
use std::sync::Arc;

/// Width of the names of fields.
const NAMES: f32 = 92.0;

/// Width of the sign between the two.
const SIGN: f32 = 32.0;

/// Where the two sides stand.
struct Columns {
    left: f32,
    right: f32,
    width: f32,
}

impl Columns {
    fn new(rect: Rect) -> Self {
        let width = (rect.width() - NAMES - SIGN) / 2.0;
        let left = rect.left() + NAMES;
        Self { left, right: left + width + SIGN, width }
    }
}

/// Draws the pair.
pub fn show(ui: &mut Ui, pair: &ReviewPair) {
    let t = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 38.0), Sense::hover());
    let columns = Columns::new(rect);
    for (side, x, card) in [(0, columns.left, &pair.left), (1, columns.right, &pair.right)] {
        let right = x + columns.width - 4.0;
        let at = pos2(x, rect.top() + 9.0);
        fit(ui, at, right, &card.source, theme::semibold(13.0), t.text);
        let more = match pair.others[side].len() {
            0 => String::new(),
            n => format!(" + {}", format::plural(n as u64, "record", "records")),
        };
        let at = pos2(x, rect.top() + 27.0);
        let name = format!("{}{more}", card.name);
        fit(ui, at, right, name, theme::mono(12.0), t.text_faint);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for (field, left) in &pair.left.values {
        let row = Row {
            sources: [&pair.left.source, &pair.right.source],
            field,
            values: [left, value_of(&pair.right, field)],
            also: [0, 1].map(|side| also(pair, side, field)),
        };
        if row.values.iter().any(|v| !v.is_empty()) || row.also.iter().any(|v| !v.is_empty()) {
            row.draw(ui, &t);
        }
    }
}

fn value_of<'a>(card: &'a RecordCard, field: &str) -> &'a str {
    card.values.iter().find(|(f, _)| f == field).map_or("", |(_, v)| v)
}

/// What a person's other records hold in a field, without repeats, capitals aside.
fn also(pair: &ReviewPair, side: usize, field: &str) -> Vec<String> {
    let own = value_of(if side == 0 { &pair.left } else { &pair.right }, field);
    let mut others: Vec<String> = Vec::new();
    for card in &pair.others[side] {
        let value = value_of(card, field);
        if !value.is_empty() && !alike(value, own) && !others.iter().any(|o| alike(o, value)) {
            others.push(value.to_owned());
        }
    }
    others
}

/// One field.
struct Row<'a> {
    sources: [&'a str; 2],
    field: &'a str,
    values: [&'a str; 2],
    also: [Vec<String>; 2],
}

impl Row<'_> {
    fn draw(&self, ui: &mut Ui, t: &Tokens) {
        let [left, right] = self.values;
        let missing = left.is_empty() || right.is_empty();
        let plain = |text: &str| vec![(text.to_owned(), false)];
        let pieces = if missing { [plain(left), plain(right)] } else { diff(left, right) };
        let width = (ui.available_width() - NAMES - SIGN) / 2.0;
        let written = pieces.map(|side| lay_out(ui, &side, width - 4.0, t));
        let lines = [0, 1].map(|side| written[side].size().y.max(LINE));
        let high = |side: usize| lines[side] + if self.also[side].is_empty() { 9.0 } else { 24.0 };
        let size = vec2(ui.available_width(), high(0).max(high(1)));
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let said = format!("{}: {left}; {right}", self.field);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Row, true, &said));
        ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
        let columns = Columns::new(rect);
        let y = rect.top() + 13.0;
        let at = pos2(rect.left(), y);
        fit(ui, at, columns.left - 6.0, self.field, theme::body(12.0), t.text_dim);
        let (icon, ink) = match (missing, alike(left, right)) {
            (true, _) => (icons::MINUS, t.text_faint),
            (false, true) => (icons::EQUALS, t.ok),
            (false, false) => (icons::DIFFERS, t.warn),
        };
        let at = pos2(columns.right - SIGN / 2.0, y);
        ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(14.0), ink);
        for (side, (x, galley)) in
            [columns.left, columns.right].into_iter().zip(written).enumerate()
        {
            if self.values[side].is_empty() {
                let at = pos2(x, y);
                ui.painter().text(at, Align2::LEFT_CENTER, "∅", theme::mono(13.0), t.text_faint);
            } else {
                let at = pos2(x, rect.top() + (LINE - galley.rows[0].height()) / 2.0 + 5.0);
                ui.painter().galley(at, galley, t.text);
            }
            if !self.also[side].is_empty() {
                let text = format!("also {}", self.also[side].join(", "));
                let at = pos2(x, rect.top() + lines[side] + 12.0);
                fit(ui, at, x + columns.width - 4.0, text, theme::mono(11.0), t.text_faint);
            }
        }
        if rect.width() > 0.0 {
            response.on_hover_text(self.whole());
        }
    }

    /// Everything the row holds, for what is cut.
    fn whole(&self) -> String {
        let mut text = self.field.to_owned();
        for side in [0, 1] {
            let own = if self.values[side].is_empty() { "∅" } else { self.values[side] };
            text.push_str(&format!("\n{}: {own}", self.sources[side]));
            if !self.also[side].is_empty() {
                text.push_str(&format!("; also {}", self.also[side].join(", ")));
            }
        }
        text
    }
}

/// Height of a value that takes one line.
const LINE: f32 = 16.0;

/// Sizes a value is written in, the first in which it fits one line.
const SIZES: [f32; 3] = [13.0, 12.0, 11.0];

/// The pieces behind each other, those marked underlined on a ground of their own; what no size
/// fits goes on in further lines, for a difference must not hide behind an edge.
fn lay_out(ui: &Ui, pieces: &[Piece], width: f32, t: &Tokens) -> Arc<Galley> {
    let job = |size: f32, wrap: TextWrapping| {
        let mut job = LayoutJob { wrap, ..LayoutJob::default() };
        for (text, marked) in pieces {
            let mut format = TextFormat::simple(theme::mono(size), t.text);
            if *marked {
                format.background = t.warn_soft;
                format.underline = Stroke::new(2.0, t.warn);
            }
            // A line end inside a value is a difference like any other, but no line of its own.
            job.append(&text.replace(['\n', '\r'], "⏎"), 0.0, format);
        }
        ui.painter().layout_job(job)
    };
    let one = SIZES.into_iter().map(|size| job(size, TextWrapping::no_max_width()));
    let wrapped = TextWrapping { break_anywhere: true, ..TextWrapping::wrap_at_width(width) };
    one.into_iter().find(|g| g.size().x <= width).unwrap_or_else(|| job(SIZES[2], wrapped))
}
