//! The waterfall of a match weight: each bar begins where the one before ended, over an axis of
//! match probability.

use super::{fit, format};
use crate::theme::{self, Tokens};
use egui::accesskit::Role;
use egui::{Align2, CornerRadius, FontId, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Height of a row.
const ROW: f32 = 22.0;

/// Room of the number behind the bars.
const NUMBER: f32 = 56.0;

/// The bars never get less than this.
const FIELD: f32 = 112.0;

/// Probabilities the axis may name, with their labels.
const MARKS: [(f64, &str); 11] = [
    (1e-6, "1e−6"),
    (1e-4, "0.01 %"),
    (1e-3, "0.1 %"),
    (0.01, "1 %"),
    (0.1, "10 %"),
    (0.5, "50 %"),
    (0.9, "90 %"),
    (0.99, "99 %"),
    (0.999, "99.9 %"),
    (0.9999, "99.99 %"),
    (0.999_999, "1−1e−6"),
];

/// One bar.
pub struct Bar<'a> {
    /// Field, or `Prior`.
    pub name: &'a str,
    /// The level reached.
    pub level: &'a str,
    /// Bits.
    pub weight: f64,
}

/// Where names end and levels end, from the left.
#[derive(Clone, Copy)]
struct Columns {
    names: f32,
    levels: f32,
}

impl Columns {
    /// As wide as the texts; levels give way first.
    fn new(ui: &Ui, bars: &[Bar<'_>]) -> Self {
        let ink = theme::of(ui).text;
        let wide = |text: &str, font: FontId| {
            ui.painter().layout_no_wrap(text.to_owned(), font, ink).size().x + 10.0
        };
        let names = bars.iter().map(|bar| wide(bar.name, theme::body(13.0)));
        let names = names.fold(90.0, f32::max).min(ui.available_width() * 0.4);
        let levels = bars.iter().map(|bar| wide(bar.level, theme::body(12.0)));
        let room = ui.available_width() - names - FIELD - NUMBER;
        Self { names, levels: names + levels.fold(48.0, f32::max).min(room.max(48.0)) }
    }
}

/// log2 odds of a probability: a match weight.
pub fn weight_of(probability: f64) -> f64 {
    let p = probability.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).log2()
}

/// Draws the bars, their sum and the axis; `threshold`: a match probability to be marked.
pub fn waterfall(ui: &mut Ui, bars: &[Bar<'_>], threshold: Option<f64>) {
    let t = theme::of(ui);
    let mut ends = vec![0.0];
    for bar in bars {
        ends.push(ends.last().copied().unwrap_or(0.0) + bar.weight);
    }
    let total = ends.last().copied().unwrap_or(0.0);
    let marked = threshold.map(weight_of);
    let all = || ends.iter().copied().chain(marked);
    let (low, high) = (all().fold(0.0, f64::min) - 0.5, all().fold(1.0, f64::max) + 0.5);
    ui.spacing_mut().item_spacing.y = 0.0;
    let top = ui.cursor().top();
    let columns = Columns::new(ui, bars);
    let mut field = Rect::NOTHING;
    let sum = Bar { name: "Match weight", level: "", weight: total };
    let steps = ends.windows(2).map(|w| (w[0], w[1]));
    for (bar, (from, to)) in bars.iter().chain([&sum]).zip(steps.chain([(0.0, total)])) {
        field = row(ui, bar, columns, (from, to), ((low, high), &t));
    }
    axis(ui, field, (low, high), &t);
    let x = |v: f64| egui::remap(v as f32, low as f32..=high as f32, field.x_range());
    if let Some(at) = marked {
        let ends = [pos2(x(at), top), pos2(x(at), field.bottom() + 6.0)];
        ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.5, t.accent), 4.0, 3.0));
    }
}

fn row(
    ui: &mut Ui,
    bar: &Bar<'_>,
    columns: Columns,
    ends: (f64, f64),
    (range, t): ((f64, f64), &Tokens),
) -> Rect {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let said = format!("{} {}", bar.name, format::bits(bar.weight));
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &said));
    let sum = bar.level.is_empty();
    if sum {
        ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
    }
    let Columns { names, levels } = columns;
    let font = if sum { theme::semibold(13.0) } else { theme::body(13.0) };
    let right = rect.left() + if sum { levels } else { names - 6.0 };
    // What says nothing steps back.
    let ink = if bar.weight == 0.0 && !sum { t.text_faint } else { t.text };
    fit(ui, rect.left_center(), right, bar.name, font, ink);
    let at = pos2(rect.left() + names, rect.center().y);
    fit(ui, at, rect.left() + levels - 4.0, bar.level, theme::body(12.0), t.text_faint);
    let field = Rect::from_min_max(
        pos2(rect.left() + levels + 4.0, rect.top() + 4.0),
        pos2(rect.right() - NUMBER, rect.bottom() - 4.0),
    );
    let x = |v: f64| egui::remap(v as f32, range.0 as f32..=range.1 as f32, field.x_range());
    ui.painter().vline(x(0.0), rect.y_range(), Stroke::new(1.0, t.hairline_strong));
    let (from, to) = (x(ends.0).min(x(ends.1)), x(ends.0).max(x(ends.1)));
    let body = Rect::from_x_y_ranges(from..=to.max(from + 1.0), field.y_range());
    let color = match (sum, bar.weight < 0.0) {
        (true, _) => t.text_dim,
        (false, true) => t.below,
        (false, false) => t.above,
    };
    ui.painter().rect_filled(body, CornerRadius::same(1), color);
    if !sum {
        // A hairline leads on to where the next bar begins.
        let line = x(ends.1);
        ui.painter().vline(
            line,
            body.bottom()..=rect.bottom() + 4.0,
            Stroke::new(1.0, t.text_faint),
        );
    }
    let at = rect.right_center();
    let number = format::bits(bar.weight);
    ui.painter().text(at, Align2::RIGHT_CENTER, number, theme::mono(12.0), ink);
    let level = if sum { "sum" } else { bar.level };
    response.on_hover_text(format!("{}: {level}, {} bits", bar.name, format::bits(bar.weight)));
    field
}

/// Marks of match probability below the bars, as many as have room.
fn axis(ui: &mut Ui, field: Rect, range: (f64, f64), t: &Tokens) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    let x = |v: f64| egui::remap(v as f32, range.0 as f32..=range.1 as f32, field.x_range());
    let y = rect.top() + 3.0;
    ui.painter().hline(field.x_range(), y, Stroke::new(1.0, t.hairline_strong));
    let mut taken: Vec<f32> = Vec::new();
    // Even odds first, then outwards: the middle is what matters.
    for n in [5, 6, 4, 7, 3, 8, 2, 9, 1, 10, 0] {
        let (p, text) = MARKS[n];
        let at = x(weight_of(p));
        let inside = (field.left()..=field.right()).contains(&at);
        if !inside || taken.iter().any(|other| (other - at).abs() < 48.0) {
            continue;
        }
        taken.push(at);
        ui.painter().vline(at, y..=y + 4.0, Stroke::new(1.0, t.hairline_strong));
        let place = pos2(at, y + 12.0);
        ui.painter().text(place, Align2::CENTER_CENTER, text, theme::mono(11.0), t.text_faint);
    }
    let at = pos2(rect.left(), y + 12.0);
    fit(ui, at, field.left() - 20.0, "Match probability", theme::body(12.0), t.text_faint);
}
