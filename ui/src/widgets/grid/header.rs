//! The sticky header: a column's type, name and order, its values at a glance, its filter.

use super::filter;
use super::{FILTERS, Frame, GLANCE, Grid, NAMES, is_number};
use crate::icons;
use crate::theme::{self, Tokens};
use crate::widgets::{Say, fit, format};
use egui::accesskit::Role;
use egui::{
    Align2, CornerRadius, CursorIcon, Rect, Response, Sense, Stroke, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};
use kith_api::Order;
use kith_model::CellTest;
use kith_model::source::{ColumnInfo, ColumnProfile};

/// Characters after which a profile cuts a value.
const CUT: usize = 60;

impl Grid {
    /// Draws the header over every column in sight.
    pub(super) fn headers(&mut self, ui: &mut Ui, frame: &Frame, profiles: &[ColumnProfile]) {
        let t = theme::of(ui);
        let mut strip = frame.header;
        strip.min.x = frame.numbers.left();
        ui.painter().rect_filled(strip, CornerRadius::ZERO, t.surface);
        let line = Stroke::new(1.0, t.hairline_strong);
        ui.painter().hline(strip.x_range(), strip.bottom() - 0.5, line);
        let mut x = frame.header.left() - self.left;
        for column in 0..self.columns.len() {
            let width = self.width(column);
            let rect = Rect::from_min_size(
                pos2(x, frame.header.top()),
                vec2(width, frame.header.height()),
            );
            x += width;
            if width == 0.0 || !rect.intersects(frame.header) {
                continue;
            }
            let info = self.columns[column].clone();
            let profile = profiles.iter().find(|p| p.name == info.name);
            self.name(ui, frame, rect, (column, &info, profile));
            if let Some(profile) = profile {
                self.glance(ui, frame, rect, profile);
            }
            if self.filter_row {
                self.filter_field(ui, frame, rect, (column, &info));
            }
            self.edge(ui, frame, column, x);
        }
    }

    fn name(
        &mut self,
        ui: &mut Ui,
        frame: &Frame,
        rect: Rect,
        (column, info, profile): (usize, &ColumnInfo, Option<&ColumnProfile>),
    ) {
        let t = theme::of(ui);
        let top = Rect::from_min_size(rect.min, vec2(rect.width(), NAMES));
        let seen = top.intersect(frame.header);
        let response = ui.interact(seen, frame.id.with(("header", column)), Sense::click());
        let sorted = self.order.as_ref().filter(|o| o.column == info.name).map(|o| o.descending);
        let said = match sorted {
            Some(true) => format!("{}, sorted, greatest first", info.name),
            Some(false) => format!("{}, sorted, least first", info.name),
            None => info.name.clone(),
        };
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, enabled, &said));
        let painter = ui.painter().with_clip_rect(seen);
        if response.hovered() {
            painter.rect_filled(top.shrink2(vec2(0.0, 1.0)), CornerRadius::ZERO, t.hover);
        }
        let whole = ui.painter().with_clip_rect(frame.header);
        whole.vline(rect.right() - 0.5, rect.y_range(), Stroke::new(1.0, t.hairline));
        let middle = top.center().y;
        let icon = type_icon(&info.sql_type);
        let at = pos2(rect.left() + 16.0, middle);
        painter.text(at, Align2::CENTER_CENTER, icon, theme::icon(13.0), t.text_faint);
        let marks = [
            sorted.map(|descending| if descending { icons::DOWN } else { icons::UP }),
            self.test(&info.name).map(|_| icons::FILTER),
        ];
        let mut right = rect.right() - 6.0;
        for mark in marks.into_iter().flatten() {
            let at = pos2(right - 7.0, middle);
            painter.text(at, Align2::CENTER_CENTER, mark, theme::icon(12.0), t.accent);
            right -= 16.0;
        }
        let mut inner = ui.new_child(UiBuilder::new().max_rect(seen));
        inner.set_clip_rect(seen);
        let at = pos2(rect.left() + 28.0, middle);
        fit(&inner, at, right - 2.0, info.name.clone(), theme::medium(12.0), t.text);
        if response.clicked() {
            self.sort_by(&info.name);
        }
        self.menu(&response, column, info);
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        response.on_hover_ui(|ui| about(ui, info, profile));
    }

    /// Least first, greatest first, the table's own order.
    pub(super) fn sort_by(&mut self, column: &str) {
        let sorted = self.order.as_ref().filter(|o| o.column == column).map(|o| o.descending);
        self.order = match sorted {
            None => Some(Order { column: column.to_owned(), descending: false }),
            Some(false) => Some(Order { column: column.to_owned(), descending: true }),
            Some(true) => None,
        };
        self.top = 0.0;
    }

    fn menu(&mut self, response: &Response, column: usize, info: &ColumnInfo) {
        response.context_menu(|ui| {
            let order = |descending| Some(Order { column: info.name.clone(), descending });
            if ui.button("Sort, least first").clicked() {
                self.order = order(false);
            }
            if ui.button("Sort, greatest first").clicked() {
                self.order = order(true);
            }
            if ui.button("Filter…").clicked() {
                self.filter_row = true;
                self.to_filter = Some(column);
            }
            if ui.button("Only missing values").clicked() {
                self.toggle_test(&info.name, CellTest::Missing);
            }
            if ui.button("Hide column").clicked() {
                self.hide(column);
            }
        });
    }

    /// Missing values and the shape of the others, each bar a filter.
    fn glance(&mut self, ui: &Ui, frame: &Frame, rect: Rect, profile: &ColumnProfile) {
        let t = theme::of(ui);
        let area = Rect::from_min_max(
            pos2(rect.left() + 10.0, rect.top() + NAMES),
            pos2(rect.right() - 10.0, rect.top() + NAMES + GLANCE - 5.0),
        );
        let bars = Rect::from_min_max(area.min, pos2(area.right(), area.bottom() - 6.0));
        let painter = ui.painter().with_clip_rect(frame.header);
        let rows = self.all.max(profile.missing).max(1);
        self.missing(ui, frame, (area, rows), profile, &t);
        let chosen = self.test(&profile.name).cloned();
        let mut clicked = None;
        for (place, test, count, value) in parts(profile, bars, rows) {
            let id = frame.id.with(("bar", &profile.name, &value));
            let hit = Rect::from_x_y_ranges(place.x_range(), bars.y_range());
            let response = ui.interact(hit.intersect(frame.header), id, Sense::click());
            let said = format!("{} {value}: {} rows", profile.name, format::count(count));
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
            let color = match (chosen.as_ref() == Some(&test), response.hovered()) {
                (true, _) => t.accent,
                (_, true) => t.text_dim,
                _ => t.hairline_strong,
            };
            painter.rect_filled(place, CornerRadius::ZERO, color);
            if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(said).clicked() {
                clicked = Some(test);
            }
        }
        if let Some(test) = clicked {
            self.toggle_test(&profile.name, test);
        }
    }

    fn missing(
        &mut self,
        ui: &Ui,
        frame: &Frame,
        (area, rows): (Rect, u64),
        profile: &ColumnProfile,
        t: &Tokens,
    ) {
        let bar = Rect::from_min_max(pos2(area.left(), area.bottom() - 3.0), area.max);
        let painter = ui.painter().with_clip_rect(frame.header);
        painter.rect_filled(bar, CornerRadius::ZERO, t.hairline);
        if profile.missing == 0 {
            return;
        }
        let share = profile.missing as f32 / rows as f32;
        let mut gap = bar;
        gap.set_width((bar.width() * share).max(2.0));
        let hit = Rect::from_min_max(gap.min - vec2(0.0, 3.0), gap.max + vec2(0.0, 3.0));
        let id = frame.id.with(("missing", &profile.name));
        let response = ui.interact(hit.intersect(frame.header), id, Sense::click());
        let said = format!(
            "{}: {} missing, {}",
            profile.name,
            format::count(profile.missing),
            format::share(f64::from(share))
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        let on = self.test(&profile.name) == Some(&CellTest::Missing);
        painter.rect_filled(gap, CornerRadius::ZERO, if on { t.accent } else { t.warn });
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(said).clicked() {
            self.toggle_test(&profile.name, CellTest::Missing);
        }
    }

    fn filter_field(
        &mut self,
        ui: &mut Ui,
        frame: &Frame,
        rect: Rect,
        (column, info): (usize, &ColumnInfo),
    ) {
        let t = theme::of(ui);
        let place = Rect::from_min_max(
            pos2(rect.left() + 3.0, frame.header.bottom() - FILTERS + 2.0),
            pos2(rect.right() - 4.0, frame.header.bottom() - 3.0),
        );
        let mut typed = self.typed.get(&info.name).cloned().unwrap_or_default();
        let hint = match self.test(&info.name) {
            Some(test) if typed.is_empty() => filter::said(test),
            _ => "filter".to_owned(),
        };
        let wrong = filter::parse(&typed).err();
        let mut child = ui.new_child(UiBuilder::new().max_rect(place));
        child.set_clip_rect(frame.header.intersect(ui.clip_rect()));
        let field = TextEdit::singleline(&mut typed)
            .id(frame.id.with(("filter", column)))
            .hint_text(hint)
            .font(theme::mono(12.0))
            .text_color(if wrong.is_some() { t.error } else { t.text })
            .margin(egui::Margin::symmetric(6, 3));
        let response = child.put(place, field);
        let name = format!("Filter {}", info.name);
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(typed.clone()),
            ..WidgetInfo::labeled(Role::TextInput, true, &name)
        });
        if self.to_filter == Some(column) {
            response.request_focus();
            self.to_filter = None;
        }
        if response.changed() {
            if let Ok(test) = filter::parse(&typed) {
                self.set_test(&info.name, test);
            }
            self.typed.insert(info.name.clone(), typed);
        }
        let left = response.lost_focus()
            && ui.input(|i| i.key_pressed(egui::Key::Enter) || i.key_pressed(egui::Key::Escape));
        if left {
            ui.memory_mut(|m| m.request_focus(frame.id));
        }
        response.on_hover_text(wrong.unwrap_or(filter::SYNTAX));
    }
}

/// The bars of a column: its histogram, or its most frequent values side by side. Each with the
/// condition it stands for, its rows and its name.
fn parts(profile: &ColumnProfile, area: Rect, rows: u64) -> Vec<(Rect, CellTest, u64, String)> {
    let mut out = Vec::new();
    if let (Some(min), Some(max), false) =
        (&profile.min, &profile.max, profile.histogram.is_empty())
    {
        let most = profile.histogram.iter().copied().max().unwrap_or(0).max(1);
        let of = profile.histogram.len() as u32;
        let step = area.width() / of as f32;
        for (bin, count) in (0..of).zip(&profile.histogram) {
            let tall = (*count as f32 / most as f32 * area.height()).max(1.0);
            let left = area.left() + bin as f32 * step;
            let place = Rect::from_min_max(
                pos2(left, area.bottom() - tall),
                pos2((left + step - 1.0).max(left + 0.5), area.bottom()),
            );
            let test = CellTest::Bin { min: min.clone(), max: max.clone(), bin, of };
            let name = filter::said(&test);
            out.push((place, test, *count, name));
        }
        return out;
    }
    let mut left = area.left();
    for (value, count) in &profile.top {
        let wide = (*count as f32 / rows as f32 * area.width()).max(3.0);
        if left + wide > area.right() + 0.5 {
            break;
        }
        let place = Rect::from_min_max(
            pos2(left, area.top() + 4.0),
            pos2((left + wide - 1.0).max(left + 1.0), area.bottom()),
        );
        left += wide;
        let test = if value.chars().count() < CUT {
            CellTest::OneOf { values: vec![value.clone()] }
        } else {
            CellTest::Begins { text: value.clone() }
        };
        out.push((place, test, *count, value.clone()));
    }
    out
}

fn about(ui: &mut Ui, info: &ColumnInfo, profile: Option<&ColumnProfile>) {
    ui.head(&info.name);
    ui.data(info.sql_type.clone());
    if let Some(p) = profile {
        let missing = format::count(p.missing);
        ui.words(format!("{missing} missing · {} distinct", format::count(p.distinct)));
        if let (Some(min), Some(max)) = (&p.min, &p.max) {
            ui.words(format!("{min} to {max}"));
        }
    }
    ui.faint("Click to sort · right click for more");
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
