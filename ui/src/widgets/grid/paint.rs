//! How a table is painted: straight onto the canvas, only what is in sight.

use super::{Cell, Frame, Grid, is_number};
use crate::context::Context;
use crate::icons;
use crate::theme::{self, ROW, Tokens};
use crate::widgets::{bars, format};
use egui::accesskit::Role;
use egui::{
    Align2, CornerRadius, CursorIcon, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use kith_api::Order;
use kith_model::source::{ColumnInfo, ColumnProfile};

impl Grid {
    pub(super) fn paint(
        &mut self,
        ui: &Ui,
        cx: &Context<'_>,
        frame: &Frame,
        profiles: &[ColumnProfile],
    ) {
        let t = theme::of(ui);
        let whole = frame.header.union(frame.body).union(frame.numbers);
        let painter = ui.painter_at(whole);
        painter.rect_filled(whole, CornerRadius::ZERO, t.raised);
        let _ = profiles;
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
            let width = self.widths[column];
            let cell = Rect::from_min_size(pos2(x, y), vec2(width, ROW));
            x += width;
            if !cell.intersects(frame.body) {
                continue;
            }
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
        let start: f32 = self.widths[..columns.0].iter().sum();
        let end: f32 = self.widths[..=columns.1.min(self.widths.len() - 1)].iter().sum();
        let left = frame.body.left() - self.left;
        let rect = Rect::from_min_max(pos2(left + start, y), pos2(left + end, y + ROW));
        let painter = ui.painter().with_clip_rect(frame.body);
        painter.rect_filled(rect, CornerRadius::ZERO, t.accent.gamma_multiply(0.16));
    }

    fn cursor_ring(&self, ui: &Ui, frame: &Frame, t: &Tokens) {
        let Some(at) = self.cursor.filter(|c| c.column < self.widths.len()) else { return };
        let y = frame.body.top() + ((at.row as f64 - self.top) * f64::from(ROW)) as f32;
        let start: f32 = self.widths[..at.column].iter().sum();
        let min = pos2(frame.body.left() - self.left + start, y);
        let ring = Rect::from_min_size(min, vec2(self.widths[at.column], ROW));
        let painter = ui.painter().with_clip_rect(frame.body);
        painter.rect_stroke(ring, 2.0, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }

    /// The sticky header: type, name, order, histogram; a click sorts.
    pub(super) fn headers(&mut self, ui: &Ui, frame: &Frame, profiles: &[ColumnProfile]) {
        let t = theme::of(ui);
        let strip = frame.header.union(Rect::from_min_max(
            pos2(frame.numbers.left(), frame.header.top()),
            pos2(frame.numbers.right(), frame.header.bottom()),
        ));
        ui.painter().rect_filled(strip, CornerRadius::ZERO, t.surface);
        let line = Stroke::new(1.0, t.hairline_strong);
        ui.painter().hline(strip.x_range(), strip.bottom() - 0.5, line);
        let mut x = frame.header.left() - self.left;
        for column in 0..self.columns.len() {
            let info = self.columns[column].clone();
            let rect = Rect::from_min_size(
                pos2(x, frame.header.top()),
                vec2(self.widths[column], frame.header.height()),
            );
            x += self.widths[column];
            if rect.intersects(frame.header) {
                let profile = profiles.iter().find(|p| p.name == info.name);
                self.header(ui, frame, rect, column, (&info, profile));
                self.edge(ui, frame, column, x);
            }
        }
    }

    fn header(
        &mut self,
        ui: &Ui,
        frame: &Frame,
        rect: Rect,
        column: usize,
        about: (&ColumnInfo, Option<&ColumnProfile>),
    ) {
        let (info, profile) = about;
        let t = theme::of(ui);
        let seen = rect.intersect(frame.header);
        let response = ui.interact(seen, frame.id.with(("header", column)), Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, enabled, &info.name));
        let painter = ui.painter().with_clip_rect(seen);
        if response.hovered() {
            painter.rect_filled(rect.shrink2(vec2(0.0, 1.0)), CornerRadius::ZERO, t.hover);
        }
        painter.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, t.hairline));
        let middle = rect.top() + 14.0;
        let at = pos2(rect.left() + 16.0, middle);
        painter.text(
            at,
            Align2::CENTER_CENTER,
            type_icon(&info.sql_type),
            theme::icon(13.0),
            t.text_faint,
        );
        let at = pos2(rect.left() + 28.0, middle);
        painter.text(at, Align2::LEFT_CENTER, &info.name, theme::medium(12.0), t.text);
        let sorted = self.order.as_ref().filter(|o| o.column == info.name);
        if let Some(order) = sorted {
            let icon = if order.descending { icons::DOWN } else { icons::UP };
            let at = pos2(rect.right() - 12.0, middle);
            painter.circle_filled(at, 9.0, t.surface);
            painter.text(at, Align2::CENTER_CENTER, icon, theme::icon(12.0), t.accent);
        }
        if let Some(profile) = profile {
            let plot = Rect::from_min_max(
                pos2(rect.left() + 10.0, rect.top() + 28.0),
                pos2(rect.right() - 10.0, rect.bottom() - 5.0),
            );
            bars::paint_histogram(&painter, plot, &profile.histogram, t.hairline_strong);
        }
        if response.clicked() {
            let descending = sorted.map(|o| o.descending);
            self.order = match descending {
                None => Some(Order { column: info.name.clone(), descending: false }),
                Some(false) => Some(Order { column: info.name.clone(), descending: true }),
                Some(true) => None,
            };
            self.top = 0.0;
        }
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        response.on_hover_ui(|ui| header_about(ui, info, profile));
    }
}

fn header_about(ui: &mut Ui, info: &ColumnInfo, profile: Option<&ColumnProfile>) {
    use crate::widgets::Say;
    ui.head(&info.name);
    ui.data(info.sql_type.clone());
    if let Some(p) = profile {
        let missing = format::count(p.missing);
        ui.words(format!("{missing} missing · {} distinct", format::count(p.distinct)));
        if let (Some(min), Some(max)) = (&p.min, &p.max) {
            ui.words(format!("{min} to {max}"));
        }
    }
    ui.faint("Click to sort");
}

/// The icon of a column's type.
pub fn type_icon(sql_type: &str) -> &'static str {
    match sql_type {
        "BOOLEAN" => icons::TRUTH,
        "DATE" => icons::DATE,
        t if t.starts_with("TIMESTAMP") || t == "TIME" => icons::CLOCK,
        t if is_number(t) => icons::HASH,
        _ => icons::TEXT,
    }
}
