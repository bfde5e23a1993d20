//! How a table is painted: straight onto the canvas, only what is in sight.

use super::{Cell, Frame, Grid, is_number};
use crate::context::Context;
use crate::theme::{self, ROW, Tokens};
use crate::widgets::format;
use egui::accesskit::Role;
use egui::{Align2, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

impl Grid {
    pub(super) fn paint(&mut self, ui: &Ui, cx: &Context<'_>, frame: &Frame) {
        let t = theme::of(ui);
        let whole = frame.header.union(frame.body).union(frame.numbers);
        let painter = ui.painter_at(whole);
        painter.rect_filled(whole, CornerRadius::ZERO, t.raised);
        let first = self.top as u64;
        let last = (self.top + frame.rows()).ceil() as u64;
        let block = self.block();
        for row in first..last.min(self.total) {
            let y = frame.body.top() + ((row as f64 - self.top) * f64::from(ROW)) as f32;
            self.row(ui, cx, frame, (row, y), &t);
            if let Some((low, high)) = block
                && (low.row..=high.row).contains(&row)
            {
                self.mark(ui, frame, (low.column, high.column), y, &t);
            }
        }
        self.cursor_ring(ui, frame, &t);
        let line = Stroke::new(1.0, t.hairline);
        painter.vline(frame.body.left(), frame.body.y_range(), line);
        painter.rect_stroke(whole, CornerRadius::ZERO, line, StrokeKind::Inside);
    }

    fn row(&self, ui: &Ui, cx: &Context<'_>, frame: &Frame, (row, y): (u64, f32), t: &Tokens) {
        let numbers = ui.painter().with_clip_rect(frame.numbers);
        let at = pos2(frame.numbers.right() - 10.0, y + ROW / 2.0);
        let number = format::count(row + 1);
        numbers.text(at, Align2::RIGHT_CENTER, number, theme::mono(12.0), t.text_faint);
        let painter = ui.painter().with_clip_rect(frame.body);
        painter.hline(
            frame.body.x_range(),
            y + ROW - 0.5,
            Stroke::new(1.0, t.hairline.gamma_multiply(0.6)),
        );
        let mut said = String::new();
        let mut x = frame.body.left() - self.left;
        for (column, info) in self.columns.iter().enumerate() {
            let width = self.width(column);
            let cell = Rect::from_min_size(pos2(x, y), vec2(width, ROW));
            x += width;
            if width == 0.0 || !cell.intersects(frame.body) {
                continue;
            }
            let seen = cell.intersect(frame.body);
            let clip = painter.with_clip_rect(cell.shrink2(vec2(8.0, 0.0)).intersect(frame.body));
            match self.cell(cx, Cell { row, column }) {
                None => {
                    let bar = Rect::from_min_size(
                        cell.left_center() + vec2(10.0, -3.0),
                        vec2((width * 0.5).min(80.0), 6.0),
                    );
                    clip.rect_filled(bar, 3.0, t.hairline);
                }
                Some(None) => {
                    let at = cell.left_center() + vec2(10.0, 0.0);
                    clip.text(at, Align2::LEFT_CENTER, "∅", theme::mono(12.0), t.text_faint);
                }
                Some(Some(text)) => {
                    let short = format::cut(text, 120).replace(['\n', '\r', '\t'], " ");
                    let (at, anchor) = if is_number(&info.sql_type) {
                        (cell.right_center() - vec2(10.0, 0.0), Align2::RIGHT_CENTER)
                    } else {
                        (cell.left_center() + vec2(10.0, 0.0), Align2::LEFT_CENTER)
                    };
                    if said.len() < 200 {
                        said.push_str(&short);
                        said.push_str("; ");
                    }
                    let response = ui.interact(seen, frame.id.with((row, column)), Sense::empty());
                    response.widget_info(|| WidgetInfo::labeled(Role::Cell, true, &short));
                    clip.text(at, anchor, short, theme::mono(12.0), t.text);
                }
            }
        }
        let strip = Rect::from_min_size(pos2(frame.body.left(), y), vec2(frame.body.width(), ROW));
        let id = frame.id.with(("row", row));
        if strip.intersects(frame.body) && ui.is_rect_visible(strip) {
            let response = ui.interact(strip.intersect(frame.body), id, Sense::empty());
            let label = format!("Row {}: {said}", row + 1);
            response.widget_info(|| WidgetInfo::labeled(Role::Row, true, &label));
        }
    }

    fn mark(&self, ui: &Ui, frame: &Frame, columns: (usize, usize), y: f32, t: &Tokens) {
        let start = self.start(columns.0);
        let end = self.start(columns.1.min(self.widths.len() - 1) + 1);
        let left = frame.body.left() - self.left;
        let rect = Rect::from_min_max(pos2(left + start, y), pos2(left + end, y + ROW));
        let painter = ui.painter().with_clip_rect(frame.body);
        painter.rect_filled(rect, CornerRadius::ZERO, t.accent.gamma_multiply(0.16));
    }

    fn cursor_ring(&self, ui: &Ui, frame: &Frame, t: &Tokens) {
        let Some(at) = self.cursor.filter(|c| c.column < self.widths.len()) else { return };
        let y = frame.body.top() + ((at.row as f64 - self.top) * f64::from(ROW)) as f32;
        let start = self.start(at.column);
        let min = pos2(frame.body.left() - self.left + start, y);
        let ring = Rect::from_min_size(min, vec2(self.width(at.column), ROW));
        let painter = ui.painter().with_clip_rect(frame.body);
        painter.rect_stroke(ring, 2.0, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
}
