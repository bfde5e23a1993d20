//! What hands do to a table: wheel, keys, selection, column widths.

use super::{Cell, Frame, Grid};
use crate::context::Context;
use crate::theme::ROW;
use egui::{CursorIcon, Event, EventFilter, Key, Modifiers, Pos2, Rect, Response, Sense, Ui, pos2};
use kith_model::CellTest;

impl Grid {
    pub(super) fn input(
        &mut self,
        ui: &Ui,
        cx: &mut Context<'_>,
        frame: &Frame,
        response: &Response,
    ) {
        let before = self.top;
        if response.contains_pointer() {
            let delta = ui.input(egui::InputState::smooth_scroll_delta);
            self.top -= f64::from(delta.y / ROW);
            self.left -= delta.x;
        }
        if response.clicked() || response.drag_started() {
            response.request_focus();
            if let Some(cell) = response.interact_pointer_pos().and_then(|p| self.at(frame, p)) {
                let extend = ui.input(|i| i.modifiers.shift);
                self.anchor = if extend { self.anchor.or(self.cursor) } else { Some(cell) };
                self.cursor = Some(cell);
            }
        } else if response.dragged()
            && let Some(cell) = response.interact_pointer_pos().and_then(|p| self.at(frame, p))
        {
            self.cursor = Some(cell);
        }
        if response.has_focus() {
            let filter = EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
            self.keys(ui, cx, frame);
        }
        self.clamp(frame);
        self.speed = self.top - before;
        if self.speed.abs() > 1.0 {
            ui.ctx().request_repaint();
        }
    }

    fn at(&self, frame: &Frame, at: Pos2) -> Option<Cell> {
        if at.y < frame.body.top() || self.total == 0 {
            return None;
        }
        let row = (self.top + f64::from((at.y - frame.body.top()) / ROW)) as u64;
        let mut x = frame.body.left() - self.left;
        let mut column = self.widths.len().saturating_sub(1);
        for i in 0..self.widths.len() {
            x += self.width(i);
            if at.x < x {
                column = i;
                break;
            }
        }
        Some(Cell { row: row.min(self.total - 1), column })
    }

    fn keys(&mut self, ui: &Ui, cx: &mut Context<'_>, frame: &Frame) {
        let rows = frame.rows().floor().max(1.0) as i64;
        if ui.input(|i| i.events.iter().any(|e| matches!(e, Event::Copy))) {
            self.copying = true;
        }
        self.letters(ui, cx);
        let steps = ui.input_mut(|i| {
            let mut steps = Vec::new();
            for (key, down, right) in [
                (Key::ArrowDown, 1, 0),
                (Key::ArrowUp, -1, 0),
                (Key::ArrowRight, 0, 1),
                (Key::ArrowLeft, 0, -1),
                (Key::PageDown, rows, 0),
                (Key::PageUp, -rows, 0),
                (Key::End, i64::MAX / 4, 0),
                (Key::Home, i64::MIN / 4, 0),
            ] {
                // With Shift first: without, egui takes both.
                for (modifiers, extend) in [(Modifiers::SHIFT, true), (Modifiers::NONE, false)] {
                    for _ in 0..i.count_and_consume_key(modifiers, key) {
                        steps.push((down, right, extend));
                    }
                }
            }
            steps
        });
        if ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::A)) && self.total > 0 {
            self.anchor = Some(Cell { row: 0, column: 0 });
            let column = self.widths.len().saturating_sub(1);
            self.cursor = Some(Cell { row: self.total - 1, column });
        }
        for (down, right, extend) in steps {
            self.step(frame, down, right, extend);
        }
    }

    /// Keys that do something with the cell under the cursor and its column.
    fn letters(&mut self, ui: &Ui, cx: &Context<'_>) {
        let Some(at) = self.cursor.filter(|at| at.column < self.columns.len()) else { return };
        let name = self.columns[at.column].name.clone();
        let hit = |key: Key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        if hit(Key::Enter)
            && let Some(value) = self.cell(cx, at)
        {
            let test = match value.filter(|text| !text.is_empty()) {
                Some(text) => CellTest::OneOf { values: vec![text.to_owned()] },
                None => CellTest::Missing,
            };
            self.toggle_test(&name, test);
        }
        if hit(Key::Delete) {
            self.typed.remove(&name);
            self.set_test(&name, None);
        }
        if hit(Key::F) {
            self.filter_row = true;
            self.to_filter = Some(at.column);
        }
        if hit(Key::S) {
            self.sort_by(&name);
        }
        if hit(Key::H) {
            self.hide(at.column);
        }
    }

    /// Hides a column; the last one in sight stays.
    pub(super) fn hide(&mut self, column: usize) {
        if self.columns.len() - self.hidden.len() > 1 {
            self.hidden.insert(self.columns[column].name.clone());
            self.cursor = None;
            self.anchor = None;
        }
    }

    fn step(&mut self, frame: &Frame, down: i64, right: i64, extend: bool) {
        if self.total == 0 || self.widths.is_empty() {
            return;
        }
        let from = self.cursor.unwrap_or(Cell { row: self.top as u64, column: 0 });
        let moved = |at: u64, by: i64, most: u64| {
            (i64::try_from(at).unwrap_or(i64::MAX).saturating_add(by)).clamp(0, most as i64) as u64
        };
        let row = moved(from.row, down, self.total - 1);
        let mut column = moved(from.column as u64, right, self.widths.len() as u64 - 1) as usize;
        while self.is_hidden(column) {
            let on = moved(column as u64, right.signum(), self.widths.len() as u64 - 1) as usize;
            if on == column || right == 0 {
                column = from.column;
                break;
            }
            column = on;
        }
        self.anchor = if extend { self.anchor.or(Some(from)) } else { Some(Cell { row, column }) };
        self.cursor = Some(Cell { row, column });
        let row = row as f64;
        self.top = self.top.min(row).max(row - frame.rows() + 1.0);
        let start = self.start(column);
        let end = start + self.width(column);
        self.left = self.left.min(start).max(end - frame.body.width());
    }

    fn clamp(&mut self, frame: &Frame) {
        let most = (self.total as f64 - frame.rows() + 1.0).max(0.0);
        self.top = self.top.clamp(0.0, most);
        let wide = self.wide();
        self.left = self.left.clamp(0.0, (wide - frame.body.width() + 12.0).max(0.0));
    }

    /// The two scroll bars, ours so that a million rows are no trouble.
    pub(super) fn bars(&mut self, ui: &mut Ui, frame: &Frame) {
        let t = crate::theme::of(ui);
        let rows = frame.rows();
        let total = self.total as f64;
        if total > rows {
            let track = Rect::from_min_max(
                pos2(frame.body.right() - 10.0, frame.body.top()),
                frame.body.right_bottom(),
            );
            let size = (track.height() * (rows / total) as f32).clamp(28.0, track.height());
            let most = total - rows + 1.0;
            let y = track.top() + (track.height() - size) * (self.top / most) as f32;
            let thumb = Rect::from_min_size(pos2(track.left() + 2.0, y), egui::vec2(6.0, size));
            let response = ui.interact(track, frame.id.with("rows"), Sense::click_and_drag());
            if (response.dragged() || response.clicked())
                && let Some(at) = response.interact_pointer_pos()
            {
                let free = (track.height() - size).max(1.0);
                let share = (at.y - track.top() - size / 2.0) / free;
                let before = self.top;
                self.top = (f64::from(share.clamp(0.0, 1.0)) * most).clamp(0.0, most);
                self.speed = self.top - before;
                ui.ctx().request_repaint();
            }
            let over = response.hovered() || response.dragged();
            let color = if over { t.text_faint } else { t.hairline_strong };
            ui.painter().rect_filled(thumb, 3.0, color);
        }
        let wide = self.wide();
        if wide > frame.body.width() {
            let track = Rect::from_min_max(
                pos2(frame.body.left(), frame.body.bottom() - 10.0),
                frame.body.right_bottom(),
            );
            let size = (track.width() * frame.body.width() / wide).clamp(28.0, track.width());
            let most = wide - frame.body.width() + 12.0;
            let x = track.left() + (track.width() - size) * self.left / most;
            let thumb = Rect::from_min_size(pos2(x, track.top() + 2.0), egui::vec2(size, 6.0));
            let response = ui.interact(track, frame.id.with("columns"), Sense::drag());
            if response.dragged() {
                let free = (track.width() - size).max(1.0);
                self.left = (self.left + response.drag_delta().x * most / free).clamp(0.0, most);
            }
            let over = response.hovered() || response.dragged();
            let color = if over { t.text_faint } else { t.hairline_strong };
            ui.painter().rect_filled(thumb, 3.0, color);
        }
    }

    /// The edge of a column that can be dragged.
    pub(super) fn edge(&mut self, ui: &Ui, frame: &Frame, column: usize, x: f32) {
        let grip = Rect::from_min_max(
            pos2(x - 4.0, frame.header.top()),
            pos2(x + 4.0, frame.header.bottom()),
        );
        let response = ui.interact(grip, frame.id.with(("edge", column)), Sense::drag());
        if response.dragged() {
            let width = &mut self.widths[column];
            *width = (*width + response.drag_delta().x).clamp(48.0, 800.0);
        }
        response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    }
}
