//! Text in the few styles there are.

use crate::theme;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId, Galley, Label, Pos2, Rect, Response, RichText, Ui, vec2};
use std::sync::Arc;

/// Says something in one of the styles.
pub trait Say {
    /// Text in a font and colour, cut with `…` where it does not fit.
    fn say(&mut self, text: impl Into<String>, font: FontId, color: Color32) -> Response;
    /// Page title.
    fn title(&mut self, text: &str) -> Response;
    /// Card or section heading.
    fn head(&mut self, text: &str) -> Response;
    /// Words.
    fn words(&mut self, text: impl Into<String>) -> Response;
    /// Words of second rank, over as many lines as it takes.
    fn dim(&mut self, text: impl Into<String>) -> Response;
    /// Captions and units.
    fn faint(&mut self, text: impl Into<String>) -> Response;
    /// Data.
    fn data(&mut self, text: impl Into<String>) -> Response;
    /// An icon.
    fn icon(&mut self, glyph: &str, size: f32, color: Color32) -> Response;
}

impl Say for Ui {
    fn say(&mut self, text: impl Into<String>, font: FontId, color: Color32) -> Response {
        self.add(Label::new(RichText::new(text).font(font).color(color)).truncate())
    }

    fn title(&mut self, text: &str) -> Response {
        let t = theme::of(self);
        self.say(text, theme::semibold(20.0), t.text)
    }

    fn head(&mut self, text: &str) -> Response {
        let t = theme::of(self);
        self.say(text, theme::semibold(13.0), t.text)
    }

    fn words(&mut self, text: impl Into<String>) -> Response {
        let t = theme::of(self);
        self.say(text, theme::body(13.0), t.text)
    }

    fn dim(&mut self, text: impl Into<String>) -> Response {
        let t = theme::of(self);
        let text = RichText::new(text).font(theme::body(13.0)).color(t.text_dim);
        self.add(Label::new(text).wrap())
    }

    fn faint(&mut self, text: impl Into<String>) -> Response {
        let t = theme::of(self);
        self.say(text, theme::body(12.0), t.text_faint)
    }

    fn data(&mut self, text: impl Into<String>) -> Response {
        let t = theme::of(self);
        self.say(text, theme::mono(12.0), t.text)
    }

    fn icon(&mut self, glyph: &str, size: f32, color: Color32) -> Response {
        self.add(Label::new(RichText::new(glyph).font(theme::icon(size)).color(color)))
    }
}

/// Paints one line that begins at `at` (left, middle) and is cut with `…` before it passes
/// `right`, in points. Returns the place it took.
pub fn fit(
    ui: &Ui,
    at: Pos2,
    right: f32,
    text: impl Into<String>,
    font: FontId,
    color: Color32,
) -> Rect {
    let galley = cut_to(ui, (right - at.x).max(0.0), text.into(), font, color);
    let place = at - vec2(0.0, galley.size().y / 2.0);
    let rect = Rect::from_min_size(place, galley.size());
    ui.painter().galley(place, galley, color);
    rect
}

/// Like [`fit`] for a line that ends at `at` (right, middle) and may begin at `left` at the
/// earliest.
pub fn fit_end(
    ui: &Ui,
    at: Pos2,
    left: f32,
    text: impl Into<String>,
    font: FontId,
    color: Color32,
) -> Rect {
    let galley = cut_to(ui, (at.x - left).max(0.0), text.into(), font, color);
    let place = at - vec2(galley.size().x, galley.size().y / 2.0);
    let rect = Rect::from_min_size(place, galley.size());
    ui.painter().galley(place, galley, color);
    rect
}

fn cut_to(ui: &Ui, width: f32, text: String, font: FontId, color: Color32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text, TextFormat::simple(font, color));
    job.wrap = TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}
